"""What stands where in a document, read from its pages' text. Imports neither store nor model."""
