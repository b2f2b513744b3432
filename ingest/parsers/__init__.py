"""Parsers turn the bytes of a file into pages of text. `registry` maps each media type to its parser."""
