"""Every stored document chunked and embedded anew, from its stored pages: no file is needed. Reads no file."""

import time
from collections.abc import Callable, Iterator

from ingest.batches import BATCH_CHUNKS, Progress, fingerprint_of
from ingest.chunk import embedding_text
from ingest.reading import chunks_of
from ragnano.config import Settings
from ragnano.models.embedder import Embedder
from ragnano.store import Catalogue, Vectors
from ragnano.types import Chunk, Document


def rebuild(
    *,
    settings: Settings,
    catalogue: Catalogue,
    vectors: Vectors,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
) -> int:
    """Make all chunks and vectors with the present chunker and embedder; returns the number of documents.

    A rebuild that was interrupted goes on with the documents that were left.
    """
    started = time.monotonic()
    with catalogue.write_lock():
        catalogue.adopt_fingerprint(fingerprint_of(settings, embedder))
        left = catalogue.stale_documents() or [document.id for document in catalogue.documents()]
        done = pages = chunks = 0
        for batch in _batches(left, settings, catalogue, embedder):
            vectors_of = embedder.embed_passages([embedding_text(chunk) for _, made in batch for chunk in made])
            start = 0
            for document, made in batch:
                catalogue.replace_chunks(document.id, made, vectors_of[start : start + len(made)])
                start += len(made)
                done, pages, chunks = done + 1, pages + document.pages, chunks + len(made)
                if progress is not None:
                    seconds_left = (time.monotonic() - started) * (len(left) - done) / done
                    progress(Progress(done, len(left), pages, chunks, document.path, seconds_left))
        catalogue.compact()
        vectors.compact()
    return len(left)


def _batches(
    ids: list[str], settings: Settings, catalogue: Catalogue, embedder: Embedder
) -> Iterator[list[tuple[Document, list[Chunk]]]]:
    batch: list[tuple[Document, list[Chunk]]] = []
    for document_id in ids:
        document = catalogue.document(document_id)
        batch.append(
            (document, chunks_of(document, catalogue.pages(document_id), settings.chunk_tokens, embedder.count_tokens))
        )
        if sum(len(made) for _, made in batch) >= BATCH_CHUNKS:
            yield batch
            batch = []
    if batch:
        yield batch
