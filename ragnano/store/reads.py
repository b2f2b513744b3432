"""Reads the catalogue: documents and their placements, pages and chunks. Neither writes nor ranks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from ragnano.errors import NotFoundError
from ragnano.store import document_names, versions
from ragnano.store.database import Database
from ragnano.store.full_text import scope_filter
from ragnano.store.row_mapping import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    NOTE_COLUMNS,
    PAGE_COLUMNS,
    PLACEMENT_COLUMNS,
    Placement,
    to_chunk,
    to_document,
    to_page,
    to_placement,
)
from ragnano.store.versions import Version
from ragnano.types import Chunk, Document, Page, Scope

# The schema that introduced sketches: a read-only catalogue may be older.
_SKETCHED = 4
_NOTED = 3  # likewise for page notes
_PAGES = "pages LEFT JOIN page_notes USING (document, number)"

_FETCHED: ContextVar[dict[tuple[int, str, int], Page] | None] = ContextVar("fetched pages", default=None)
"""The pages fetched within `each_page_once`, by catalogue, document and number; None outside it."""


class Library(Database):
    """Read access to the catalogue. Every method sees one snapshot of it."""

    def has(self, document_id: str) -> bool:
        """Whether a document with this full id is stored."""
        with self.reading() as connection:
            return connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None

    def document(self, document_id: str) -> Document:
        """Returns the document with this full id, with all its paths and collections. Raises NotFoundError."""
        found = self._documents("id = ?", [document_id])
        if not found:
            raise NotFoundError(f"no document {document_id[:12]}; `ragnano docs list` shows what is stored")
        return found[0]

    def documents(self, scope: Scope | None = None) -> list[Document]:
        """Returns the scope's documents by title, then path. Includes their paths and collections outside the scope."""
        return self._documents(*scope_filter(scope or Scope(), "documents.id"))

    def _documents(self, condition: str, values: list[str]) -> list[Document]:
        with self.reading() as connection:
            rows = connection.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE {condition}", values).fetchall()
            places: defaultdict[str, list[Placement]] = defaultdict(list)
            for row in connection.execute(
                f"""SELECT {PLACEMENT_COLUMNS} FROM placements
                    WHERE document IN (SELECT id FROM documents WHERE {condition})""",
                values,
            ):
                place = to_placement(row)
                places[place.document].append(place)
        found = [to_document(row, places[row[0]]) for row in rows]
        return sorted(found, key=lambda document: (document.title.casefold(), document.title, document.path))

    def resolve(self, name: str, collection: str | None = None) -> Document:
        """Returns the document with this name: its id, the start of its id (6 or more hex digits), one of its paths, or
        the end of one ("lease.pdf", "2024/lease.pdf").

        Raises NotFoundError with the nearest names, AmbiguousError with the candidates.
        """
        return document_names.resolve(name, self.documents(Scope(collection=collection)), collection)

    def placement(self, collection: str, path: str) -> Placement | None:
        """Returns the placement at this path of this collection: shows whether a file has changed since ingestion."""
        with self.reading() as connection:
            row = connection.execute(
                f"SELECT {PLACEMENT_COLUMNS} FROM placements WHERE collection = ? AND path = ?",
                (collection, path),
            ).fetchone()
        return to_placement(row) if row else None

    def placements(self, collection: str | None = None, under: str | None = None) -> list[Placement]:
        """Returns all placements by collection and path; with `under`, only that path and paths inside it."""
        with self.reading() as connection:
            rows = connection.execute(
                f"""SELECT {PLACEMENT_COLUMNS} FROM placements WHERE (?1 IS NULL OR collection = ?1)
                    ORDER BY collection, path""",
                (collection,),
            ).fetchall()
        return [to_placement(row) for row in rows if under is None or document_names.is_under(row[1], under)]

    def placements_at(self, collection: str, paths: Sequence[str]) -> dict[str, Placement]:
        """Returns the placements at these paths of this collection, by path; paths without one are left out."""
        with self.reading() as connection:
            rows = connection.execute(
                f"""SELECT {PLACEMENT_COLUMNS} FROM placements
                    WHERE collection = ? AND path IN (SELECT value FROM json_each(?))""",
                (collection, json.dumps(list(paths))),
            ).fetchall()
        return {row[1]: to_placement(row) for row in rows}

    def placements_of(self, document_id: str) -> list[Placement]:
        """Returns a document's placements by collection and path."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {PLACEMENT_COLUMNS} FROM placements WHERE document = ? ORDER BY collection, path",
                (document_id,),
            ).fetchall()
        return [to_placement(row) for row in rows]

    def paths_in(self, collection: str, size: int = 1000) -> Iterator[str]:
        """Yields every path of a collection in order; reads `size` at a time and holds no connection in between."""
        last = ""
        while True:
            with self.reading() as connection:
                rows = connection.execute(
                    "SELECT path FROM placements WHERE collection = ? AND path > ? ORDER BY path LIMIT ?",
                    (collection, last, size),
                ).fetchall()
            if not rows:
                return
            for (last,) in rows:
                yield last

    def collections(self) -> list[tuple[str, int]]:
        """Returns (name, number of documents) of every collection, by name."""
        with self.reading() as connection:
            return connection.execute(
                "SELECT collection, count(DISTINCT document) FROM placements GROUP BY collection ORDER BY collection"
            ).fetchall()

    @contextmanager
    def each_page_once(self) -> Iterator[None]:
        """Within the block, `page` fetches a page once and remembers it: one question needs the same page repeatedly.

        Only calls from the thread that entered the block are remembered.
        """
        token = _FETCHED.set({})
        try:
            yield
        finally:
            _FETCHED.reset(token)

    def page(self, document_id: str, number: int) -> Page:
        """Returns one page; `number` counts from 1. Raises NotFoundError."""
        fetched, key = _FETCHED.get(), (id(self), document_id, number)
        if fetched is None:
            return self._fetch(document_id, number)
        if key not in fetched:
            fetched[key] = self._fetch(document_id, number)
        return fetched[key]

    def _fetch(self, document_id: str, number: int) -> Page:
        with self.reading() as connection:
            row = connection.execute(
                f"SELECT {PAGE_COLUMNS}, {NOTE_COLUMNS} FROM {_PAGES} WHERE document = ? AND number = ?",
                (document_id, number),
            ).fetchone()
        if row is None:
            pages = self.document(document_id).pages
            raise NotFoundError(f"document {document_id[:12]} has no page {number}; its pages are 1 to {pages}")
        return to_page(row)

    def pages(self, document_id: str) -> list[Page]:
        """Returns all pages of a document in order; [] if it is not stored."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {PAGE_COLUMNS}, {NOTE_COLUMNS} FROM {_PAGES} WHERE document = ? ORDER BY number",
                (document_id,),
            ).fetchall()
        return [to_page(row) for row in rows]

    def chunks(self, ids: Iterable[int]) -> dict[int, Chunk]:
        """Returns the chunks with these ids; ids that are not stored are left out."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps([int(identifier) for identifier in ids]),),
            ).fetchall()
        return {row[0]: to_chunk(row) for row in rows}

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """Returns a document's chunks by ordinal; [] if it is not stored."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document = ? ORDER BY ordinal", (document_id,)
            ).fetchall()
        return [to_chunk(row) for row in rows]

    def headings_of(self, document_id: str) -> list[tuple[int, str]]:
        """Returns (id, section) of a document's chunks by ordinal, without their text; [] if it is not stored."""
        with self.reading() as connection:
            return connection.execute(
                "SELECT id, section FROM chunks WHERE document = ? ORDER BY ordinal", (document_id,)
            ).fetchall()

    def versions_of(self, document_id: str) -> list[Version]:
        """Returns documents that share much of this one's wording, most alike first. Identical copies do not count."""
        if self.schema < _SKETCHED:
            return []
        with self.reading() as connection:
            return versions.versions_of(connection, document_id)

    def versions(self) -> dict[str, list[Version]]:
        """Like `versions_of`, for every document that has versions."""
        if self.schema < _SKETCHED:
            return {}
        with self.reading() as connection:
            return versions.all_of_them(connection)

    def hidden_counts(self) -> dict[str, int]:
        """Returns the number of hidden passages of each document that has any."""
        if self.schema < _NOTED:
            return {}
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT document, sum(json_array_length(hidden)) FROM page_notes WHERE hidden != '[]' GROUP BY document"
            )
            return dict(rows.fetchall())

    def counts(self) -> tuple[int, int, int]:
        """Returns the numbers of stored (documents, pages, chunks)."""
        with self.reading() as connection:
            row: tuple[int, int, int] = connection.execute(
                "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM pages), (SELECT count(*) FROM chunks)"
            ).fetchone()
        return row
