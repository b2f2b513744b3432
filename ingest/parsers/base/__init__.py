"""What the parsers share: the interface, page building, zip packages, plain text."""
