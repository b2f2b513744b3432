"""Ingesting what cannot be ingested: bad files, interrupted runs, another chunk size or embedder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.options import IngestOptions
from ingest.pipeline import Progress, rebuild
from ragnano.errors import IndexMismatch, NotFoundError
from tests.ingest.commands import CLAUSES
from tests.ingest.taker import Idle, Taker

pytestmark = pytest.mark.slow

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
        "garbage.pdf": "no pages found in the file",
        "empty.pdf": "the file is empty, 0 bytes",
        "empty.txt": "the file is empty, 0 bytes",
        "binary.txt": "the content is not text, despite the file name: open it in its program and export a PDF",
        "form.docx": "the file is damaged",
        "large.txt": "larger than 1 MB",
        "locked.pdf": "encrypted, and no given password opens it",
        "kills.txt": "the parser crashed (SIGKILL)",
        "fails.txt": "the parser failed (ZeroDivisionError)",
        "eats.txt": "reading it takes more memory than allowed",
    }


def test_a_file_that_hangs_the_parser_costs_its_time_and_no_other_file(tmp_path: Path, files: Path) -> None:
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


def test_another_embedder_is_noticed_even_when_nothing_is_new(take: Taker, files: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    take(files)
    other = Idle()
    other.fingerprint = "letters-2"
    with pytest.raises(IndexMismatch, match=r"letters-2.*docs rebuild --reembed"):
        take(files, embedder=other)
