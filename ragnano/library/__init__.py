"""The library from the user's point of view: collections, and search results grouped by document."""
