"""Ingesting again: unchanged, changed, moved, copied and removed files."""

import os
import shutil
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from ingest.document_builder import Job
from ingest.options import IngestOptions
from ingest.pipeline import Progress
from ingest.workers.pool import ParserPool
from ragnano.types import ParsedDocument
from tests.ingest.commands import CLAUSES
from tests.ingest.fakes import fragile_parser
from tests.ingest.taker import Idle, Taker

pytestmark = pytest.mark.slow


def unread() -> ParserPool:
    raise AssertionError("a parser was started although there was nothing to read")


class NoJobs:
    """A pool that must not receive any job."""

    def __enter__(self) -> "NoJobs":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, job: object) -> None:
        raise AssertionError("a file was read although its bytes are stored")


def test_unchanged_files_are_skipped_without_reading_or_embedding(take: Taker, files: Path) -> None:
    for number in range(100):
        (files / f"{number}.txt").write_text(f"{CLAUSES} {number}")
    assert take(files).files == 100

    started = time.perf_counter()
    report = take(files, embedder=Idle(), parser_pool=unread)
    assert time.perf_counter() - started < 1.0
    assert (report.files, report.skipped, report.failed) == (0, 100, ())


def test_the_same_bytes_elsewhere_are_another_place_of_one_document(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    shutil.copy(files / "a.txt", files / "twin.txt")
    assert take(files).files == 2
    shutil.copy(files / "a.txt", files / "third.txt")
    report = take(files, embedder=Idle())
    assert (report.files, report.chunks, report.skipped) == (1, 0, 2)
    assert [names for _, names, _ in take.state()] == [("a.txt", "third.txt", "twin.txt")]


def test_a_file_that_becomes_the_twin_of_one_that_vanishes_ends_no_run(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_text(CLAUSES.replace("ninety", "thirty"))

    class Changing(ParserPool):
        """While "a.txt" is read, it gets the content of "b.txt", which then disappears."""

        def submit(self, job: Job) -> "Future[ParsedDocument]":
            if Path(job.path).name == "a.txt":
                shutil.copy(files / "b.txt", files / "a.txt")
            else:
                (files / "b.txt").unlink()
            return super().submit(job)

    report = take(files, parser_pool=lambda: Changing(take.settings, make=fragile_parser, workers=1))
    assert [Path(item.path).name for item in report.failed] == ["b.txt"]
    assert [names for _, names, _ in take.state()] == [("a.txt",)]


def test_a_changed_file_replaces_what_it_was(take: Taker, files: Path) -> None:
    path = files / "a.txt"
    path.write_text(CLAUSES)
    take(files)
    path.write_text(CLAUSES.replace("ninety", "thirty"))
    os.utime(path, ns=(1, 1))
    report = take(files)
    assert (report.files, report.replaced) == (1, 1)
    [(_, _, chunks)] = take.state()
    assert "thirty" in chunks[-1]
    assert take.catalogue.counts()[0] == 1


def test_gone_files_are_forgotten_only_when_asked_and_only_in_the_given_folders(take: Taker, files: Path) -> None:
    for name in ("kept/a.txt", "gone/b.txt", "other/c.txt"):
        (files / name).parent.mkdir()
        (files / name).write_text(f"{CLAUSES} {name}")
    take(files)
    (files / "gone/b.txt").unlink()
    (files / "other/c.txt").unlink()
    assert take(files / "gone").removed == 0
    assert take(files / "gone", files / "kept", options=IngestOptions(prune=True)).removed == 1
    assert [names for _, names, _ in take.state()] == [("a.txt",), ("c.txt",)]


def test_a_moved_file_is_not_read_again_and_its_old_place_is_forgotten(take: Taker, files: Path) -> None:
    (files / "old").mkdir()
    (files / "old/a.txt").write_text(CLAUSES)
    take(files)
    (files / "old").rename(files / "new")
    seen: list[Progress] = []
    report = take(files, embedder=Idle(), parser_pool=NoJobs, progress=seen.append)
    assert (report.files, report.moved, report.removed, report.pages) == (1, 1, 0, 0)
    assert [(item.outcome, Path(item.detail).parent.name) for item in seen] == [("moved", "old")]
    [document] = take.catalogue.documents()
    assert document.paths == (str(files / "new/a.txt"),)


def test_a_copy_whose_first_place_is_gone_outside_the_given_folders_keeps_both_places(
    take: Taker, files: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "a.txt").write_text(CLAUSES)
    take(stick)
    shutil.move(stick / "a.txt", files / "a.txt")
    assert take(files, embedder=Idle()).moved == 0
    assert [names for _, names, _ in take.state()] == [("a.txt", "a.txt")]
