"""Shared by ingesting and rebuilding: embedding a document, the index's fingerprint, progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ingest.chunking.chunker import CHUNKER, embedding_text
from ragnano.models.embedder import Embedder
from ragnano.settings import Settings
from ragnano.types import Chunk


def embed(chunks: Sequence[Chunk], embedder: Embedder) -> NDArray[np.float32]:
    """Returns float32 (n, d): one document's chunks embedded together, never with another document's.

    In bfloat16 a vector depends slightly on the rest of its batch. Batching by document gives the same bytes the same
    vectors, whatever else is ingested and however the run is interrupted.
    """
    if not chunks:
        return np.zeros((0, embedder.dimensions), dtype=np.float32)
    return embedder.embed_passages([embedding_text(chunk) for chunk in chunks])


Outcome = Literal["added", "replaced", "placed", "moved", "failed", "removed"]
"""The outcome for a file; "placed" means that bytes already stored were found at one more path."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run. `path` is the file just finished; `seconds_left` is None until it can be estimated.

    `outcome` is the file's outcome; `detail` is why it failed or where it was moved from. A removal does not count as a
    finished file.
    """

    done: int
    total: int
    pages: int
    chunks: int
    path: str
    seconds_left: float | None
    outcome: Outcome = "added"
    detail: str = ""


def fingerprint_of(settings: Settings, embedder: Embedder) -> dict[str, str]:
    """Returns the settings that the index depends on: it must be rebuilt when any of them changes."""
    return {
        "embedder": f"{embedder.name} {embedder.fingerprint}",
        "chunker": f"{CHUNKER} of {settings.chunk_tokens} tokens",
    }
