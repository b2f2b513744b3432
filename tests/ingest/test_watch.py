"""`ragnano ingest --watch`: follows folders through saves, moves, deletions and other writers."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from ragnano.store import Catalogue
from tests.ingest.commands import CLAUSES, PATIENCE_S, ROOT, command, stored

pytestmark = pytest.mark.slow


class Watching:
    """A running `ragnano ingest --watch`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.output: Queue[str] = Queue()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._listen, args=(stream,), daemon=True).start()

    def _listen(self, stream: Any) -> None:
        for line in stream:
            self.output.put(line.rstrip("\n"))

    def lines(self, count: int) -> list[tuple[str, str]]:
        """Returns the next `count` changes: what happened, and the file's name; sorted."""
        found = [self.output.get(timeout=PATIENCE_S) for _ in range(count)]
        return sorted((line.split()[0], Path(line.split()[1].rstrip(":")).name) for line in found)

    def is_still(self) -> bool:
        """Returns True when nothing is reported for a while."""
        try:
            self.output.get(timeout=2)
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
        # A test run in the background ignores Ctrl-C, and child processes inherit that.
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
        assert watched.output.get(timeout=PATIENCE_S).startswith("Watching")
        # Editors save like this: a new file takes the old one's name.
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
        (files / "late.txt").write_text(CLAUSES + "late")
        assert watched.lines(1) == [("added", "late.txt")]
        assert watched.is_still(), "its own writing is no change, and what failed before is told once"
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(timeout=PATIENCE_S) == 0
        assert "Stopped watching" in watched.output.get(timeout=PATIENCE_S)
    assert stored(home) == ["late.txt", "moved.txt", "new.txt"]


def test_a_folder_that_is_suddenly_empty_loses_nothing(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with watching(files, home) as watched:
        assert watched.lines(1) == [("added", "a.txt")]
        watched.output.get(timeout=PATIENCE_S)
        (files / "a.txt").unlink()
        assert watched.is_still()
    assert stored(home) == ["a.txt"]


def test_watching_waits_while_another_process_writes(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with Catalogue(home) as catalogue, catalogue.write_lock(), watching(files, home) as watched:
        assert "another ragnano is writing" in watched.output.get(timeout=PATIENCE_S)
    with watching(files, home) as watched:
        assert watched.lines(1) == [("added", "a.txt")]
