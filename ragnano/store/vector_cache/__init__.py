"""The vector cache: a Chroma index that can be rebuilt from the catalogue."""
