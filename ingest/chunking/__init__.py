"""Chunking: cuts blocks into the chunks that are embedded and searched."""
