"""Organises a library: removes and restores documents, moves them, renames and deletes collections.

Depends on the store alone. Removed documents leave the data directory at once; to undo a removal, keep its `Removed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ragnano.conflicts.related_documents import amends, belong_together
from ragnano.documents.locations import headings_in
from ragnano.errors import QuestionError
from ragnano.store import Catalogue, Removed, Vectors
from ragnano.text.words import fold
from ragnano.types import Document, OutlineEntry

__all__ = ["LONGEST_NAME", "Collections", "RelatedDocuments", "Removed", "collection_name"]

LONGEST_NAME = 80
"""Most characters of a collection's name."""


@dataclass(frozen=True, slots=True)
class RelatedDocuments:
    """Documents related to one: the same text in other bytes, its versions, other related ones, and its amendments."""

    same_text: tuple[Document, ...] = ()
    versions: tuple[Document, ...] = ()
    related: tuple[Document, ...] = ()
    amended_by: tuple[Document, ...] = ()


class Collections:
    """Organises one data directory. Thread-safe; each change takes the write lock."""

    def __init__(self, catalogue: Catalogue, vectors: Vectors) -> None:
        self._catalogue, self._vectors = catalogue, vectors

    def take_out(self, documents: Sequence[str], collection: str | None = None) -> tuple[Removed, ...]:
        """Removes documents by id from one collection, or from all. Raises NotFoundError, StoreError."""
        with self._catalogue.write_lock():
            removed = tuple(self._catalogue.take_out(document, collection) for document in documents)
            if any(item.rows for item in removed):
                # Rebuilt, not only synced: Chroma keeps the bytes of removed vectors until then.
                self._vectors.compact()
                self._catalogue.compact()
        return removed

    def put_back(self, removed: Sequence[Removed]) -> None:
        """Undoes `take_out`, including the history's answers. Raises IndexMismatch, StoreError."""
        with self._catalogue.write_lock():
            for item in removed:
                self._catalogue.put_back(item)
            self._vectors.sync()

    def move(self, documents: Sequence[str], collection: str, to: str) -> None:
        """Moves documents by id from one collection to another. Raises NotFoundError, QuestionError, StoreError."""
        name = collection_name(to)
        with self._catalogue.write_lock():
            for document in documents:
                self._catalogue.move(document, collection, name)

    def rename(self, collection: str, to: str) -> None:
        """Renames a collection, also in conversations. Raises NotFoundError, QuestionError, StoreError."""
        with self._catalogue.write_lock():
            self._catalogue.rename_collection(collection, collection_name(to))

    def related_documents(self, document: Document) -> RelatedDocuments:
        """Returns the documents of the library that are related to this one."""
        others = [candidate for candidate in self._catalogue.documents() if candidate.id != document.id]
        text = self._text(document)
        same = (
            [candidate for candidate in others if candidate.pages == document.pages and self._text(candidate) == text]
            if text
            else []
        )
        rest = [candidate for candidate in others if candidate not in same]
        amending = [candidate for candidate in rest if amends(candidate, document, self._catalogue)]
        near = [candidate for candidate in rest if candidate not in amending and belong_together(document, candidate)]
        versions = [
            candidate for candidate in near if fold(candidate.title).casefold() == fold(document.title).casefold()
        ]
        return RelatedDocuments(
            tuple(same),
            tuple(sorted(versions, key=lambda candidate: candidate.date or "")),
            tuple(candidate for candidate in near if candidate not in versions),
            tuple(amending),
        )

    def outline(self, document: Document) -> tuple[OutlineEntry, ...]:
        """Returns the document's bookmarks; if it has none, the headings of its clauses in reading order."""
        if document.outline:
            return document.outline
        entries: list[OutlineEntry] = []
        before: tuple[str, ...] = ()
        for chunk in self._catalogue.chunks_of(document.id):
            path = headings_in(chunk.section)
            shared = next((at for at, (old, new) in enumerate(zip(before, path, strict=False)) if old != new), None)
            first = min(len(before), len(path)) if shared is None else shared
            entries += [OutlineEntry(level + 1, path[level], chunk.page) for level in range(first, len(path))]
            before = path
        return tuple(entries)

    def _text(self, document: Document) -> str:
        return fold(" ".join(page.text for page in self._catalogue.pages(document.id)))


def collection_name(text: str) -> str:
    """Returns a name with its white space folded. Raises QuestionError for an empty or too long name."""
    name = fold("".join(character if character.isprintable() else " " for character in text))
    if not name:
        raise QuestionError("the collection needs a name: type one")
    if len(name) > LONGEST_NAME:
        raise QuestionError(f"the name has {len(name)} characters: use at most {LONGEST_NAME}")
    return name
