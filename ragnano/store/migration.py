"""Migrates a catalogue from an older schema: makes a copy, migrates in one transaction, then deletes the copy.

The copy contains the text of every document, so it is as private as the catalogue and never stays behind: a copy left
by a crash is deleted when the migrated catalogue is next opened.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ragnano.errors import StoreError
from ragnano.store.schema import HISTORY_TABLES, NOTE_TABLES, SCHEMA, SKETCH_TABLES, in_one_transaction

# SQL that migrates each schema to the next.
_STEPS: dict[int, str] = {1: HISTORY_TABLES, 2: NOTE_TABLES, 3: SKETCH_TABLES}
# SQLite's own files beside a database.
_BESIDE = ("", "-wal", "-shm", "-journal")


def backup_path(path: Path) -> Path:
    """Returns the path of a catalogue's copy during its migration."""
    return path.with_name(path.name + ".before-migration")


def migrate(connection: sqlite3.Connection, path: Path, stored: int) -> None:
    """Migrates the catalogue from schema `stored` to SCHEMA. The caller must hold the write lock.

    Raises StoreError on failure; the catalogue is then unchanged, with the copy beside it.
    """
    copy = backup_path(path)
    remove_backup(path)
    _back_up(connection, path)
    steps = "".join(_STEPS[version] for version in range(stored, SCHEMA))
    try:
        in_one_transaction(connection, f"{steps} PRAGMA user_version = {SCHEMA};")
    except sqlite3.Error as error:
        raise StoreError(
            f"{path} could not be brought to schema {SCHEMA} ({getattr(error, 'sqlite_errorname', 'SQLite failed')}); "
            f"it is as it was, with a copy at {copy}: free some disk space and try again"
        ) from error
    remove_backup(path)


def remove_backup(path: Path) -> None:
    """Deletes the copy of a migrated catalogue, if there is one."""
    copy = backup_path(path)
    for ending in _BESIDE:
        copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    copy = backup_path(path)
    try:
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
    except BaseException:
        remove_backup(path)  # an incomplete copy is useless
        raise
