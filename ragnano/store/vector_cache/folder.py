"""The vector cache's folder: its location, lock, saved state, and the integrity of its files.

Chroma 1.5 silently answers from truncated or corrupt index files (or crashes the process), so the files are compared by
length and CRC-32 before they are opened.
"""

import json
import os
import shutil
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ragnano.errors import StoreBusy
from ragnano.store.sqlite_errors import translated

_BLOCK = 1 << 20
# Chroma rewrites the files of an unsaved index whenever it opens it; this file exists only beside a saved index.
_SAVED = "index_metadata.pickle"
# The generation of a cache that was given up on purpose and is to be rebuilt when it is next needed.
NONE_YET = "none"
# Start of Chroma's header.bin (HNSW), with the number of elements and the bytes of each in data_level0.bin: an int32
# version, then uint64 offset, capacity, count, size.
_HEADER = struct.Struct("<iQQQQ")
_LENGTH_BYTES = 4  # per element in length.bin


@dataclass(frozen=True, slots=True)
class State:
    """`generation` names the cache's folder; `seq` is the last applied entry of the catalogue's log.

    `removed` counts vectors that were removed since the cache was built (their bytes stay in the index until it is
    rebuilt); `files` maps the index files to [bytes, CRC-32].
    """

    catalogue: str
    generation: str
    seq: int
    count: int
    dimensions: int
    removed: int
    files: dict[str, list[int]]


class CacheFolder:
    """data_dir/vectors: a lock, a state file, and one folder per generation; the state names the one in use."""

    def __init__(self, path: Path, *, make: bool = True) -> None:
        """Creates the folder (0700) if `make` is True. Raises StoreError if that fails."""
        self.path = path
        self._state_path = path / "state.json"
        if make:
            with translated(path):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.chmod(0o700)
        # Held by this object, regardless of the thread that took it.
        self._lock = FileLock(path / "lock", mode=0o600, thread_local=False)

    def take(self) -> None:
        """Takes the lock; may be called again. Raises StoreBusy."""
        if self._lock.is_locked:
            return
        with translated(self.path):
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise StoreBusy(f"another process is using {self.path}; try again when it has finished") from None

    def release(self) -> None:
        """Releases the lock; does nothing if this object does not hold it."""
        self._lock.release()

    def generation(self, name: str) -> Path:
        """Returns the folder of a generation."""
        return self.path / name

    def load(self) -> State | None:
        """Returns the state as last saved; None if it is missing or invalid."""
        try:
            state = State(**json.loads(self._state_path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        # A generation must be a name, never a path: its folder may be deleted.
        named = isinstance(state.generation, str) and state.generation.isalnum()
        numbers = (state.seq, state.count, state.dimensions, state.removed)
        return state if named and all(isinstance(number, int) for number in numbers) else None

    def save(self, state: State) -> None:
        """Saves the state atomically: after a power cut the file contains the old or the new one. Raises StoreError."""
        new = self._state_path.with_suffix(".new")
        with translated(self._state_path):
            with new.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._state_path)

    def forget(self) -> None:
        """Deletes the state, so that the cache is rebuilt. Raises StoreError."""
        with translated(self._state_path):
            self._state_path.unlink(missing_ok=True)

    def is_whole(self, state: State) -> bool:
        """Whether the index files are unchanged since the state was saved. Raises StoreError."""
        return self.sums(state.generation) == state.files

    def sums(self, generation: str) -> dict[str, list[int]]:
        """Returns [bytes, CRC-32] of a generation's saved index files by path. Reads them all. Raises StoreError."""
        folder = self.generation(generation)
        with translated(folder):
            return {
                file.relative_to(folder).as_posix(): _sum(file)
                for saved in sorted(folder.glob(f"*/{_SAVED}"))
                for file in sorted(saved.parent.iterdir())
                if file.is_file()
            }

    def scrub(self, generation: str) -> None:
        """Overwrites Chroma's files with zeros beyond their last vector. Raises StoreError.

        Chroma writes spare capacity as uninitialised memory, which may contain data that this process has removed.
        These bytes are never read.
        """
        folder = self.generation(generation)
        with translated(folder):
            for header in sorted(folder.glob("*/header.bin")):
                content = header.read_bytes()
                if len(content) < _HEADER.size:
                    continue
                _, _, _, count, size = _HEADER.unpack_from(content)
                _zero_behind(header.with_name("data_level0.bin"), count * size)
                _zero_behind(header.with_name("length.bin"), count * _LENGTH_BYTES)

    def sweep(self, keep: str | None) -> None:
        """Deletes all generations but `keep`: replaced ones, and incomplete ones left by a crash."""
        for entry in self.path.iterdir():
            if entry.is_dir() and entry.name != keep:
                # A folder that cannot be deleted now (Windows: still open) is deleted by a later sweep.
                shutil.rmtree(entry, ignore_errors=True)


def _zero_behind(path: Path, end: int) -> None:
    """Overwrites a file's bytes from `end` on with zeros, unless they are zero already."""
    if not path.is_file() or path.stat().st_size <= end:
        return
    with path.open("r+b") as file:
        file.seek(end)
        while block := file.read(_BLOCK):
            if any(block):
                file.seek(-len(block), os.SEEK_CUR)
                file.write(bytes(len(block)))


def _sum(path: Path) -> list[int]:
    length = check = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            length += len(block)
            check = zlib.crc32(block, check)
    return [length, check]
