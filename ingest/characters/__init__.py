"""Characters of any text: encodings, hidden and unprintable characters, direction."""
