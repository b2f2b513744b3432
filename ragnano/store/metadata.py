"""The catalogue's metadata: small values by key, and the fingerprint of its index.

The fingerprint is a mapping that the caller chooses (embedder, its revision, chunk size, …). Every document's
embeddings carry a digest of the fingerprint in force when they were computed, so that an interrupted rebuild can
continue.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping

from ragnano.errors import IndexMismatch

_FINGERPRINT = "fingerprint"
_REMEDY = "run `ragnano docs rebuild --reembed`"


def get(connection: sqlite3.Connection, key: str, default: str = "") -> str:
    """Returns the value of `key`."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else default


def put(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Sets the value of `key`."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def fingerprint(connection: sqlite3.Connection) -> dict[str, str]:
    """Returns the fingerprint in force; {} if none was ever stored."""
    loaded: dict[str, str] = json.loads(get(connection, _FINGERPRINT, "{}"))
    return loaded


def store_fingerprint(connection: sqlite3.Connection, new: Mapping[str, str]) -> None:
    """Puts `new` in force."""
    put(connection, _FINGERPRINT, json.dumps(dict(new), sort_keys=True))


def maker(connection: sqlite3.Connection) -> str:
    """Returns the digest of the fingerprint in force, 16 hex digits."""
    return hashlib.sha256(get(connection, _FINGERPRINT, "{}").encode()).hexdigest()[:16]


def require_fingerprint(connection: sqlite3.Connection, expected: Mapping[str, str]) -> None:
    """Stores `expected` if there is no document; else raises IndexMismatch unless all were indexed with it."""
    stored = fingerprint(connection)
    if connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None:
        if stored != dict(expected):
            store_fingerprint(connection, expected)
        return
    changes = [
        f"{name} was {stored.get(name, 'not set')}, is now {expected.get(name, 'not set')}"
        for name in sorted(stored.keys() | expected.keys())
        if stored.get(name) != expected.get(name)
    ]
    if changes:
        raise IndexMismatch(f"the index was made differently ({'; '.join(changes)}); {_REMEDY}, or set it back")
    if left := len(stale_documents(connection)):
        raise IndexMismatch(f"a rebuild was interrupted with {left} documents to go; {_REMEDY} to finish it")


def stale_documents(connection: sqlite3.Connection) -> list[str]:
    """Returns the ids of the documents whose embeddings have another fingerprint, oldest first."""
    rows = connection.execute("SELECT document FROM embeddings WHERE made_by <> ? ORDER BY first", (maker(connection),))
    return [row[0] for row in rows]
