"""Migration of a schema 1 catalogue to the current schema: complete, private, and with unchanged documents."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragnano.errors import StoreError
from ragnano.store import Catalogue, Vectors, database, migration
from ragnano.store.migration import backup_path
from ragnano.store.schema import APPLICATION_ID, SCHEMA
from ragnano.types import Scope
from tests.store.fakes import add, contract, document, some_query, texts
from tests.store.schema_1 import SCHEMA_1


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """A data directory created with schema 1, with two documents."""
    folder = tmp_path / "data"
    with Catalogue(folder) as new:
        add(new, document("The rent is due monthly."), "/lease")
        add(new, contract(1), "/other")
    path = folder / "catalogue.sqlite3"
    made = tmp_path / "made.sqlite3"
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA_1)
        connection.execute("ATTACH ? AS new", (str(path),))
        for table in ("meta", "documents", "placements", "pages", "chunks", "embeddings", "vector_log"):
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
        connection.execute("DETACH new")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    made.replace(path)
    yield folder


def schema_of(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "catalogue.sqlite3")) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_documents_are_as_they_were_and_conversations_can_be_kept(old: Path) -> None:
    with Catalogue(old) as catalogue:
        assert catalogue.counts() == (2, 2, 4)
        assert texts(catalogue, "rent") == ["The rent is due monthly."]
        assert catalogue.verify() == []
        assert catalogue.conversations() == []
        catalogue.begin_conversation("What is due?", Scope())
        assert len(catalogue.conversations()) == 1
    assert schema_of(old) == SCHEMA


def test_it_has_the_same_tables_as_a_new_one(old: Path, tmp_path: Path) -> None:
    def tables(catalogue: Catalogue) -> list[tuple[str, str]]:
        with catalogue.reading() as connection:
            return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()

    with Catalogue(old) as migrated, Catalogue(tmp_path / "new") as new:
        assert tables(migrated) == tables(new)


def test_the_copy_is_whole_and_private_while_it_lasts_and_then_gone(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int, int]] = []

    def look(connection: sqlite3.Connection, script: str) -> None:
        copy = backup_path(old / "catalogue.sqlite3")
        with closing(sqlite3.connect(copy)) as copied:
            (pages,) = copied.execute("SELECT count(*) FROM pages").fetchone()
            (version,) = copied.execute("PRAGMA user_version").fetchone()
        seen.append((stat.S_IMODE(copy.stat().st_mode), version, pages))
        run(connection, script)

    run = migration.in_one_transaction
    monkeypatch.setattr(migration, "in_one_transaction", look)
    Catalogue(old).close()
    assert seen == [(0o600, 1, 2)]
    assert [file.name for file in old.iterdir() if "migration" in file.name] == []


def test_a_migration_that_fails_leaves_the_old_schema_and_the_copy(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first tables can be created; the last statement fails.
    monkeypatch.setitem(migration._STEPS, 1, migration._STEPS[1] + "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(StoreError, match=r"as it was, with a copy at .*before-migration"):
        Catalogue(old)
    assert schema_of(old) == 1
    with closing(sqlite3.connect(old / "catalogue.sqlite3")) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'turns'").fetchone()
    assert backup_path(old / "catalogue.sqlite3").exists()
    monkeypatch.undo()
    with Catalogue(old) as catalogue:
        assert catalogue.counts() == (2, 2, 4)
    assert not backup_path(old / "catalogue.sqlite3").exists()


def test_a_copy_that_cannot_be_made_leaves_everything_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(migration.os, "open", full)
    with pytest.raises(StoreError, match="free some space"):
        Catalogue(old)
    monkeypatch.undo()
    assert schema_of(old) == 1


def test_a_copy_left_by_a_crash_goes_when_the_catalogue_is_next_opened(old: Path) -> None:
    Catalogue(old).close()
    copy = backup_path(old / "catalogue.sqlite3")
    copy.write_bytes(b"the words of every document")
    Catalogue(old).close()
    assert not copy.exists()


# A read-only data directory


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the file system refuse changes, like a read-only medium (the tests may run as root)."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(database, "make_private", refuse)


def test_an_old_catalogue_that_can_only_be_read_still_answers(old: Path, read_only: None) -> None:
    before = {file.name: file.read_bytes() for file in old.iterdir() if file.is_file()}
    with Catalogue(old) as catalogue, closing(Vectors(old, catalogue)) as cache:
        assert catalogue.read_only
        assert texts(catalogue, "rent") == ["The rent is due monthly."]
        assert len(cache.search(some_query(), Scope(), 3)) == 3
        assert not cache.sync()
        assert catalogue.conversations() == []
        assert list(catalogue.search_turns("rent")) == []
        with pytest.raises(StoreError, match="cannot be written"):
            catalogue.begin_conversation("What is due?", Scope())
        with pytest.raises(StoreError, match="cannot be written"):
            add(catalogue, contract(2), "/more")
    assert {file.name: file.read_bytes() for file in old.iterdir() if file.is_file()} == before


@pytest.mark.usefixtures("read_only")
def test_a_folder_that_can_only_be_read_and_holds_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        Catalogue(tmp_path)
