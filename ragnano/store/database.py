"""Connections, transactions and locks for one data directory.

Many threads may read while one writes. A reading thread borrows a connection from a pool (Streamlit starts a thread per
click, so connections per thread would pile up) and sees one snapshot of the catalogue while it holds the connection.
Writing threads share one connection, one transaction at a time.
"""

import errno
import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from ragnano.errors import StoreBusy, StoreError
from ragnano.store.migration import migrate, remove_backup
from ragnano.store.schema import SCHEMA, connect, create, make_private, stored_schema
from ragnano.store.sqlite_errors import translated

CATALOGUE_FILE = "catalogue.sqlite3"
# Idle reading connections that stay open; more are opened if more threads read at once.
_KEPT = 8
# Longest wait for another process that is creating the same catalogue, seconds.
_CREATION_S = 30.0
# Errors of a file system that can be read but not written (read-only medium, another user's folder).
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Database:
    """The catalogue's file: opens or creates it, provides connections and holds the write lock.

    `read_only` is True if the file cannot be written: everything can be read, nothing can be changed, and a catalogue
    with an older schema stays unchanged. `schema` is the schema of the existing tables.
    """

    def __init__(self, data_dir: Path, *, read_only: bool = False) -> None:
        """Opens or creates the catalogue. With `read_only` it must exist and is never changed.

        Raises StoreError (cannot be opened), StoreBusy, StoreDamaged.
        """
        self.data_dir = data_dir
        self.path = data_dir / CATALOGUE_FILE
        self.read_only = read_only
        self.schema = SCHEMA
        self._idle: deque[sqlite3.Connection] = deque()
        self._turn = RLock()
        self._closed = False
        # One lock object for all threads: filelock counts per thread, so threads exclude each other, too.
        self._lock = FileLock(data_dir / "write.lock", mode=0o600)
        with translated(self.path):
            try:
                if not read_only:
                    make_private(data_dir, self.path)
            except OSError as error:
                if error.errno not in _READ_ONLY or not self.path.is_file():
                    raise
                self.read_only = True
            self._writer = self._connect(writer=True)
            try:
                self._bring_up_to_date()
            except BaseException:
                self._writer.close()
                raise

    @staticmethod
    def exists(data_dir: Path) -> bool:
        """Whether this folder contains a catalogue."""
        return (data_dir / CATALOGUE_FILE).is_file()

    def _bring_up_to_date(self) -> None:
        self.schema = stored_schema(self._writer, self.path)
        if self.read_only:
            return
        if self.schema < SCHEMA:
            with self.write_lock(timeout=_CREATION_S):
                # Another process may have created or migrated it meanwhile.
                self.schema = stored_schema(self._writer, self.path)
                if self.schema == 0:
                    create(self._writer)
                elif self.schema < SCHEMA:
                    migrate(self._writer, self.path, self.schema)
            self.schema = SCHEMA
        remove_backup(self.path)

    def _connect(self, *, writer: bool) -> sqlite3.Connection:
        if not self.read_only:
            return connect(self.path, writer=writer)
        # SQLite cannot create the shared files of a WAL database here. If there are none, no process is writing.
        alone = "" if self.path.with_name(CATALOGUE_FILE + "-wal").exists() else "&immutable=1"
        return connect(self.path, writer=False, address=f"{self.path.absolute().as_uri()}?mode=ro{alone}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yields a connection that sees one snapshot of the catalogue until the block ends."""
        with translated(self.path):
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yields a connection in one transaction: committed when the block ends, rolled back if it raises."""
        with self._turn, translated(self.path):
            self._check_open()
            self._check_writable()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            finally:
                # After some failures (a full disk) SQLite rolls back by itself.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    @contextmanager
    def maintaining(self) -> Iterator[sqlite3.Connection]:
        """Yields the writing connection outside a transaction, for statements that do not allow one."""
        with self._turn, translated(self.path):
            self._check_open()
            yield self._writer

    @contextmanager
    def write_lock(self, timeout: float = 0) -> Iterator[None]:
        """Holds the data directory's write lock; reentrant per thread. Waits up to `timeout` seconds.

        Raises StoreBusy, which names the process that holds the lock if it is known.
        """
        self._check_writable()
        with translated(self._lock_path):
            try:
                self._lock.acquire(timeout=timeout)
            except Timeout:
                raise StoreBusy(
                    f"another ragnano{self._holder()} is writing to {self.data_dir}; try again when it has finished"
                ) from None
        try:
            with translated(self._owner_path):
                self._owner_path.write_text(str(os.getpid()), "ascii")
            yield
        finally:
            if self._lock.lock_counter == 1:
                self._owner_path.unlink(missing_ok=True)
            self._lock.release()

    @property
    def _lock_path(self) -> Path:
        return self.data_dir / "write.lock"

    @property
    def _owner_path(self) -> Path:
        # Beside the lock file, not in it: every attempt to take the lock truncates that file.
        return self.data_dir / "write.owner"

    def _holder(self) -> str:
        try:
            return f" (process {int(self._owner_path.read_text('ascii'))})"
        except (OSError, ValueError):
            return ""

    def close(self) -> None:
        """Closes every connection that is not in use; further use raises StoreError. May be called twice."""
        self._closed = True
        with self._turn:
            self._writer.close()
        while self._idle:
            self._idle.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self.path} has been closed; open the catalogue again")

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.path} cannot be written; give yourself write permission, or use --data-dir")

    def _borrow(self) -> sqlite3.Connection:
        self._check_open()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect(writer=False)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed or len(self._idle) >= _KEPT:
            connection.close()
        else:
            self._idle.append(connection)
