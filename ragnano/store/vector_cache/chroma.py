"""One Chroma collection in one folder: the only module that imports chromadb.

It contains chunk ids, the document of each, and vectors; never text. Chroma is imported when a folder is first opened.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import StoreError
from ragnano.store.row_mapping import EmbeddingBatch

_COLLECTION = "chunks"
# ef_search: the number of candidates per search. Among 20,000 vectors Chroma's default of 100 missed 3 in 1,000 of the
# true 40 nearest of five documents, 400 missed none, for 0.4 ms more (tests/benchmarks/LOG.md).
_HNSW = {"space": "cosine", "ef_search": 400}
# A disk with fewer free bytes counts as full: Chroma's core often does not report the cause ("Failed to apply logs").
_FULL = 1 << 20
# Limit for the document ids in one filter.
_IDS = 500


class Broken(StoreError):
    """Chroma failed: the index must be rebuilt."""


class ChromaIndex:
    """An open index. Only one object in one process at a time may have a folder open."""

    def __init__(self, folder: Path, client: Any, collection: Any) -> None:
        self._folder = folder
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens the index in `folder`. Raises Broken if it is missing or incomplete."""
        with _translated(folder):
            client = _client(folder)
            try:
                return cls(folder, client, client.get_collection(_COLLECTION, embedding_function=None))
            except BaseException:
                client.close()
                raise

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Creates an empty index in a folder that does not exist yet. Raises Broken."""
        with _translated(folder):
            client = _client(folder)
            # embedding_function=None: Chroma would download its default one.
            collection = client.create_collection(_COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None)
            return cls(folder, client, collection)

    def count(self) -> int:
        """Returns the number of vectors. Loads the index, which reveals damage."""
        with _translated(self._folder):
            return int(self._collection.count())

    def ids(self) -> set[int]:
        """Returns every chunk id in the index."""
        with _translated(self._folder):
            return {int(identifier) for identifier in self._collection.get(include=[])["ids"]}

    def put(self, batch: EmbeddingBatch) -> None:
        """Adds vectors and replaces those with the same ids."""
        with _translated(self._folder):
            most = self._client.get_max_batch_size()
            for start in range(0, len(batch.ids), most):
                part = slice(start, start + most)
                self._collection.upsert(
                    ids=[str(identifier) for identifier in batch.ids[part]],
                    embeddings=batch.vectors[part],
                    metadatas=[{"document": document} for document in batch.documents[part]],
                )

    def delete(self, documents: Sequence[str]) -> None:
        """Deletes the vectors of these documents, if there are any."""
        with _translated(self._folder):
            for where in _filters(documents):
                self._collection.delete(where=where)

    def nearest(self, query: NDArray[np.float32], documents: Sequence[str] | None, k: int) -> list[tuple[int, float]]:
        """Returns the `k` nearest (chunk id, cosine) to `query` (d,), best first, ties by id.

        Searches in these documents, or in all if `documents` is None.
        """
        found: list[tuple[int, float]] = []
        for where in [None] if documents is None else _filters(documents):
            with _translated(self._folder):
                answer = self._collection.query(
                    query_embeddings=[query], n_results=k, where=where, include=["distances"]
                )
                pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
                found += [(int(identifier), 1 - float(distance)) for identifier, distance in pairs]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def close(self) -> None:
        """Releases the folder."""
        # A broken client may fail to close; its folder is not opened again.
        with suppress(Broken), _translated(self._folder):
            self._client.close()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Raises Broken for any error of Chroma: its core panics with errors that are not even Exceptions."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if shutil.disk_usage(folder.parent).free < _FULL:
            raise Broken(f"the disk that holds {folder.parent} is full; free some space and try again") from error
        raise Broken(
            f"the vector index failed ({type(error).__name__}); check the disk, then run `ragnano docs rebuild`"
        ) from error


def _client(folder: Path) -> Any:
    # Set before the import, which reads it.
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    import chromadb
    from chromadb.config import Settings

    # Set everything here that could send data elsewhere, so that neither the environment nor a .env file can change it.
    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        chroma_otel_collection_endpoint="",
        allow_reset=False,
    )
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def _filters(documents: Sequence[str]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(documents), _IDS):
        yield {"document": {"$in": list(documents[start : start + _IDS])}}
