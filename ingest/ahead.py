"""Embedding ahead of storing: while one document is stored, the next ones are embedded. Knows no file and no store.

Documents do not share batches, so the same bytes give the same vectors; they only share the embedder's threads, which
would otherwise wait for the last batch of one document and while it is stored.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ingest.batches import embed
from ragnano.models.embedder import Embedder
from ragnano.types import ParsedDocument

_AT_ONCE = 2
"""Documents being embedded at the same time: one fills the threads, the second fills the gap at its end."""


class Embedded(NamedTuple):
    """A document and the vectors of its chunks, float32 (chunks, d)."""

    parsed: ParsedDocument
    vectors: NDArray[np.float32]


class Ahead:
    """Embeds what readers give, in the order asked for. A context manager; leaving it stops at the next batch."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._stopping = Event()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ahead")

    def submit(self, reading: Future[ParsedDocument]) -> Future[Embedded]:
        """Embed what `reading` will give. The future raises what reading raised, or ModelError."""
        return self._threads.submit(self._embed, reading)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        # Not waited for: a thread may wait for a reader that is only ended after this.
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _embed(self, reading: Future[ParsedDocument]) -> Embedded:
        parsed = reading.result()
        return Embedded(parsed, embed(parsed.chunks, self._embedder, self._go_on))

    def _go_on(self, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise InterruptedError
