"""Shared by the parsers: the interface, page building, zip packages, plain text."""
