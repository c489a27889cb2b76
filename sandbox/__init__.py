"""Reading what strangers made in a process of its own, so that no file takes the server's memory or time."""
