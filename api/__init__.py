"""The manners of the API, whatever it is about: errors, pages of lists, preconditions, strict input."""
