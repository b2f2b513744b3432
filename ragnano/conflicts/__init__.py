"""Conflicts: passages that contradict each other, amendments, and documents that belong together."""
