"""What taking files in and rebuilding share: batch size, fingerprint, progress. Does nothing itself."""

from dataclasses import dataclass

from ingest.chunk import CHUNKER
from ragnano.config import Settings
from ragnano.models.embedder import Embedder

BATCH_CHUNKS = 256
"""Chunks embedded together: sorted by length, eight full batches of the embedder's 32 waste little on padding."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `path` is the file just finished; `seconds_left` None until there is something to judge by."""

    done: int
    total: int
    pages: int
    chunks: int
    path: str
    seconds_left: float | None


def fingerprint_of(settings: Settings, embedder: Embedder) -> dict[str, str]:
    """What the index depends on: it must be rebuilt when any of this changes."""
    return {
        "embedder": f"{embedder.name} {embedder.fingerprint}",
        "chunker": f"{CHUNKER} of {settings.chunk_tokens} tokens",
    }
