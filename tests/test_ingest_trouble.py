"""What stops a run (a full disk, a killed process, another writer) costs nothing of what was there."""

import json
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.worker import Reader
from ragnano.config import Settings
from ragnano.errors import StoreError
from ragnano.store import Catalogue, Vectors
from tests.ingest_fakes import LetterEmbedder, word_reader
from tests.store_fakes import files_with
from tests.test_ingest_cli import CLAUSES, ragnano, stored

CANARY = "kanarienvogel"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


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
            prune=prune,
            reader=lambda: Reader(self.settings, make=word_reader),
        )


@pytest.fixture
def opened(home: Path) -> Iterator[Home]:
    made = Home(home)
    yield made
    made.vectors.close()
    made.catalogue.close()


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
    # The word index keeps neighbours without what they share: look for a middle part, too.
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
    assert opened.vectors.verify() != []
    opened.take(files)
    assert opened.vectors.verify() == []


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
