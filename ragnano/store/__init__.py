"""Stores documents: `Catalogue` (SQLite) is authoritative, `Vectors` (Chroma) is a cache that can be rebuilt from it.

The store takes vectors and does not depend on the model that computed them. Importing it imports numpy; Chroma (1.3 s)
is imported when the vector cache is first opened.
"""

from ragnano.store.catalogue import Catalogue
from ragnano.store.full_text import quote_term
from ragnano.store.history import new_id
from ragnano.store.row_mapping import EmbeddingBatch, LogEntry, Placement
from ragnano.store.undo import Removed
from ragnano.store.vector_cache.cache import Vectors
from ragnano.store.versions import Version

__all__ = [
    "Catalogue",
    "EmbeddingBatch",
    "LogEntry",
    "Placement",
    "Removed",
    "Vectors",
    "Version",
    "new_id",
    "quote_term",
]
