"""Discovery: finds files, their types, and which of them have changed."""
