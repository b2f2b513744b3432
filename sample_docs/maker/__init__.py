"""Builds the sample contracts from the plain-text sources beside it. Used by make_samples.py alone."""
