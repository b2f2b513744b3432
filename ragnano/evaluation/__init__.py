"""Measurements. Each takes an Assistant and data, returns numbers, and prints nothing."""
