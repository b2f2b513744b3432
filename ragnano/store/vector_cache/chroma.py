"""One Chroma collection in one folder: the only module that imports chromadb. Knows no catalogue and no state.

It holds chunk ids, the document of each, and vectors; never text. Chroma is imported when a folder is first opened.
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
# ef_search: how many candidates a search looks at. Among 20,000 vectors Chroma's own 100 missed 3 in 1,000 of the
# true 40 nearest of five documents, 400 none, for 0.4 ms more (tests/benchmarks/LOG.md).
_HNSW = {"space": "cosine", "ef_search": 400}
# A disk with fewer free bytes is full: Chroma's core often doesn't say why it failed ("Failed to apply logs").
_FULL = 1 << 20
# Most document ids in one filter, and most ids fetched at once.
_IDS = 500


class Broken(StoreError):
    """Chroma failed: the index must be built anew."""


class ChromaIndex:
    """An open index. One process, and one object, at a time may have a folder open."""

    def __init__(self, folder: Path, client: Any, collection: Any) -> None:
        self._folder = folder
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what is in `folder`. Raises Broken when that is no whole index."""
        with _translated(folder):
            client = _client(folder)
            try:
                return cls(folder, client, client.get_collection(_COLLECTION, embedding_function=None))
            except BaseException:
                client.close()
                raise

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty index in a folder that is not there yet. Raises Broken."""
        with _translated(folder):
            client = _client(folder)
            # embedding_function=None: Chroma's default one would be downloaded.
            collection = client.create_collection(_COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None)
            return cls(folder, client, collection)

    def count(self) -> int:
        """Vectors held. Loads the index, so that what is wrong with it shows."""
        with _translated(self._folder):
            return int(self._collection.count())

    def ids(self) -> set[int]:
        """Every chunk id held."""
        with _translated(self._folder):
            return {int(identifier) for identifier in self._collection.get(include=[])["ids"]}

    def put(self, batch: EmbeddingBatch) -> None:
        """Add vectors; those that are there under their id are replaced."""
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
        """Take the vectors of these documents out, as far as they are there."""
        with _translated(self._folder):
            for where in _filters(documents):
                self._collection.delete(where=where)

    def nearest(self, query: NDArray[np.float32], documents: Sequence[str] | None, k: int) -> list[tuple[int, float]]:
        """The `k` nearest (chunk id, cosine) to `query` (d,) in these documents or in all, best first, ties by id."""
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
        """Let go of the folder."""
        # A broken client may fail to close; its folder is not opened again.
        with suppress(Broken), _translated(self._folder):
            self._client.close()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Raise Broken for whatever Chroma raises: its core panics with errors that are not even Exceptions."""
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
    # Said before the import, which reads it.
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    import chromadb
    from chromadb.config import Settings

    # All that could send data elsewhere is set here, where neither the environment nor a stray .env file can change it.
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
