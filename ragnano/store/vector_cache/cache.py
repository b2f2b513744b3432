"""The vector cache: Chroma's index over the catalogue's embeddings, kept in sync by the catalogue's log.

The catalogue can restore all of its content without embedding again. A cache that is missing, too far behind, broken or
another catalogue's is rebuilt in a folder of its own and then replaces the old one.

Chroma's files cannot be shared: a second process sees old vectors and may overwrite new ones with them. Therefore one
process at a time holds them (a file lock, from the first use to `close`); all others search exactly in the catalogue.
"""

from collections.abc import Callable
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import StoreBusy
from ragnano.store.catalogue import Catalogue
from ragnano.store.vector_cache.check import problems
from ragnano.store.vector_cache.chroma import Broken
from ragnano.store.vector_cache.folder import NONE_YET, CacheFolder
from ragnano.store.vector_cache.synced_index import SyncedIndex
from ragnano.types import Scope

# Up to this many chunks, exact search is as fast (2 µs per chunk against 3 ms), measured on 2 cores with 384
# dimensions; tests/benchmarks/LOG.md.
EXACT_CHUNKS = 2_000
# Opening Chroma takes about 2 s (import, check, load): a process that has not opened it searches exactly up to this
# many chunks.
COLD_CHUNKS = 1_000_000


class Vectors:
    """Finds the chunks nearest to a vector. Thread-safe. `close` lets another process use the cache."""

    def __init__(self, data_dir: Path, catalogue: Catalogue) -> None:
        """Creates the folder and opens nothing yet. Raises StoreError if the folder cannot be created."""
        # Chroma cannot open an index without write access: every search is exact then.
        self._usable = not catalogue.read_only
        self._folder = CacheFolder(data_dir / "vectors", make=self._usable)
        self._catalogue = catalogue
        self._turn = RLock()
        self._synced = SyncedIndex(self._folder, catalogue)

    def sync(self) -> bool:
        """Brings the cache in sync with the catalogue and keeps it open; rebuilds it if it is broken.

        Call it after writing, and once at the start of a process that will search often: `search` does not wait for
        Chroma to open. Returns False and changes nothing if another process holds the cache, or if another process or
        thread holds the catalogue's write lock: searches are exact meanwhile. Raises StoreError if the cache cannot be
        built (disk full, Chroma not working), IndexMismatch during a change of embedder.
        """
        return self._with_locks(self._synced.catch_up)

    def rebuild(self) -> bool:
        """Rebuilds the cache from the catalogue, without embedding again. Returns and raises like `sync`."""
        return self._with_locks(self._synced.build)

    def compact(self) -> bool:
        """Like `sync`, and leaves no byte of a removed vector in the cache's files.

        Chroma keeps removed vectors until its index is rebuilt. A large index is only deleted here and rebuilt by the
        next `sync`: building 14,000 vectors took 40 s on a busy machine, and removing a document must be fast. Searches
        are exact meanwhile.
        """
        return self._with_locks(self._forget_removed)

    def is_behind(self) -> bool:
        """Whether the cache lacks what an interrupted run stored, or is missing: `sync` repairs it."""
        saved = self._folder.load()
        if saved is None:
            return self._catalogue.embedded_count() > 0
        return saved.generation != NONE_YET and saved.seq != self._catalogue.head_seq()

    def holds_removed(self) -> bool:
        """Whether the cache's files may contain vectors of removed documents: `compact` removes them."""
        saved = self._folder.load()
        return saved is not None and self._synced.may_hold_removed(saved)

    def close(self) -> None:
        """Releases the cache so that another process can use it. It opens again when it is needed."""
        with self._turn:
            self._synced.release()

    def search(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Returns the `k` nearest (chunk id, cosine) to `query` (d,), best first, ties by id.

        Searches exactly where that is as fast: in any part of the catalogue (Chroma's filter costs more than comparing
        with every vector of the part), and in the whole catalogue up to EXACT_CHUNKS. Also searches exactly while the
        cache is behind, broken or held by another process, otherwise with Chroma. Raises IndexMismatch for another d.
        """
        count = self._catalogue.embedded_count(scope)
        limit = EXACT_CHUNKS if self._synced.index is not None else COLD_CHUNKS
        # Another thread's sync may take long: do not wait for it.
        wide = self._usable and count > limit and count == self._catalogue.embedded_count()
        if wide and self._turn.acquire(blocking=False):
            try:
                if self._synced.is_current() or self._synced.open_current():
                    return self._synced.nearest(query, None, k)
            except (Broken, StoreBusy):
                self._synced.release()
            finally:
                self._turn.release()
        return self._catalogue.dense(query, scope, k)

    def query(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Like `search`, but always with Chroma, in the state of the last `sync`. May return chunks that are removed.

        Raises StoreBusy if another process holds the cache, StoreError if Chroma cannot be used.
        """
        with self._turn:
            if self._synced.index is None and not self.sync():
                raise StoreBusy(f"another process is using {self._folder.path}; try again when it has finished")
            if scope == Scope():
                return self._synced.nearest(query, None, k)
            return self._synced.nearest(query, [document for document, _ in self._catalogue.embedded(scope)], k)

    def verify(self) -> list[str]:
        """Returns the cache's faults, one line each; [] if another process holds it. Searches are correct in any case.

        A cache that is not built yet, or behind after an interrupted run, is no fault: the next `sync` continues.
        """
        if not self._usable:
            return []
        with self._turn:
            opened = self._synced.index is not None
            try:
                self._folder.take()
                return self._problems()
            except StoreBusy:
                return []
            except Broken as error:
                return [str(error)]
            finally:
                if not opened:
                    self._synced.release()

    def _problems(self) -> list[str]:
        path = self._folder.path
        saved = self._folder.load()
        # The log is trimmed once a cache has been saved: if that cache is missing, it is a fault.
        never = saved is None and self._catalogue.trimmed_seq() == 0
        if never or (saved is not None and saved.generation == NONE_YET):
            return []
        if self._synced.index is None:
            state = self._synced.usable_state()
            if state is None:
                return [f"{path}: the vector index is damaged or too old; run `ragnano docs rebuild`"]
            self._synced.open(state)
        if not self._synced.is_current() or self._synced.index is None:
            return []
        return problems(self._synced.index, self._catalogue, path)

    def _with_locks(self, work: Callable[[], None]) -> bool:
        if not self._usable:
            return False
        with self._turn:
            try:
                with self._catalogue.write_lock():
                    self._folder.take()
                    work()
                    self._folder.sweep(self._synced.state.generation if self._synced.state else None)
            except StoreBusy:
                return False
            finally:
                if self._synced.index is None:
                    self._synced.release()
        return True

    def _forget_removed(self) -> None:
        if self._catalogue.embedded_count() > EXACT_CHUNKS:
            saved = self._folder.load()
            if saved is None or self._synced.may_hold_removed(saved):
                self._synced.give_up()
                return
        self._synced.catch_up()
        if self._synced.state is not None and self._synced.state.removed:
            self._synced.build()
