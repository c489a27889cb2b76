"""Who asks over the API: sign-in by token or session, what every view of the API starts from."""
