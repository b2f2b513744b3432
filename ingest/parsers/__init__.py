"""Parsers: the bytes of a file to pages of text. `registry` says which parser takes which media type."""
