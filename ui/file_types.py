"""Names of file types and the list of supported ones, taken from ingest's registry so that new parsers are included."""

from ingest.discovery.file_types import kind_name, readable_kinds

__all__ = ["ENDINGS", "NAMES", "kind_name"]

ENDINGS = tuple(sorted({ending[1:] for kind in readable_kinds() for ending in kind.endings if ending}))
"""Supported file name endings, without the dot."""

NAMES = ", ".join(dict.fromkeys(kind.name for kind in readable_kinds()))
"""Supported file types as text."""
