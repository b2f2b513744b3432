"""Text of a PDF page that a person does not see: candidates, and their proof by the page's picture."""
