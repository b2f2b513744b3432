"""Chunking: blocks to the chunks that are embedded and searched."""
