"""What taking files in and rebuilding share: embedding a document, fingerprint, progress."""

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
    """float32 (n, d): one document's chunks embedded together, and never with another's.

    In bfloat16 a vector depends a little on what shares its batch; so the same bytes give the same vectors whatever
    else is taken in, before or after an interruption.
    """
    if not chunks:
        return np.zeros((0, embedder.dimensions), dtype=np.float32)
    return embedder.embed_passages([embedding_text(chunk) for chunk in chunks])


Outcome = Literal["added", "replaced", "placed", "moved", "failed", "removed"]
"""What became of a file; "placed" is one more place of bytes that are stored already."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `path` is the file just finished; `seconds_left` None until there is something to judge by.

    `outcome` says what became of the file, `detail` why it failed or where it was moved from. A removal counts as no
    file done.
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
    """What the index depends on: it must be rebuilt when any of this changes."""
    return {
        "embedder": f"{embedder.name} {embedder.fingerprint}",
        "chunker": f"{CHUNKER} of {settings.chunk_tokens} tokens",
    }
