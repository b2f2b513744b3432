"""`ragnano ingest` as a person and a script meet it: in a process of its own, with real files."""

import fcntl
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pypdf
import pytest

from ragnano.store import Catalogue
from tests.hidden_pages import HIDDEN as WAYS
from tests.hidden_pages import ORDER, page_with

ROOT = Path(__file__).parents[1]
CLAUSES = "SERVICES AGREEMENT\n\n8. TERM\n\n8.1 Notice. Either party may end this Agreement on ninety days' notice.\n"
# The command line, with an embedder that is quick to load.
PATIENCE_S = 200
"""For what a process does next: it begins by importing, which takes a busy machine half a minute."""
COMMAND = """
import sys
import ragnano.models
from ragnano.cli import main
from tests.ingest_fakes import LetterEmbedder
ragnano.models.open_embedder = lambda settings: LetterEmbedder()
sys.argv[0] = "ragnano"
main()
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def command(*words: object) -> list[str]:
    return [sys.executable, "-c", COMMAND, *map(str, words)]


def ragnano(*words: object, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, check=False, timeout=600, **more)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stored(home: Path) -> list[str]:
    with Catalogue(home) as catalogue:
        return sorted(Path(path).name for document in catalogue.documents() for path in document.paths)


# One run


def test_a_partial_success_is_exit_code_3_and_the_report_counts_by_kind(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_bytes(b"")
    done = ragnano("ingest", files, "--data-dir", home, "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert report["types"] == {"text": {"files": 1, "pages": 1}}
    assert [Path(item["path"]).name for item in report["failed"]] == ["b.txt"]
    quiet = ragnano("ingest", files, "--data-dir", home, "--quiet")
    assert (quiet.returncode, quiet.stdout) == (3, "")
    assert "b.txt: the file holds no text" in quiet.stderr


def test_progress_for_scripts_is_a_json_object_an_event(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_bytes(b"")
    done = ragnano("ingest", files, "--data-dir", home, "--progress", "json", "--quiet")
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [(event["event"], event.get("outcome")) for event in events] == [
        ("file", "added"),
        ("file", "failed"),
        ("end", None),
    ]
    assert events[0]["done"] == 1
    assert events[0]["total"] == 2
    assert (events[-1]["files"], events[-1]["failed"]) == (1, 1)
    assert ragnano("ingest", files, "--progress", "loud").returncode == 2


def test_a_dry_run_says_what_would_happen_and_touches_nothing(files: Path, home: Path) -> None:
    for name in ("kept", "changed", "gone"):
        (files / f"{name}.txt").write_text(CLAUSES + name)
    assert not home.exists()
    fresh = ragnano("ingest", files, "--data-dir", home, "--dry-run")
    assert "would take in 3 files" in fresh.stdout
    assert not home.exists()
    assert ragnano("ingest", files, "--data-dir", home, "--quiet").returncode == 0
    (files / "gone.txt").unlink()
    (files / "changed.txt").write_text(CLAUSES + "otherwise")
    (files / "twin.txt").write_text(CLAUSES + "kept")
    (files / "picture.heic").write_bytes(b"words")
    (files / "large.txt").write_bytes(b"word " * 300_000)
    (files / "draft.txt").write_text(CLAUSES)
    before = contents(home)
    options = ("--prune", "--max-size", 1, "--exclude", "draft*", "--json")
    done = ragnano("ingest", files, "--data-dir", home, "--dry-run", *options)
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert {Path(item["path"]).name: item["why"] for item in told["read"]} == {
        "changed.txt": "changed",
        "twin.txt": "known",
    }
    assert told["skipped"] == 1
    assert [Path(path).name for path in told["removed"]] == ["gone.txt"]
    assert {Path(item["path"]).name for item in told["refused"]} == {"picture.heic", "large.txt"}
    assert {Path(path).name: reason for path, reason in told["left_out"]} == {"draft.txt": "--exclude"}
    assert contents(home) == before


def test_versions_of_one_contract_are_shown(files: Path, home: Path) -> None:
    lines = [f"{number}. The Supplier shall deliver part {number * 37} in week {number}." for number in range(1, 40)]
    (files / "draft.txt").write_text("\n\n".join(lines))
    (files / "final.txt").write_text("\n\n".join([*lines[:-2], "38. The Buyer pays the price."]))
    assert "much like another" in ragnano("ingest", files, "--data-dir", home).stdout
    shown = json.loads(ragnano("docs", "show", "draft.txt", "--json", "--data-dir", home).stdout)
    [version] = shown["versions"]
    assert Path(version["path"]).name == "final.txt"
    assert 0.7 < version["likeness"] < 1
    assert "much like 1 other" in ragnano("docs", "list", "--data-dir", home).stdout
    listed = json.loads(ragnano("docs", "list", "--json", "--data-dir", home).stdout)
    assert [len(document["versions"]) for document in listed] == [1, 1]


def test_hidden_text_is_told_of_and_shown_apart_from_the_page(files: Path, home: Path) -> None:
    (files / "offer.pdf").write_bytes(page_with(WAYS["white on white"][0]))
    told = ragnano("ingest", files, "--data-dir", home).stdout
    assert "offer.pdf page 1: 1 passage that a reader does not see (in the colour of its ground)" in told
    assert ORDER not in told
    [hidden] = json.loads(ragnano("docs", "show", "offer.pdf", "--json", "--data-dir", home).stdout)["hidden"]
    assert (hidden["page"], hidden["kind"], hidden["text"]) == (1, "colour", ORDER)
    assert (
        f"page 1 hides text (in the colour of its ground): '{ORDER}"
        in ragnano("docs", "show", "offer.pdf", "--data-dir", home).stdout
    )
    assert ORDER not in ragnano("docs", "show", "offer.pdf", "--page", "1", "--data-dir", home).stdout
    (files / "plain.txt").write_text("The fee is $4,250.")
    again = ragnano("ingest", files, "--data-dir", home, "--json")
    assert json.loads(again.stdout)["hidden"] == []
    listed = ragnano("docs", "list", "--data-dir", home).stdout.splitlines()
    assert {("offer.pdf" in line, "hides text (1 passage)" in line) for line in listed} == {
        (True, True),
        (False, False),
    }
    counts = json.loads(ragnano("docs", "list", "--data-dir", home, "--json").stdout)
    assert {Path(item["paths"][0]).name: item["hidden"] for item in counts} == {"offer.pdf": 1, "plain.txt": 0}


def test_a_password_is_asked_for_typed_unseen_and_kept_nowhere(files: Path, home: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page_with(WAYS["white on white"][0])))
    writer.encrypt("bittern-marsh-41", "owner", algorithm="AES-256")
    writer.write(files / "locked.pdf")
    master, terminal = pty.openpty()
    asked = subprocess.Popen(
        [*command("ingest", files, "--data-dir", home), "--ask-password", "--progress", "none"],
        cwd=ROOT,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0),
    )
    shown = b""
    for asked_for, typed in ((b"Password of locked.pdf", b"bittern"), (b"does not open it", b"bittern-marsh-41")):
        while asked_for not in shown:
            shown += os.read(master, 1000)
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)  # what is typed before the echo is off is thrown away
        os.write(master, typed + b"\n")
    told, _ = asked.communicate(timeout=PATIENCE_S)
    os.set_blocking(master, False)
    with suppress(OSError):
        shown += os.read(master, 100_000)
    assert asked.returncode == 0, told
    assert b"1 files taken in" in told
    assert b"bittern" not in shown + told
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"bittern" not in stored
    refused = ragnano("ingest", files, "--data-dir", home, "--ask-password", stdin=subprocess.DEVNULL)
    assert refused.returncode == 2
    assert "needs a terminal" in refused.stderr


def test_verify_tells_of_files_that_are_gone_or_changed(files: Path, home: Path) -> None:
    for name in ("kept", "touched", "changed", "gone"):
        (files / f"{name}.txt").write_text(CLAUSES + name)
    ragnano("ingest", files, "--data-dir", home)
    assert ragnano("docs", "verify", "--data-dir", home).returncode == 0
    os.utime(files / "touched.txt", ns=(1, 1))
    (files / "changed.txt").write_text(CLAUSES)
    (files / "gone.txt").unlink()
    done = ragnano("docs", "verify", "--data-dir", home, "--json")
    assert done.returncode == 1
    told = sorted((Path(line.split(":")[0]).name, "changed" in line) for line in json.loads(done.stdout)["problems"])
    assert told == [("changed.txt", True), ("gone.txt", False)]


# Watching


class Watching:
    """A `ragnano ingest --watch` at work."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told: Queue[str] = Queue()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._listen, args=(stream,), daemon=True).start()

    def _listen(self, stream: Any) -> None:
        for line in stream:
            self.told.put(line.rstrip("\n"))

    def lines(self, count: int) -> list[tuple[str, str]]:
        """The next `count` changes: what happened, and the file's name; sorted."""
        found = [self.told.get(timeout=PATIENCE_S) for _ in range(count)]
        return sorted((line.split()[0], Path(line.split()[1].rstrip(":")).name) for line in found)

    def is_still(self) -> bool:
        """True when nothing is told for a while."""
        try:
            self.told.get(timeout=2)
        except Empty:
            return True
        return False


@contextmanager
def watching(files: Path, home: Path) -> Iterator[Watching]:
    process = subprocess.Popen(
        command("ingest", files, "--watch", "--data-dir", home),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # Whoever runs the tests in the background ignores Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.wait()


def test_a_watched_folder_is_followed_through_saves_moves_and_deletions(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_text(CLAUSES + "b")
    with watching(files, home) as watched:
        assert watched.lines(2) == [("added", "a.txt"), ("added", "b.txt")]
        assert watched.told.get(timeout=PATIENCE_S).startswith("Watching")
        # As editors save: a new file takes the old one's name.
        (files / "a.txt.tmp").write_text(CLAUSES.replace("ninety", "thirty"))
        (files / "a.txt.tmp").replace(files / "a.txt")
        assert watched.lines(1) == [("replaced", "a.txt")]
        (files / "sub").mkdir()
        (files / "b.txt").rename(files / "sub" / "moved.txt")
        assert watched.lines(1) == [("moved", "b.txt")]
        (files / "sub" / "new.txt").write_text(CLAUSES + "new")
        assert watched.lines(1) == [("added", "new.txt")]
        (files / "a.txt").unlink()
        assert watched.lines(1) == [("removed", "a.txt")]
        (files / "empty.txt").write_bytes(b"")
        assert watched.lines(1) == [("failed", "empty.txt")]
        assert watched.is_still(), "its own writing is no change"
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(timeout=PATIENCE_S) == 0
        assert "Stopped watching" in watched.told.get(timeout=PATIENCE_S)
    assert stored(home) == ["moved.txt", "new.txt"]


def test_a_folder_that_is_suddenly_empty_loses_nothing(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with watching(files, home) as watched:
        assert watched.lines(1) == [("added", "a.txt")]
        watched.told.get(timeout=PATIENCE_S)
        (files / "a.txt").unlink()
        assert watched.is_still()
    assert stored(home) == ["a.txt"]


def test_watching_waits_while_another_process_writes(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with Catalogue(home) as catalogue, catalogue.write_lock(), watching(files, home) as watched:
        assert "another ragnano is writing" in watched.told.get(timeout=PATIENCE_S)
    with watching(files, home) as watched:
        assert watched.lines(1) == [("added", "a.txt")]
