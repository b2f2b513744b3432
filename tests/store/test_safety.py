"""The catalogue is readable by its owner only, deletes what was removed, and serves many at once."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragnano.errors import (
    StoreBusy,
)
from ragnano.store import Catalogue
from ragnano.store.schema import SCHEMA, connect, create, stored_schema
from tests.store.fakes import add, document, files_with, many, texts


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


# Privacy and durability


def test_only_the_owner_can_read_it(catalogue: Catalogue, tmp_path: Path) -> None:
    add(catalogue, document("One."))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "data").iterdir()}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert modes["catalogue.sqlite3"] == modes["catalogue.sqlite3-wal"] == 0o600


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    tmp_path.chmod(0o755)
    Catalogue(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "catalogue.sqlite3").stat().st_mode) == 0o600


def test_a_removed_document_leaves_no_word_in_any_file(catalogue: Catalogue, tmp_path: Path) -> None:
    for number, parsed in enumerate(many(30, chunks=20)):
        add(catalogue, parsed, f"/{number}")
    secret = document(*(f"Kanarienvogel{number} sings." for number in range(50)), title="Geheimsache")
    add(catalogue, secret, "/verschlusssache.pdf")
    # The index stores words in lower case, neighbours without their common prefix: search for a middle part.
    needles = (
        b"Kanarienvogel",
        b"anarienvogel",
        b"Geheimsache",
        b"eheimsach",
        b"verschlusssache",
        secret.document.id.encode(),
    )
    assert files_with(tmp_path, needles[0])
    catalogue.remove(secret.document.id)
    catalogue.trim_log(catalogue.head_seq())
    assert catalogue.compact()
    assert {needle: files_with(tmp_path, needle) for needle in needles} == {needle: [] for needle in needles}
    assert catalogue.counts() == (30, 30, 600)
    assert catalogue.verify() == []


def test_compacting_gives_the_space_back(catalogue: Catalogue) -> None:
    for number, parsed in enumerate(many(40, chunks=40)):
        add(catalogue, parsed, f"/{number}")
    catalogue.compact()
    before = catalogue.path.stat().st_size
    for stored in catalogue.documents()[1:]:
        catalogue.remove(stored.id)
    assert catalogue.compact()
    assert catalogue.path.stat().st_size < before / 4


def test_compacting_says_when_a_reader_is_in_the_way(catalogue: Catalogue) -> None:
    add(catalogue, document("One."))
    catalogue._writer.execute("PRAGMA busy_timeout = 10")
    with catalogue.reading() as connection:
        connection.execute("SELECT count(*) FROM documents").fetchone()
        add(catalogue, document("Two."), "/2")
        assert not catalogue.compact()
    assert catalogue.compact()


def test_every_transaction_reaches_the_disk(catalogue: Catalogue) -> None:
    with catalogue.maintaining() as connection:
        pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _WANTED}
    assert pragmas == _WANTED


_WANTED = {"synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "journal_mode": "wal", "temp_store": 2}


# Concurrency


def test_threads_read_while_one_writes(catalogue: Catalogue) -> None:
    add(catalogue, document("The rent is due monthly."), "/first")
    failures: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set() and not failures:
            # A snapshot: no reading thread sees a document without its pages and chunks.
            documents, pages, chunks = catalogue.counts()
            if pages != documents or chunks != 1 + 3 * (documents - 1):
                failures.append(f"{documents} documents, {pages} pages, {chunks} chunks")
            if texts(catalogue, "rent") != ["The rent is due monthly."]:
                failures.append("a document that was there all the time was not found")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number, parsed in enumerate(many(25)):
        add(catalogue, parsed, f"/{number}")
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert catalogue.counts() == (26, 26, 76)


def test_writers_in_several_threads_take_turns(catalogue: Catalogue) -> None:
    threads = [
        threading.Thread(target=add, args=(catalogue, parsed, f"/{number}")) for number, parsed in enumerate(many(12))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert catalogue.counts() == (12, 12, 36)
    assert catalogue.verify() == []


def test_the_write_lock_names_its_holder_and_is_free_afterwards(catalogue: Catalogue, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom ragnano.store import Catalogue\n"
        "with Catalogue(Path(sys.argv[1])).write_lock():\n print('held', flush=True)\n sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(StoreBusy, match=rf"process {child.pid}\)"), catalogue.write_lock():
        pass
    child.communicate("")
    with catalogue.write_lock():
        pass


def test_the_write_lock_excludes_threads_but_not_its_own(catalogue: Catalogue) -> None:
    refused: list[bool] = []

    def try_it() -> None:
        try:
            with catalogue.write_lock():
                refused.append(False)
        except StoreBusy:
            refused.append(True)

    with catalogue.write_lock(), catalogue.write_lock():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    try_it()
    assert refused == [True, False]


def test_two_catalogues_on_one_folder_see_each_other(catalogue: Catalogue, tmp_path: Path) -> None:
    with Catalogue(tmp_path / "data") as other:
        identifier = add(other, document("One."))
        assert catalogue.has(identifier)
        with other.write_lock(), pytest.raises(StoreBusy), catalogue.write_lock():
            pass


def test_a_catalogue_made_while_it_is_looked_at_is_no_other_programs(tmp_path: Path) -> None:
    for at in range(3):  # statements before which the other process creates it
        path = tmp_path / f"{at}.sqlite3"
        with closing(connect(path, writer=True)) as own, closing(connect(path, writer=True)) as other:
            seen: list[str] = []

            def creates(
                statement: str, at: int = at, seen: list[str] = seen, other: sqlite3.Connection = other
            ) -> None:
                seen.append(statement)
                if len(seen) == at + 1:
                    create(other)

            own.set_trace_callback(creates)
            assert stored_schema(own, path) in (0, SCHEMA)


def test_many_may_make_the_same_catalogue_at_once(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        with Catalogue(tmp_path / "data") as opened:
            made.append(opened.id)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
