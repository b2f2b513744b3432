"""Measurements. Each takes an Assistant and data and returns numbers; none prints anything."""
