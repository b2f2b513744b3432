"""Parsing in separate processes: a file's damage stays in its process, and the second parser gets a turn."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ingest.discovery.file_types import PDF, TEXT
from ingest.document_builder import Job
from ingest.workers import pool
from ingest.workers.pool import ParserPool
from ragnano.errors import DamagedFile, LimitExceeded
from ragnano.settings import Settings
from ragnano.types import ParsedDocument
from tests.ingest.fakes import bare_pdf, lines_page
from tests.ingest.worker_fakes import HANGS_S, scripted_parser

pytestmark = pytest.mark.slow

LIMIT_S = 4.0
"""Of silence: eight times as long as a parser in these tests is silent, because a busy machine delays it."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path, file_seconds=LIMIT_S, file_minutes=0.15)


@pytest.fixture
def parser_pool(settings: Settings) -> Iterator[ParserPool]:
    with ParserPool(settings, make=scripted_parser, workers=2) as reading:
        yield reading


def job(folder: Path, name: str, media_type: str = PDF) -> Job:
    path = folder / name
    path.write_bytes(bare_pdf(lines_page("A lease of a mill")) if media_type == PDF else b"A lease of a mill")
    return Job(str(path), media_type, 200)


def read_by(parsed: ParsedDocument) -> set[str]:
    return {page.read_by for page in parsed.pages}


@pytest.mark.parametrize("name", ["crashes", "fails"])
def test_a_pdf_on_which_the_parser_ends_is_read_by_the_fallback(
    parser_pool: ParserPool, tmp_path: Path, name: str
) -> None:
    first = parser_pool.submit(job(tmp_path, "a.pdf")).result()
    again = parser_pool.submit(job(tmp_path, f"{name}.pdf")).result()
    assert (read_by(first), read_by(again)) == ({"text-layer"}, {"second-reader"})
    assert "A lease of a mill" in again.pages[0].text
    assert again.document.author != first.document.author, "not in a fresh process"


def test_a_file_that_ends_both_parsers_is_named_by_what_the_first_did(parser_pool: ParserPool, tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match=r"the parser crashed \(SIGSEGV\)"):
        parser_pool.submit(job(tmp_path, "crashes both parsers.pdf")).result()
    assert parser_pool.submit(job(tmp_path, "after.pdf")).result().pages


def test_the_limit_counts_from_the_last_sign_of_life(parser_pool: ParserPool, tmp_path: Path) -> None:
    begun = time.monotonic()
    assert parser_pool.submit(job(tmp_path, "takes long.txt", TEXT)).result().pages
    assert time.monotonic() - begun > LIMIT_S


def test_signs_of_life_do_not_help_for_ever(parser_pool: ParserPool, tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match=r"longer than 0\.15 min; RAGNANO_FILE_MINUTES"):
        parser_pool.submit(job(tmp_path, "never ends.txt", TEXT)).result()


def test_a_child_that_has_grown_is_replaced(parser_pool: ParserPool, tmp_path: Path) -> None:
    grown = int(parser_pool.submit(job(tmp_path, "grows.txt", TEXT)).result().document.author)
    assert psutil.Process(grown).memory_info().rss > 600 << 20
    after = int(parser_pool.submit(job(tmp_path, "after.txt", TEXT)).result().document.author)
    assert after != grown and not psutil.pid_exists(grown)


@pytest.mark.parametrize(("patience", "children"), [(30.0, 1), (0.2, 2)])
def test_another_child_helps_only_when_files_wait_long(
    parser_pool: ParserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: float, children: int
) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", patience)
    futures = [parser_pool.submit(job(tmp_path, f"waits {number}.txt", TEXT)) for number in range(3)]
    assert len({future.result().document.author for future in futures}) == children


def test_a_child_cannot_make_the_parent_run_anything(parser_pool: ParserPool, tmp_path: Path) -> None:
    with pytest.raises(DamagedFile):
        parser_pool.submit(job(tmp_path, "lies.txt", TEXT)).result()
    assert not (tmp_path / "lies.txt.run").exists()


def test_leaving_ends_every_child_at_once(settings: Settings, tmp_path: Path) -> None:
    patient = settings.model_copy(update={"file_seconds": 600.0})
    with ParserPool(patient, make=scripted_parser, workers=2) as reading:
        pid = int(reading.submit(job(tmp_path, "a.txt", TEXT)).result().document.author)
        waiting = [reading.submit(job(tmp_path, f"hangs {number}.txt", TEXT)) for number in range(4)]
        begun = time.monotonic()
    assert time.monotonic() - begun < HANGS_S / 4
    assert not psutil.pid_exists(pid)
    assert all(future.cancelled() or future.exception() for future in waiting)
