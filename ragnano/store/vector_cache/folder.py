"""Where the vector cache lies, who may use it, what it has applied, and whether its files are whole. Knows no Chroma.

The check matters: Chroma 1.5 answers from torn or garbled index files without a word (or crashes the process), so the
files are compared by length and CRC-32 before they are opened.
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
# Chroma rewrites the files of an index that it has not yet saved whenever it opens it; this one comes with a saved one.
_SAVED = "index_metadata.pickle"
# The generation of a cache that was given up on purpose and is to be built when it is next needed.
NONE_YET = "none"
# Where Chroma's header.bin (HNSW) says how many elements there are and how many bytes each has in data_level0.bin:
# an int32 version, then uint64 offset, capacity, count, size.
_HEADER = struct.Struct("<iQQQQ")
_LENGTH_BYTES = 4  # of an element in length.bin


@dataclass(frozen=True, slots=True)
class State:
    """`generation` names the cache's folder; `seq` is the last entry of the catalogue's log that is in it.

    `removed` counts vectors that were taken out since it was built (their bytes stay in the index until it is built
    anew); `files` maps the index files to [bytes, CRC-32].
    """

    catalogue: str
    generation: str
    seq: int
    count: int
    dimensions: int
    removed: int
    files: dict[str, list[int]]


class CacheFolder:
    """data_dir/vectors: a lock, a state file, and one folder a generation, of which the state names the one in use."""

    def __init__(self, path: Path, *, make: bool = True) -> None:
        """Makes the folder (0700), unless told not to. Raises StoreError when that cannot be done."""
        self.path = path
        self._state_path = path / "state.json"
        if make:
            with translated(path):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.chmod(0o700)
        # Held by this object, whichever of its threads took it.
        self._lock = FileLock(path / "lock", mode=0o600, thread_local=False)

    def take(self) -> None:
        """Have the cache to ourselves; may be called again. Raises StoreBusy."""
        if self._lock.is_locked:
            return
        with translated(self.path):
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise StoreBusy(f"another process is using {self.path}; try again when it has finished") from None

    def release(self) -> None:
        """Let another process have the cache; does nothing when it is not ours."""
        self._lock.release()

    def generation(self, name: str) -> Path:
        """The folder of a generation."""
        return self.path / name

    def load(self) -> State | None:
        """The state as it was last saved; None when there is none or it is not one."""
        try:
            state = State(**json.loads(self._state_path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        # A generation is a name, never a path: what it names may be deleted.
        named = isinstance(state.generation, str) and state.generation.isalnum()
        numbers = (state.seq, state.count, state.dimensions, state.removed)
        return state if named and all(isinstance(number, int) for number in numbers) else None

    def save(self, state: State) -> None:
        """Put the state in place at once: after a power cut it is the old or the new one. Raises StoreError."""
        new = self._state_path.with_suffix(".new")
        with translated(self._state_path):
            with new.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._state_path)

    def forget(self) -> None:
        """Drop the state, so that the cache is built anew. Raises StoreError."""
        with translated(self._state_path):
            self._state_path.unlink(missing_ok=True)

    def is_whole(self, state: State) -> bool:
        """True when the index files are those that were there when the state was saved. Raises StoreError."""
        return self.sums(state.generation) == state.files

    def sums(self, generation: str) -> dict[str, list[int]]:
        """[bytes, CRC-32] of a generation's saved index files by path. Reads them all. Raises StoreError."""
        folder = self.generation(generation)
        with translated(folder):
            return {
                file.relative_to(folder).as_posix(): _sum(file)
                for saved in sorted(folder.glob(f"*/{_SAVED}"))
                for file in sorted(saved.parent.iterdir())
                if file.is_file()
            }

    def scrub(self, generation: str) -> None:
        """Zero what Chroma's files hold beyond their last vector. Raises StoreError.

        It writes room for the vectors to come as the memory happened to be, and that may hold what this process has
        removed since. What lies there is never read.
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

    def sweep(self, kept: str | None) -> None:
        """Delete generations that were replaced, or left half built by a crash."""
        for entry in self.path.iterdir():
            if entry.is_dir() and entry.name != kept:
                # What cannot be deleted now (Windows: still open somewhere) is deleted by a later sweep.
                shutil.rmtree(entry, ignore_errors=True)


def _zero_behind(path: Path, end: int) -> None:
    """Overwrite a file's bytes from `end` on, where they are not zero already."""
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
