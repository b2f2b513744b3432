"""Verification: whether the evidence supports each claim in the words of a model."""
