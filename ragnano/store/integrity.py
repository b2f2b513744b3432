"""Checks a catalogue and reports its problems, one line each. Changes nothing and reports no document text."""

import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ragnano.errors import StoreDamaged
from ragnano.store.row_mapping import unpack_vectors
from ragnano.store.sqlite_errors import from_sqlite, translated
from ragnano.types import Chunk, Document, Page, Span

_AGAIN = "ingest it again"


def file_problems(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Returns what SQLite itself finds wrong with the file, its word index and its references; [] if nothing."""
    problems: list[str] = []
    try:
        with translated(path):
            rows = connection.execute("PRAGMA integrity_check(10)").fetchall()
            problems += [f"{path}: {row[0]}" for row in rows if row[0] != "ok"]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            problems += [f"{path}: a row of {row[0]} belongs to no {row[2]}" for row in broken]
    except StoreDamaged as error:
        problems.append(str(error))
    try:
        # rank 1: compare with the text of `chunks`, not only the index with itself.
        connection.execute("INSERT INTO chunk_index (chunk_index, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        translated_error = from_sqlite(error, path)
        if not isinstance(translated_error, StoreDamaged):
            raise translated_error from error
        problems.append(f"{path}: the word index does not fit the stored text; run `ragnano docs rebuild`")
    return problems


def vector_problems(connection: sqlite3.Connection) -> list[str]:
    """Reports documents whose embeddings do not fit their chunks, or that have no placement."""
    problems: list[str] = []
    rows = connection.execute(
        """SELECT documents.id, embeddings.first, embeddings.count, embeddings.dimensions, embeddings.vectors,
                  (SELECT count(*) FROM chunks WHERE chunks.document = documents.id),
                  (SELECT min(id) FROM chunks WHERE chunks.document = documents.id),
                  EXISTS (SELECT 1 FROM placements WHERE placements.document = documents.id)
           FROM documents LEFT JOIN embeddings ON embeddings.document = documents.id ORDER BY documents.id"""
    )
    for document, first, count, dimensions, packed, chunks, lowest, placed in rows:
        if not placed:
            problems.append(f"document {document[:12]} stands at no path; {_AGAIN}")
        whole = packed is not None and len(packed) == 2 * count * dimensions
        if not whole or count != chunks or (chunks and first != lowest):
            problems.append(f"document {document[:12]}: its vectors do not fit its {chunks} chunks; {_AGAIN}")
        elif not np.isfinite(unpack_vectors(packed, count, dimensions)).all():
            problems.append(f"document {document[:12]}: some of its vectors are not numbers; {_AGAIN}")
    return problems


def problems(document: Document, pages: Sequence[Page], chunks: Iterable[Chunk]) -> list[str]:
    """Reports missing pages, and chunks whose text differs from their spans."""
    found: list[str] = []
    name = f"document {document.id[:12]}"
    if [page.number for page in pages] != list(range(1, document.pages + 1)):
        found.append(f"{name}: pages are missing ({len(pages)} of {document.pages} are there); {_AGAIN}")
    texts = {page.number: page.text for page in pages}
    for chunk in chunks:
        if not chunk.spans or not all(_inside(span, texts) for span in chunk.spans):
            found.append(f"{name}, chunk {chunk.ordinal}: a span lies outside its page; {_AGAIN}")
        elif _letters(chunk.text) != _letters("".join(texts[span.page][span.start : span.end] for span in chunk.spans)):
            found.append(f"{name}, chunk {chunk.ordinal}: its text is not what its pages say; {_AGAIN}")
    return found


def _inside(span: Span, texts: Mapping[int, str]) -> bool:
    return 0 <= span.start < span.end <= len(texts.get(span.page, ""))


def _letters(text: str) -> str:
    """Returns letters and digits only: chunks fold white space, join hyphenated words and reformat tables."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
