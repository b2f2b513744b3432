"""Ingesting real contracts: exact spans, nothing lost, boxes on the page. Skipped without the evaluation data."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job, read
from ragnano.documents.word_boxes import unpack_words
from ragnano.text.words import fold
from ragnano.types import ParsedDocument
from tests.ingest.fakes import count_words

CONTRACTS = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "pdf"
FIRST = 12
LIMIT = 200

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CONTRACTS.is_dir(), reason="the evaluation contracts are not beside the checkout"),
]


@pytest.fixture(scope="module")
def parsed() -> Iterator[list[ParsedDocument]]:
    files = sorted(CONTRACTS.glob("*.pdf"))[:FIRST]
    yield [read(Job(str(path), PDF, LIMIT), count_words) for path in files]


def test_every_chunk_is_what_its_pages_say(parsed: list[ParsedDocument]) -> None:
    for document in parsed:
        texts = {page.number: page.text for page in document.pages}
        spans = [span for chunk in document.chunks for span in chunk.spans]
        assert spans == sorted(spans)
        assert all(a.page < b.page or a.end <= b.start for a, b in pairwise(spans))
        for chunk in document.chunks:
            said = [fold(texts[s.page][s.start : s.end]) for s in chunk.spans]
            assert [line.replace("-", "") for line in chunk.text.split("\n")] == [
                line.replace("-", "") for line in said
            ]
            assert chunk.tokens <= LIMIT


def test_only_furniture_is_left_out(parsed: list[ParsedDocument]) -> None:
    printed = sum(len("".join(page.text.split())) for document in parsed for page in document.pages)
    kept = sum(len("".join(chunk.text.split())) for document in parsed for chunk in document.chunks)
    assert 0.95 * printed < kept <= printed


def test_every_word_has_a_box_on_its_page(parsed: list[ParsedDocument]) -> None:
    for page in (page for document in parsed for page in document.pages):
        words = list(unpack_words(page.words))
        for word in words:
            assert 0 <= word.box.x0 < word.box.x1 <= page.width + 0.25
            assert 0 <= word.box.y0 < word.box.y1 <= page.height + 0.25
        covered = sum(word.end - word.start for word in words)
        assert covered >= 0.99 * len("".join(page.text.split()))


def test_contracts_say_what_they_are(parsed: list[ParsedDocument]) -> None:
    sections = [bool(chunk.section) for document in parsed for chunk in document.chunks]
    assert sum(sections) > 0.9 * len(sections)
    named = [document.document for document in parsed if "greement" in document.document.title]
    assert len(named) >= 0.8 * FIRST
    assert sum(len(document.document.parties) >= 2 for document in parsed) >= 0.4 * FIRST
