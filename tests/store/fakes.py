"""Handmade documents for the store's tests: one page, one chunk per sentence, predictable vectors."""

import hashlib
import itertools
import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragnano.documents.word_boxes import Word, pack_words
from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import chroma
from ragnano.types import Box, Chunk, Document, OutlineEntry, Page, ParsedDocument, Scope, Span

EVERYTHING = Scope()
# Chroma saves an index to files once it has 1,000 new vectors, and keeps them in its database until then. This makes it
# save early, so that a small index behaves like a large one.
THRESHOLD = 100
LOW_THRESHOLD = chroma._HNSW | {"sync_threshold": THRESHOLD, "batch_size": THRESHOLD // 2}
# Chunks in each document that a forked writer writes.
WRITTEN_CHUNKS = 15


def document(*sentences: str, title: str = "Lease", **fields: Any) -> ParsedDocument:
    """Returns a one-page document whose chunks are the sentences; equal sentences and title make equal bytes."""
    text = "\n".join(sentences)
    identifier = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
    chunks: list[Chunk] = []
    start = 0
    for ordinal, sentence in enumerate(sentences):
        span = Span(1, start, start + len(sentence))
        section = f"{ordinal + 1} Clause"
        chunks.append(Chunk(identifier, ordinal, sentence, (span,), title, section, len(sentence.split())))
        start = span.end + 1
    described = {
        "parties": ("Alder Ltd", "Birch Ltd"),
        "date": "2024-03-01",
        "outline": (OutlineEntry(1, "1 Clause", 1),),
    }
    record = Document(identifier, title, "application/pdf", 1, len(text), **(described | fields))
    words = pack_words([Word(0, len(text), Box(72, 72, 300, 84))]) if text else b""
    return ParsedDocument(record, (Page(1, 612, 792, text, words),), tuple(chunks))


def vectors(parsed: ParsedDocument, width: int = 8) -> NDArray[np.float32]:
    """Returns float32 (width,) for each chunk: random, but always the same for the same document."""
    seed = int(parsed.document.id[:8], 16)
    return np.random.default_rng(seed).normal(size=(len(parsed.chunks), width)).astype(np.float32)


def add(catalogue: Catalogue, parsed: ParsedDocument, path: str = "/docs/a.pdf", collection: str = "default") -> str:
    """Stores the document with `vectors` and returns its id."""
    catalogue.add(parsed, vectors(parsed), collection=collection, path=path, size=10, mtime_ns=1)
    return parsed.document.id


def many(count: int, chunks: int = 3) -> list[ParsedDocument]:
    """Returns documents that differ in every sentence."""
    return [contract(number, chunks) for number in range(count)]


def contract(number: int, chunks: int = 3) -> ParsedDocument:
    """Returns the document with this number among `many`."""
    return document(*(f"Sentence {place} of document {number}." for place in range(chunks)), title=f"Contract {number}")


def texts(catalogue: Catalogue, expression: str, scope: Scope = EVERYTHING, k: int = 10) -> list[str]:
    """Returns the texts of the chunks that an expression finds, best first."""
    found = catalogue.lexical(expression, scope, k)
    chunks = catalogue.chunks([identifier for identifier, _ in found])
    return [chunks[identifier].text for identifier, _ in found]


def some_query(seed: int = 7) -> NDArray[np.float32]:
    """Returns a question's vector, float32 (8,)."""
    return np.random.default_rng(seed).normal(size=8).astype(np.float32)


def agrees(cache: Vectors, catalogue: Catalogue, scope: Scope = EVERYTHING, k: int = 10) -> bool:
    """Returns whether Chroma gives the same chunks, in the same order, with the same scores, as exact search."""
    for seed in range(5):
        found, expected = cache.query(some_query(seed), scope, k), catalogue.dense(some_query(seed), scope, k)
        if [identifier for identifier, _ in found] != [identifier for identifier, _ in expected]:
            return False
        if not np.allclose([score for _, score in found], [score for _, score in expected], atol=1e-5):
            return False
    return True


def generation(folder: Path) -> Path:
    """Returns the cache's folder in use."""
    name = json.loads((folder / "vectors" / "state.json").read_text())["generation"]
    return folder / "vectors" / str(name)


def fill_large(folder: Path) -> Path:
    """Fills a data directory so that its cache has saved index files (set LOW_THRESHOLD before)."""
    with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as cache:
        sentences = (f"Sentence {number}." for number in range(2 * THRESHOLD))
        add(catalogue, document(*sentences, title="Long"), "/long")
        for number, other in enumerate(many(3)):
            add(catalogue, other, f"/{number}")
        assert cache.sync()
    assert list(folder.glob("vectors/*/*/index_metadata.pickle"))
    return folder


def forge() -> None:
    """Forks a writer for every data directory named on standard input, and waits for it to be killed.

    Forking makes many kills fast: Chroma is imported once. Here it saves its files often, so that kills interrupt its
    saving.
    """
    import chromadb  # noqa: F401

    chroma._HNSW = chroma._HNSW | {"sync_threshold": 20, "batch_size": 10}
    for line in sys.stdin:
        folder, first = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                write_without_end(Path(folder), int(first))
            finally:
                os._exit(1)
        _print_event(f"started {pid}")
        _, status = os.waitpid(pid, 0)
        _print_event(f"ended {os.waitstatus_to_exitcode(status)}")


def write_without_end(folder: Path, first: int) -> None:
    """Adds documents from number `first` on and reports each; now and then synchronises the vectors."""
    catalogue = Catalogue(folder)
    cache = Vectors(folder, catalogue)
    cache.sync()
    _print_event("ready")
    for number in itertools.count(first):
        identifier = add(catalogue, contract(number, WRITTEN_CHUNKS), f"/{number}")
        _print_event(f"added {number}")
        if number % 5 == 4:
            catalogue.remove(identifier)
            _print_event(f"removed {number}")
        if number % 2:
            cache.sync()


def _print_event(word: str) -> None:
    # In one write: a kill must not split a line.
    os.write(1, f"{word}\n".encode())


def files_with(folder: Path, needle: bytes) -> list[str]:
    """Returns the files under `folder` that contain these bytes."""
    return [str(file) for file in sorted(folder.rglob("*")) if file.is_file() and needle in file.read_bytes()]
