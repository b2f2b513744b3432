"""Retrieval: which documents a question is limited to, which chunks are found, and in which order."""
