"""Documents are embedded while others are stored, each by itself."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.ahead import Ahead
from ragnano.errors import DamagedFile
from ragnano.types import ParsedDocument
from tests.ingest_fakes import LetterEmbedder
from tests.store_fakes import document


def read(parsed: ParsedDocument) -> "Future[ParsedDocument]":
    future: Future[ParsedDocument] = Future()
    future.set_result(parsed)
    return future


def test_each_document_is_embedded_in_a_call_of_its_own() -> None:
    embedder = LetterEmbedder()
    with Ahead(embedder) as ahead:  # type: ignore[arg-type]
        found = [ahead.submit(read(document(*lines))).result() for lines in (("One.",), ("Two.", "Three."), ())]
    assert [len(one.vectors) for one in found] == [1, 2, 0]
    assert sorted(embedder.calls) == [1, 2]


def test_what_a_reader_raises_comes_out_where_the_document_was_awaited() -> None:
    failed: Future[ParsedDocument] = Future()
    failed.set_exception(DamagedFile("no reader finds a page in it"))
    with Ahead(LetterEmbedder()) as ahead, pytest.raises(DamagedFile):  # type: ignore[arg-type]
        ahead.submit(failed).result()


class Slow(LetterEmbedder):
    """Embeds text by text, and waits after the first until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on, self.embedded = threading.Event(), threading.Event(), 0

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        for done in range(1, len(texts) + 1):
            self.embedded = done
            self.begun.set()
            self.go_on.wait(30)
            if progress is not None:
                progress(done, len(texts))
        return np.zeros((len(texts), self.dimensions), np.float32)


def test_leaving_stops_a_long_document_at_its_next_batch() -> None:
    slow = Slow()
    with Ahead(slow) as ahead:  # type: ignore[arg-type]
        future = ahead.submit(read(document(*(f"Sentence {number}." for number in range(500)))))
        assert slow.begun.wait(30)
    slow.go_on.set()
    with pytest.raises(InterruptedError):
        future.result(timeout=30)
    assert slow.embedded == 1
