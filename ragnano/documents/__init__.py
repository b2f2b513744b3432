"""Finds structure and positions in a document's pages: headings, tables, references, word boxes and page images."""
