"""Metadata of a document: title, date and parties."""
