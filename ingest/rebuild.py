"""Chunks and embeds every stored document again, from its stored pages; no file is read."""

import time
from collections.abc import Callable

from ingest.document_builder import chunks_of
from ingest.embedding import Progress, embed, fingerprint_of
from ragnano.models.embedder import Embedder
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors


def rebuild(
    *,
    settings: Settings,
    catalogue: Catalogue,
    vectors: Vectors,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
) -> int:
    """Makes all chunks and vectors with the current chunker and embedder; returns the number of documents.

    After an interruption, the next rebuild continues with the remaining documents.
    """
    started = time.monotonic()
    with catalogue.write_lock():
        catalogue.adopt_fingerprint(fingerprint_of(settings, embedder))
        left = catalogue.stale_documents() or [document.id for document in catalogue.documents()]
        done = pages = chunks = 0
        for document_id in left:
            document = catalogue.document(document_id)
            made = chunks_of(document, catalogue.pages(document_id), settings.chunk_tokens, embedder.count_tokens)
            catalogue.replace_chunks(document_id, made, embed(made, embedder))
            done, pages, chunks = done + 1, pages + document.pages, chunks + len(made)
            if progress is not None:
                seconds_left = (time.monotonic() - started) * (len(left) - done) / done
                progress(Progress(done, len(left), pages, chunks, document.path, seconds_left))
        catalogue.compact()
        vectors.compact()
        vectors.sync()  # compact() may only have deleted a large cache
    return len(left)
