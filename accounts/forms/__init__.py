"""Forms of the pages; what may be kept is the domain's to say."""
