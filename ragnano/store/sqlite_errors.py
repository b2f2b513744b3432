"""Translates errors of SQLite and the file system into ragnano's own."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragnano.errors import QuestionError, StoreBusy, StoreDamaged, StoreError

# Prefix of SQLite's name of the error: the exception, and its message with a remedy. {path} is the database.
_KINDS: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_BUSY": (StoreBusy, "another process is writing to {path}; try again when it has finished"),
    "SQLITE_LOCKED": (StoreBusy, "another thread is writing to {path}; try again when it has finished"),
    "SQLITE_CORRUPT": (
        StoreDamaged,
        "{path} is damaged; move it away (or restore a backup) and run `ragnano ingest` again: "
        "your own files are untouched",
    ),
    "SQLITE_NOTADB": (
        StoreDamaged,
        "{path} is not a ragnano catalogue; move it away (or restore a backup) and run `ragnano ingest` again: "
        "your own files are untouched",
    ),
    "SQLITE_FULL": (StoreError, "the disk that holds {path} is full; free some space and try again"),
    "SQLITE_READONLY": (
        StoreError,
        "{path} cannot be written; give yourself write permission, or use --data-dir",
    ),
    "SQLITE_PERM": (StoreError, "{path} cannot be opened; give yourself permission, or use --data-dir"),
    "SQLITE_AUTH": (StoreError, "{path} cannot be opened; give yourself permission, or use --data-dir"),
    "SQLITE_CANTOPEN": (
        StoreError,
        "{path} cannot be opened; check that its folder exists and is yours, or use --data-dir",
    ),
    "SQLITE_IOERR": (
        StoreError,
        "the disk that holds {path} failed; check the disk, then run `ragnano doctor`",
    ),
    "SQLITE_NOMEM": (
        StoreError,
        "there was not enough memory to use {path}; close other programs and try again",
    ),
}
_OS_KINDS = {
    errno.ENOSPC: "SQLITE_FULL",
    errno.EDQUOT: "SQLITE_FULL",
    errno.EROFS: "SQLITE_READONLY",
    errno.EACCES: "SQLITE_PERM",
    errno.EPERM: "SQLITE_PERM",
    errno.EIO: "SQLITE_IOERR",
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises StoreBusy, StoreDamaged, StoreError or QuestionError if the block raises sqlite3.Error, OSError or
    UnicodeEncodeError."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_system(error, path) from error
    except UnicodeEncodeError as error:
        # A lone surrogate, as in Python's file names that are not valid text. The message must not contain the text.
        raise StoreError(
            "a text or file name holds half a character and cannot be stored; rename the file, or save it anew"
        ) from error


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError | QuestionError:
    """Returns the error to raise for one of SQLite's; its message names `path` and the remedy."""
    name = getattr(error, "sqlite_errorname", "")
    for start, (kind, message) in _KINDS.items():
        if name.startswith(start):
            return kind(message.format(path=path))
    if str(error).startswith(("fts5: syntax error", "no such column", "unterminated string", "unknown special query")):
        return QuestionError('the search words cannot be understood; use plain words, or quote a phrase with ""')
    # Only the kind: SQLite's own messages may quote stored text.
    if str(error).startswith("Could not decode"):
        name = "SQLITE_CORRUPT"
        return StoreDamaged(_KINDS[name][1].format(path=path))
    return StoreError(f"{path} could not be used ({name or type(error).__name__}); run `ragnano doctor`")


def from_system(error: OSError, path: Path) -> StoreError:
    """Returns the error to raise if the database, or a folder or file beside it, cannot be created, read or written."""
    kind, message = _KINDS.get(_OS_KINDS.get(error.errno or 0, ""), _KINDS["SQLITE_CANTOPEN"])
    return kind(message.format(path=path))
