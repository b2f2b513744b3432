"""Finds documents that are versions of one text, from sketches in the catalogue.

A table of bands provides candidates, so that a document is compared only with the few that may be similar.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ragnano.store import minhash

# Limit for the documents of one band, the latest first: each new copy of a form must not be compared with a thousand
# others.
_OF_A_BAND = 32


class Version(NamedTuple):
    """Another document that shares much of the wording: `likeness` is the share of common runs of words, 0.5 to 1."""

    document: str
    likeness: float


def insert(connection: sqlite3.Connection, document: str, packed: bytes) -> None:
    """Stores a document's sketch and its bands; b"" means that there is too little text to compare."""
    row = connection.execute("INSERT INTO sketches (document, minima) VALUES (?, ?)", (document, packed))
    if packed:
        numbers = minhash.bands(minhash.unpack(packed)).tolist()
        connection.executemany(
            "INSERT OR IGNORE INTO sketch_bands (band, sketch) VALUES (?, ?)",
            [(number, row.lastrowid) for number in numbers],
        )


def missing(connection: sqlite3.Connection) -> list[str]:
    """Returns the ids of documents without a sketch: those ingested under an earlier schema."""
    rows = connection.execute("SELECT id FROM documents WHERE id NOT IN (SELECT document FROM sketches) ORDER BY id")
    return [row[0] for row in rows]


def versions_of(connection: sqlite3.Connection, document: str) -> list[Version]:
    """Returns the document's versions, most alike first; [] if there are none or it is not stored."""
    own_sketches = connection.execute("SELECT id, minima FROM sketches WHERE document = ?", (document,)).fetchone()
    if own_sketches is None or not own_sketches[1]:
        return []
    sketch = minhash.unpack(own_sketches[1])
    candidates: set[int] = set()
    for number in minhash.bands(sketch).tolist():
        rows = connection.execute(
            "SELECT sketch FROM sketch_bands WHERE band = ? AND sketch <> ? ORDER BY sketch DESC LIMIT ?",
            (number, own_sketches[0], _OF_A_BAND),
        )
        candidates.update(row[0] for row in rows)
    found: list[Version] = []
    for candidate in sorted(candidates):
        row = connection.execute("SELECT document, minima FROM sketches WHERE id = ?", (candidate,)).fetchone()
        alike = float(minhash.likeness(sketch, minhash.unpack(row[1])[None])[0])
        if alike >= minhash.ALIKE:
            found.append(Version(row[0], round(alike, 2)))
    return sorted(found, key=lambda version: (-version.likeness, version.document))


def all_of_them(connection: sqlite3.Connection) -> dict[str, list[Version]]:
    """Returns the versions of every document that has any; loads all sketches at once (512 bytes per document)."""
    rows = connection.execute("SELECT document, minima FROM sketches WHERE length(minima) > 0 ORDER BY id").fetchall()
    if not rows:
        return {}
    every = np.stack([minhash.unpack(packed) for _, packed in rows])
    found: defaultdict[str, list[Version]] = defaultdict(list)
    for one, other in sorted(set(_candidates(every))):
        alike = float(minhash.likeness(every[one], every[other][None])[0])
        if alike >= minhash.ALIKE:
            found[rows[one][0]].append(Version(rows[other][0], round(alike, 2)))
            found[rows[other][0]].append(Version(rows[one][0], round(alike, 2)))
    return {
        document: sorted(versions, key=lambda version: (-version.likeness, version.document))
        for document, versions in found.items()
    }


def _candidates(every: minhash.Sketch) -> Iterator[tuple[int, int]]:
    """Yields pairs of rows of `every` (n, 128) that share a band; in a large band, only rows added near each other."""
    for column in minhash.bands(every).T:
        order = np.argsort(column, kind="stable")
        for step in range(1, _OF_A_BAND + 1):
            together = np.flatnonzero(column[order[step:]] == column[order[:-step]])
            if not len(together):
                break
            yield from zip(order[together].tolist(), order[together + step].tolist(), strict=True)
