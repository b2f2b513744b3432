"""From an older schema to this one: a copy first, then one transaction, then the copy is removed.

The copy holds the text of every document, so it is as private as the catalogue and never stays behind: what a crash
left is removed when the catalogue is next opened in its new form.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ragnano.errors import StoreError
from ragnano.store.schema import HISTORY_TABLES, NOTE_TABLES, SCHEMA, SKETCH_TABLES, in_one_transaction

# What leads from each schema to the next.
_STEPS: dict[int, str] = {1: HISTORY_TABLES, 2: NOTE_TABLES, 3: SKETCH_TABLES}
# SQLite's own files beside a database.
_BESIDE = ("", "-wal", "-shm", "-journal")


def backup_path(path: Path) -> Path:
    """Where the copy of a catalogue lies while it is migrated."""
    return path.with_name(path.name + ".before-migration")


def migrate(connection: sqlite3.Connection, path: Path, stored: int) -> None:
    """Bring the catalogue from schema `stored` to SCHEMA; hold the write lock meanwhile.

    Raises StoreError, with the catalogue as it was and the copy beside it, when that fails.
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
    """Delete the copy of a catalogue that has been migrated, if one is left."""
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
        remove_backup(path)  # half a copy is of no use
        raise
