"""What a user chooses about an ingest, beyond the settings."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """Which collection and files, and what opens them.

    `collection` receives the documents; `prune` removes files that are gone from the given folders; `passwords` are
    tried on encrypted files; `include` and `exclude` are patterns as in a .gitignore."""

    collection: str = "default"
    prune: bool = False
    passwords: Sequence[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
