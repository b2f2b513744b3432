"""Discovery: which files there are, which of them changed, and of which type each is."""
