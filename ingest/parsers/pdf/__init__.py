"""PDF files: text, tables, annotations, attachments, hidden text."""
