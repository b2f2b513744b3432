"""The library as people use it: collections, and search results by document."""
