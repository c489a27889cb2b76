"""Forms of the pages; what makes a valid save is the domain's to say."""
