"""Builds the sample contracts from the plain-text sources in ../sources. Used by make_samples.py only."""
