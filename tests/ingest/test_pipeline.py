"""Ingesting files: once, completely or not at all, for any files and at any moment."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

from ingest.chunking.chunker import embedding_text
from ingest.document_builder import Job
from ingest.options import IngestOptions
from ingest.pipeline import Progress, ingest, rebuild
from ingest.workers.pool import ParserPool
from ragnano.errors import IndexMismatch, NotFoundError
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.types import IngestReport, ParsedDocument, TypeCount
from tests.ingest.commands import CLAUSES
from tests.ingest.fakes import LetterEmbedder, fragile_reader


class Taker:
    """One data directory, and `ingest` into it with fakes."""

    def __init__(self, home: Path, file_seconds: float = 20.0) -> None:
        self.settings = Settings.load(data_dir=home, file_seconds=file_seconds, file_megabytes=1)
        self.catalogue = Catalogue(home)
        self.vectors = Vectors(home, self.catalogue)
        self.embedder = LetterEmbedder()

    def __call__(self, *paths: Path, **options: Any) -> IngestReport:
        given = {"embedder": self.embedder, "reader": lambda: ParserPool(self.settings, make=fragile_reader)} | options
        return ingest(paths, settings=self.settings, catalogue=self.catalogue, vectors=self.vectors, **given)

    def state(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Returns (title, paths' names, chunks' texts) of every document, sorted."""
        return sorted(
            (
                document.title,
                tuple(Path(path).name for path in document.paths),
                tuple(chunk.text for chunk in self.catalogue.chunks_of(document.id)),
            )
            for document in self.catalogue.documents()
        )

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Taker]:
    taker = Taker(tmp_path / "home")
    yield taker
    taker.close()


class Idle(LetterEmbedder):
    """Has a fingerprint, and embeds nothing."""

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        raise AssertionError("the embedder was asked although there was nothing to embed")


def unread() -> ParserPool:
    raise AssertionError("a reader was started although there was nothing to read")


class NoJobs:
    """A pool that must not receive any job."""

    def __enter__(self) -> "NoJobs":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, job: object) -> None:
        raise AssertionError("a file was read although its bytes are stored")


def test_a_folder_is_taken_in_with_its_clauses(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.md").write_text("# Lease\n\nRent is due monthly.\n")
    report = take(files)
    assert (report.files, report.pages, report.chunks, report.failed) == (2, 2, 2, ())
    [document] = [d for d in take.catalogue.documents() if d.title == "Services Agreement"]
    chunk = take.catalogue.chunks_of(document.id)[-1]
    assert chunk.section == "8 TERM > 8.1 Notice"
    assert chunk.context == "Services Agreement"
    assert take.catalogue.verify() == []
    assert take.embedder.calls == [1, 1]


def test_unchanged_files_are_skipped_without_reading_or_embedding(take: Taker, files: Path) -> None:
    for number in range(100):
        (files / f"{number}.txt").write_text(f"{CLAUSES} {number}")
    assert take(files).files == 100

    started = time.perf_counter()
    report = take(files, embedder=Idle(), reader=unread)
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

    report = take(files, reader=lambda: Changing(take.settings, make=fragile_reader, workers=1))
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


BAD: dict[str, Callable[[Path], object]] = {
    "garbage.pdf": lambda path: path.write_bytes(b"garbage"),
    "empty.pdf": lambda path: path.write_bytes(b""),
    "empty.txt": lambda path: path.write_bytes(b""),
    "binary.txt": lambda path: path.write_bytes(bytes(range(32)) * 99),
    "form.docx": lambda path: path.write_bytes(b"PK\x03\x04"),
    "large.txt": lambda path: path.write_bytes(b"word " * 300_000),
    "locked.pdf": lambda path: Canvas(str(path), encrypt="secret").save(),
    "kills.txt": lambda path: path.write_text(CLAUSES + "kills"),
    "fails.txt": lambda path: path.write_text(CLAUSES + "fails"),
    "eats.txt": lambda path: path.write_text(CLAUSES + "eats"),
}


def test_no_bad_file_stops_the_others(take: Taker, files: Path) -> None:
    for name, write in BAD.items():
        write(files / name)
        (files / f"{name}-good.txt").write_text(CLAUSES + name)
    (files / "prints.txt").write_text(CLAUSES + "prints")
    report = take(files)
    assert report.files == len(BAD) + 1
    reasons = {Path(item.path).name: item.reason.split(";")[0] for item in report.failed}
    assert reasons == {
        "garbage.pdf": "no reader finds a page in it",
        "empty.pdf": "the file is empty, 0 bytes",
        "empty.txt": "the file is empty, 0 bytes",
        "binary.txt": "not text, whatever the name says: open it in the program it comes from and export a PDF",
        "form.docx": "the file is damaged",
        "large.txt": "larger than 1 MB",
        "locked.pdf": "encrypted, and no given password opens it",
        "kills.txt": "the reader crashed on it (SIGKILL)",
        "fails.txt": "the reader failed on it (ZeroDivisionError)",
        "eats.txt": "reading it takes more memory than a reader may have",
    }


def test_a_file_that_hangs_the_reader_costs_its_time_and_no_other_file(tmp_path: Path, files: Path) -> None:
    take = Taker(tmp_path / "quick", file_seconds=5.0)
    for name in ("a", "hangs", "z"):
        (files / f"{name}.txt").write_text(CLAUSES + name)
    report = take(files)
    take.close()
    assert report.files == 2
    assert [item.reason for item in report.failed] == ["reading took longer than 5 s; RAGNANO_FILE_SECONDS allows more"]


def test_a_file_that_became_unreadable_keeps_its_earlier_version_and_says_so(take: Taker, files: Path) -> None:
    path = files / "a.txt"
    path.write_text(CLAUSES)
    take(files)
    path.write_bytes(b"")
    [failed] = take(files, options=IngestOptions(prune=True)).failed
    assert failed.reason.endswith("the version taken in before stays searchable")
    assert len(take.state()) == 1


def test_passwords_are_tried(take: Taker, files: Path) -> None:
    canvas = Canvas(str(files / "a.pdf"), encrypt="secret")
    canvas.drawString(100, 700, "Rent is due monthly.")
    canvas.save()
    assert take(files, options=IngestOptions(passwords=("wrong", "secret"))).files == 1


def test_progress_counts_every_file_once(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files)
    for name in ("b.txt", "c.txt", "d.docx"):
        (files / name).write_text(CLAUSES + name)
    shutil.copy(files / "b.txt", files / "e.txt")
    seen: list[Progress] = []
    take(files, progress=seen.append)
    assert [state.done for state in seen] == [2, 3, 4, 5]
    assert {state.total for state in seen} == {5}
    assert seen[-1].seconds_left == 0


def test_a_cancelled_run_keeps_what_was_stored_and_the_next_goes_on(
    take: Taker, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcd":
        (files / f"{name}.txt").write_text(CLAUSES + name)
    first = take(files, cancelled=lambda: take.catalogue.counts()[0] >= 2)
    assert first.files == 2
    second = take(files)
    assert (second.files, second.skipped) == (2, 2)


def test_ctrl_c_keeps_what_was_stored(take: Taker, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcd":
        (files / f"{name}.txt").write_text(CLAUSES + name)

    def interrupt(state: Progress) -> None:
        if state.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(files, progress=interrupt)
    assert len(take.state()) == 2
    assert take(files).skipped == 2


def test_collections_are_apart(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files, options=IngestOptions(collection="one"))
    report = take(files, options=IngestOptions(collection="two"), embedder=Idle())
    assert (report.files, report.skipped) == (1, 0)
    assert [name for name, _ in take.catalogue.collections()] == ["one", "two"]


def test_a_missing_path_is_an_error_before_anything_is_read(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with pytest.raises(NotFoundError):
        take(files, files / "missing")
    assert take.state() == []


def test_another_chunk_size_is_refused_until_a_rebuild_which_needs_no_files(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text("1. SUPPLY\n\n" + "The Buyer pays the price of the goods. " * 30)
    take(files)
    [(_, _, before)] = take.state()
    (files / "a.txt").unlink()
    (files / "b.txt").write_text(CLAUSES)
    take.settings = take.settings.model_copy(update={"chunk_tokens": 64})
    with pytest.raises(IndexMismatch):
        take(files)
    parts = {"settings": take.settings, "catalogue": take.catalogue, "vectors": take.vectors, "embedder": take.embedder}
    assert rebuild(**parts) == 1
    [(_, _, after)] = take.state()
    assert len(after) > len(before)
    assert " ".join(after).split() == " ".join(before).split()
    assert take.catalogue.verify() == []
    assert take(files).files == 1


def test_vectors_are_those_of_the_chunks_they_stand_by(take: Taker, files: Path) -> None:
    for name in ("rent", "term", "price"):
        (files / f"{name}.txt").write_text(f"{name.upper()} AGREEMENT\n\nThis is about {name}.")
    take(files)
    ids, stored = take.catalogue.embeddings()
    chunks = take.catalogue.chunks(ids.tolist())
    expected = take.embedder.embed_passages([embedding_text(chunks[i]) for i in ids.tolist()])
    assert np.allclose(stored, expected, atol=1e-3)


def test_a_moved_file_is_not_read_again_and_its_old_place_is_forgotten(take: Taker, files: Path) -> None:
    (files / "old").mkdir()
    (files / "old/a.txt").write_text(CLAUSES)
    take(files)
    (files / "old").rename(files / "new")
    seen: list[Progress] = []
    report = take(files, embedder=Idle(), reader=NoJobs, progress=seen.append)
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


def test_another_embedder_is_noticed_even_when_nothing_is_new(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files)
    other = Idle()
    other.fingerprint = "letters-2"
    with pytest.raises(IndexMismatch, match=r"letters-2.*docs rebuild --reembed"):
        take(files, embedder=other)


def test_the_report_counts_by_kind_and_names_near_copies(take: Taker, files: Path) -> None:
    lines = [f"{number}. The Supplier shall deliver part {number * 37} in week {number}." for number in range(1, 40)]
    (files / "a.txt").write_text("\n\n".join(lines))
    (files / "b.md").write_text("\n\n".join([*lines[:-2], "38. The Buyer pays the price."]))
    (files / "c.md").write_text("# Lease\n\nRent is due monthly.\n")
    report = take(files)
    assert report.types == {"Markdown": TypeCount(2, 2), "text": TypeCount(1, 1)}
    [near] = report.versions
    assert (Path(near.path).name, Path(near.of).name) == ("b.md", "a.txt")
    assert near.likeness > 0.7


def test_patterns_choose_what_is_taken_in(take: Taker, files: Path) -> None:
    for name in ("a.txt", "b.txt", "c.md"):
        (files / name).write_text(CLAUSES + name)
    assert take(files, options=IngestOptions(include=["*.txt"], exclude=["b.*"])).files == 1
    assert [names for _, names, _ in take.state()] == [("a.txt",)]
