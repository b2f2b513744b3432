"""Verification: checks whether the evidence supports each claim in a model's words."""
