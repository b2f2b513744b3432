"""A truncated PDF, or one with wrong bytes, is read or reported with a reason; its parser process survives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job
from ingest.workers.pool import ParserPool
from ragnano.errors import LoadError
from ragnano.settings import Settings
from tests.conftest import SAMPLES
from tests.ingest.fakes import word_parser
from tests.ingest.parsers.hidden_pages import HIDDEN, page_with, searchable_scan

_WHOLE = (
    page_with(HIDDEN["white on white"][0]),
    searchable_scan(),
    min((SAMPLES / "documents").glob("*.pdf"), key=lambda path: path.stat().st_size).read_bytes(),
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ParserPool, Path]]:
    folder = tmp_path_factory.mktemp("fuzz")
    with ParserPool(Settings.load(data_dir=folder, file_seconds=20, ocr="never"), make=word_parser) as reading:
        yield reading, folder / "a.pdf"


@settings(max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, len(_WHOLE) - 1),
    kept=st.floats(0.05, 1.0),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=12),
)
def test_a_damaged_pdf_is_read_or_named(
    pool: tuple[ParserPool, Path], which: int, kept: float, flips: list[tuple[float, int]]
) -> None:
    reading, path = pool
    data = bytearray(_WHOLE[which][: max(1, int(len(_WHOLE[which]) * kept))])
    for place, byte in flips:
        data[int(place * len(data))] = byte
    path.write_bytes(data)
    try:
        parsed = reading.submit(Job(str(path), PDF, 200)).result()
    except LoadError as error:
        assert str(error).strip()
        assert "RAGNANO_FILE_SECONDS" not in str(error)
        return
    assert parsed.pages
    assert all(page.text.strip() or page.unreadable or page.hidden or not page.words for page in parsed.pages)
