"""The pages of people, by subject: signing in and passwords, the people and their organisations."""
