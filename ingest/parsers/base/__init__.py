"""What parsers share, and the parsers of formats that need only one module."""
