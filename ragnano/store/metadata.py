"""The catalogue's own facts: small values by key, and the fingerprint of what made its index.

The fingerprint is a mapping that the caller chooses (embedder, its revision, chunk size, …). Every document's
embeddings bear a digest of the one in force when they were made, so an interrupted rebuild knows what is left to do.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping

from ragnano.errors import IndexMismatch

_FINGERPRINT = "fingerprint"
_REMEDY = "run `ragnano docs rebuild --reembed`"


def get(connection: sqlite3.Connection, key: str, default: str = "") -> str:
    """The value kept under `key`."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else default


def put(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Keep `value` under `key`."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def fingerprint(connection: sqlite3.Connection) -> dict[str, str]:
    """The fingerprint in force; {} when none was ever stored."""
    loaded: dict[str, str] = json.loads(get(connection, _FINGERPRINT, "{}"))
    return loaded


def store_fingerprint(connection: sqlite3.Connection, new: Mapping[str, str]) -> None:
    """Put `new` in force."""
    put(connection, _FINGERPRINT, json.dumps(dict(new), sort_keys=True))


def maker(connection: sqlite3.Connection) -> str:
    """Digest of the fingerprint in force, hex (16,)."""
    return hashlib.sha256(get(connection, _FINGERPRINT, "{}").encode()).hexdigest()[:16]


def require_fingerprint(connection: sqlite3.Connection, expected: Mapping[str, str]) -> None:
    """Store `expected` when no document is stored; else raise IndexMismatch unless every document was made with it."""
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
    """Ids of the documents whose embeddings were made with another fingerprint, oldest first."""
    rows = connection.execute("SELECT document FROM embeddings WHERE made_by <> ? ORDER BY first", (maker(connection),))
    return [row[0] for row in rows]
