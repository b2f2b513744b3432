"""Finds text of a PDF page that a person does not see: candidates first, then proof by the rendered page."""
