"""What stops a run (a full disk, a killed process, another writer) leaves the existing data intact."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.options import IngestOptions
from ingest.pipeline import ingest
from ingest.workers.pool import ParserPool
from ragnano.errors import StoreError
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from tests.ingest.commands import CLAUSES, ROOT, ragnano, stored
from tests.ingest.fakes import LetterEmbedder, word_parser
from tests.store.fakes import files_with

pytestmark = pytest.mark.slow

CANARY = "kanarienvogel"
# Root, or a user who may be root in a private namespace, can mount file systems that no other process sees.
OWN_MOUNTS = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--user", "--map-root-user")


class Home:
    """A data directory that is open in this process."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.load(data_dir=home)
        self.catalogue = Catalogue(home)
        self.vectors = Vectors(home, self.catalogue)

    def take(self, folder: Path, *, prune: bool = False) -> None:
        ingest(
            [folder],
            settings=self.settings,
            catalogue=self.catalogue,
            vectors=self.vectors,
            embedder=LetterEmbedder(),  # type: ignore[arg-type]
            options=IngestOptions(prune=prune),
            parser_pool=lambda: ParserPool(self.settings, make=word_parser),
        )

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()


@pytest.fixture
def opened(home: Path) -> Iterator[Home]:
    made = Home(home)
    yield made
    made.close()


def test_a_full_disk_stops_the_run_in_one_line_and_keeps_what_was_there(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    assert ragnano("ingest", files, "--data-dir", home).returncode == 0
    for number in range(30):
        words = " ".join(f"word{number}x{place}" for place in range(4_000))
        (files / f"b{number:02}.txt").write_text(f"{CLAUSES}\n{words}\n")
    most = (home / "catalogue.sqlite3").stat().st_size + 600_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    full = ragnano("ingest", files, "--data-dir", home, preexec_fn=limit)
    assert full.returncode == 1
    [line] = full.stderr.splitlines()
    assert "the disk that holds" in line
    with Catalogue(home) as catalogue:
        assert catalogue.verify() == []
    assert "a.txt" in stored(home)
    assert len(stored(home)) < 31
    again = ragnano("ingest", files, "--data-dir", home, "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["skipped"] >= 1
    assert len(stored(home)) == 31
    assert ragnano("docs", "verify", "--data-dir", home).returncode == 0


MOUNTED = """
import subprocess, sys
size, disk = sys.argv[1:3]
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=True)
"""
FULL_DISK = """
import json
from pathlib import Path
from ragnano.errors import StoreError
from tests.ingest.test_trouble import Home
files = Path(sys.argv[3])
told = []
def take():
    try:
        home = Home(Path(disk, "home"))
        try:
            home.take(files)
        finally:
            home.close()
    except StoreError as error:
        told.append(str(error))
def look():
    home = Home(Path(disk, "home"))
    problems = [*home.catalogue.verify(), *home.vectors.verify()]
    documents = sorted(Path(document.path).name for document in home.catalogue.documents())
    home.close()
    return documents, problems
take()
stopped = look()
subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
take()
print(json.dumps([told, stopped, look()]))
"""


FULL_CACHE = """
from pathlib import Path
import numpy as np
from ragnano.store.row_mapping import EmbeddingBatch
from ragnano.store.vector_cache.chroma import Broken, ChromaIndex
try:
    index = ChromaIndex.create(Path(disk, "generation"))
    for first in range(0, 20_000, 500):
        index.put(EmbeddingBatch(np.arange(first, first + 500), ["d"] * 500, np.ones((500, 26), np.float32)))
except Broken as error:
    print(error)
"""


def on_a_small_disk(code: str, kilobytes: int, disk: Path, *more: Path) -> str:
    """Returns the output of a program with a private file system of so many kilobytes at `disk`."""
    disk.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("a small disk can be mounted on Linux only")
    command = [*OWN_MOUNTS, sys.executable, "-c", MOUNTED + code, str(kilobytes), str(disk), *map(str, more)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("a small disk cannot be mounted here; the test with a limit on a file's size stands for it")
    return done.stdout


@pytest.mark.parametrize("size", [300, 1_000, 2_000])
def test_a_disk_that_is_really_full_stops_the_run_and_the_next_goes_on(files: Path, tmp_path: Path, size: int) -> None:
    for number in range(12):
        words = " ".join(f"word{number}x{place}" for place in range(2_500))
        (files / f"{number:02}.txt").write_text(f"{CLAUSES}\n{words}\n")
    found = json.loads(on_a_small_disk(FULL_DISK, size, tmp_path / "disk", files))
    output, (stored_first, problems), (stored_then, problems_then) = found
    [line] = output
    assert line.startswith("the disk that holds") and "is full; free some space" in line
    names = sorted(path.name for path in files.iterdir())
    assert stored_first == names[: len(stored_first)] and len(stored_first) < len(names)
    assert stored_then == names
    assert problems == problems_then == []


def test_a_vector_cache_that_the_disk_has_no_room_for_says_so(tmp_path: Path) -> None:
    output = on_a_small_disk(FULL_CACHE, 2_000, tmp_path / "disk")
    assert output == f"the disk that holds {tmp_path / 'disk'} is full; free some space and try again\n"


def test_a_second_writer_is_told_who_is_writing(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    with Catalogue(home) as catalogue, catalogue.write_lock():
        done = ragnano("ingest", files, "--data-dir", home)
        assert done.returncode == 1
        assert "another ragnano (process" in done.stderr
        assert "is writing" in done.stderr


def test_a_pruned_file_leaves_no_word_in_any_file(files: Path, opened: Home, home: Path) -> None:
    for number in range(5):
        (files / f"{number}.txt").write_text(f"{CLAUSES}\n{number}\n")
    (files / f"{CANARY}.txt").write_text(f"{CLAUSES}\nThe {CANARY} sings.\n")
    opened.take(files)
    # The word index stores neighbouring words without their common prefix: search for a middle part, too.
    assert files_with(home, CANARY.encode())
    (files / f"{CANARY}.txt").unlink()
    opened.take(files, prune=True)
    assert files_with(home, CANARY.encode()) == []
    assert files_with(home, CANARY[2:-2].encode()) == []
    assert len(opened.catalogue.documents()) == 5
    assert opened.vectors.verify() == []


def test_a_run_that_is_stopped_before_it_has_swept_is_swept_by_the_next(
    files: Path, opened: Home, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "secret.txt").write_text(f"{CLAUSES}\nThe {CANARY} sings.\n")
    opened.take(files)
    (files / "secret.txt").unlink()

    def killed(_: Catalogue) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Catalogue, "compact", killed)
    with pytest.raises(KeyboardInterrupt):
        opened.take(files, prune=True)
    monkeypatch.undo()
    assert files_with(home, CANARY[2:-2].encode())
    opened.take(files)
    assert files_with(home, CANARY[2:-2].encode()) == []


def test_a_run_that_is_stopped_before_the_vectors_were_in_step_is_mended_by_the_next(
    files: Path, opened: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "a.txt").write_text(CLAUSES)

    def full(_: Vectors) -> bool:
        raise StoreError("the disk is full; free some space and try again")

    monkeypatch.setattr(Vectors, "sync", full)
    with pytest.raises(StoreError):
        opened.take(files)
    monkeypatch.undo()
    assert opened.vectors.is_behind()
    assert opened.vectors.verify() == [], "what is not built yet is no fault"
    opened.take(files)
    assert not opened.vectors.is_behind()
    (files / "b.txt").write_text(f"{CLAUSES}\nmore\n")
    monkeypatch.setattr(Vectors, "sync", full)
    with pytest.raises(StoreError):
        opened.take(files)
    monkeypatch.undo()
    opened.vectors.close()
    assert opened.vectors.is_behind()
    assert opened.vectors.verify() == [], "nor is what is behind"
    opened.take(files)
    assert opened.vectors.verify() == []
    assert not opened.vectors.is_behind()


def test_a_migration_whose_disk_is_full_keeps_the_old_catalogue(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    assert ragnano("ingest", files, "--data-dir", home).returncode == 0
    path = home / "catalogue.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE sketch_bands; DROP TABLE sketches; PRAGMA user_version = 3;")
    most = path.stat().st_size // 2

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    full = ragnano("docs", "list", "--data-dir", home, preexec_fn=limit)
    assert full.returncode == 1
    assert "the disk that holds" in full.stderr
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert "a.txt" in ragnano("docs", "list", "--data-dir", home).stdout
