"""The vector cache: Chroma's index over the catalogue's embeddings, kept in sync by the catalogue's log.

The catalogue can restore all of its content without embedding again. A cache that is missing, too far behind, broken or
another catalogue's is rebuilt in a folder of its own and then replaces the old one.

Chroma's files cannot be shared: a second process sees old vectors and may overwrite new ones with them. Therefore one
process at a time holds them (a file lock, from the first use to `close`); all others search exactly in the catalogue.
"""

import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import IndexMismatch, StoreBusy
from ragnano.store.catalogue import Catalogue
from ragnano.store.vector_cache.check import problems
from ragnano.store.vector_cache.chroma import Broken, ChromaIndex
from ragnano.store.vector_cache.folder import NONE_YET, CacheFolder, State
from ragnano.types import Scope

# Up to this many chunks, exact search is as fast (2 µs per chunk against 3 ms), measured on 2 cores with 384
# dimensions; tests/benchmarks/LOG.md.
EXACT_CHUNKS = 2_000
# Opening Chroma takes about 2 s (import, check, load): a process that has not opened it searches exactly up to this
# many chunks.
COLD_CHUNKS = 1_000_000
# Vectors per call to Chroma.
_BATCH = 2_000


class Vectors:
    """Finds the chunks nearest to a vector. Thread-safe. `close` lets another process use the cache."""

    def __init__(self, data_dir: Path, catalogue: Catalogue) -> None:
        """Creates the folder and opens nothing yet. Raises StoreError if the folder cannot be created."""
        # Chroma cannot open an index without write access: every search is exact then.
        self._usable = not catalogue.read_only
        self._folder = CacheFolder(data_dir / "vectors", make=self._usable)
        self._catalogue = catalogue
        self._turn = RLock()
        self._index: ChromaIndex | None = None
        self._state: State | None = None

    def sync(self) -> bool:
        """Brings the cache in sync with the catalogue and keeps it open; rebuilds it if it is broken.

        Call it after writing, and once at the start of a process that will search often: `search` does not wait for
        Chroma to open. Returns False and changes nothing if another process holds the cache, or if another process or
        thread holds the catalogue's write lock: searches are exact meanwhile. Raises StoreError if the cache cannot be
        built (disk full, Chroma not working), IndexMismatch during a change of embedder.
        """
        return self._with_locks(self._catch_up)

    def rebuild(self) -> bool:
        """Rebuilds the cache from the catalogue, without embedding again. Returns and raises like `sync`."""
        return self._with_locks(self._build)

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
        return saved is not None and self._may_hold_removed(saved)

    def close(self) -> None:
        """Releases the cache so that another process can use it. It opens again when it is needed."""
        with self._turn:
            self._put_away()

    def search(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Returns the `k` nearest (chunk id, cosine) to `query` (d,), best first, ties by id.

        Searches exactly where that is as fast: in any part of the catalogue (Chroma's filter costs more than comparing
        with every vector of the part), and in the whole catalogue up to EXACT_CHUNKS. Also searches exactly while the
        cache is behind, broken or held by another process, otherwise with Chroma. Raises IndexMismatch for another d.
        """
        count = self._catalogue.embedded_count(scope)
        limit = EXACT_CHUNKS if self._index is not None else COLD_CHUNKS
        # Another thread's sync may take long: do not wait for it.
        wide = self._usable and count > limit and count == self._catalogue.embedded_count()
        if wide and self._turn.acquire(blocking=False):
            try:
                if self._is_current() or self._opens_current():
                    return self._ask(query, None, k)
            except (Broken, StoreBusy):
                self._put_away()
            finally:
                self._turn.release()
        return self._catalogue.dense(query, scope, k)

    def query(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Like `search`, but always with Chroma, in the state of the last `sync`. May return chunks that are removed.

        Raises StoreBusy if another process holds the cache, StoreError if Chroma cannot be used.
        """
        with self._turn:
            if self._index is None and not self.sync():
                raise StoreBusy(f"another process is using {self._folder.path}; try again when it has finished")
            if scope == Scope():
                return self._ask(query, None, k)
            return self._ask(query, [document for document, _ in self._catalogue.embedded(scope)], k)

    def verify(self) -> list[str]:
        """Returns the cache's faults, one line each; [] if another process holds it. Searches are correct in any case.

        A cache that is not built yet, or behind after an interrupted run, is no fault: the next `sync` continues.
        """
        if not self._usable:
            return []
        with self._turn:
            opened = self._index is not None
            try:
                self._folder.take()
                return self._problems()
            except StoreBusy:
                return []
            except Broken as error:
                return [str(error)]
            finally:
                if not opened:
                    self._put_away()

    def _problems(self) -> list[str]:
        path = self._folder.path
        saved = self._folder.load()
        # The log is trimmed once a cache has been saved: if that cache is missing, it is a fault.
        never = saved is None and self._catalogue.trimmed_seq() == 0
        if never or (saved is not None and saved.generation == NONE_YET):
            return []
        if self._index is None:
            state = self._usable_state()
            if state is None:
                return [f"{path}: the vector index is damaged or too old; run `ragnano docs rebuild`"]
            self._open(state)
        if not self._is_current() or self._index is None:
            return []
        return problems(self._index, self._catalogue, path)

    def _with_locks(self, work: Callable[[], None]) -> bool:
        if not self._usable:
            return False
        with self._turn:
            try:
                with self._catalogue.write_lock():
                    self._folder.take()
                    work()
                    self._folder.sweep(self._state.generation if self._state else None)
            except StoreBusy:
                return False
            finally:
                if self._index is None:
                    self._put_away()
        return True

    def _catch_up(self) -> None:
        if self._is_current():
            return
        try:
            state = self._usable_state()
            if state is not None:
                self._follow(self._index or self._open(state), state)
                return
        except Broken:
            self._drop()
        self._build()

    def _forget_removed(self) -> None:
        if self._catalogue.embedded_count() > EXACT_CHUNKS:
            saved = self._folder.load()
            if saved is None or self._may_hold_removed(saved):
                self._give_up()
                return
        self._catch_up()
        if self._state is not None and self._state.removed:
            self._build()

    def _may_hold_removed(self, saved: State) -> bool:
        return bool(saved.removed) or any(entry.op == "remove" for entry in self._catalogue.pending_vectors(saved.seq))

    def _give_up(self) -> None:
        """Marks the cache to be rebuilt by the next `sync`; the caller deletes the old one."""
        self._drop()
        head = self._catalogue.head_seq()
        self._folder.save(State(self._catalogue.id, NONE_YET, head, 0, 0, 0, {}))
        self._catalogue.trim_log(head)

    def _is_current(self) -> bool:
        return self._index is not None and self._state is not None and self._state.seq == self._catalogue.head_seq()

    def _opens_current(self) -> bool:
        """Opens the cache on disk if it is in sync, and changes nothing. Raises StoreBusy, Broken."""
        if self._index is not None:
            return False
        self._folder.take()
        state = self._usable_state()
        if state is None or state.seq != self._catalogue.head_seq():
            self._put_away()
            return False
        self._open(state)
        return True

    def _usable_state(self) -> State | None:
        """Returns the state of the cache on disk; None if it must be rebuilt."""
        state = self._folder.load()
        if state is None or state.catalogue != self._catalogue.id or state.generation == NONE_YET:
            return None
        if not self._catalogue.trimmed_seq() <= state.seq <= self._catalogue.head_seq():
            return None
        if state.dimensions not in (0, self._catalogue.dimensions()):
            return None
        # An open index has been checked already.
        if self._index is None and not self._folder.is_whole(state):
            return None
        return state

    def _open(self, state: State) -> ChromaIndex:
        index = ChromaIndex.open(self._folder.generation(state.generation))
        self._index, self._state = index, state
        count = index.count()
        self._folder.scrub(state.generation)
        # An interrupted `_follow` may have left more vectors; the next one repairs that and counts them.
        if state.seq == self._catalogue.head_seq() and count != state.count:
            raise Broken(f"{self._folder.path} holds {count} vectors instead of {state.count}")
        return index

    def _follow(self, index: ChromaIndex, state: State) -> None:
        """Applies the log. Applying part of it twice is harmless: ids are never reused."""
        head = self._catalogue.head_seq()
        pending = self._catalogue.pending_vectors(state.seq)
        if not pending:
            return
        before = index.count()
        index.delete(sorted({entry.document for entry in pending if entry.op == "remove"}))
        removed = before - index.count()
        self._put(index, sorted({entry.document for entry in pending}))
        self._settle(index, state.generation, head, state.removed + removed)

    def _build(self) -> None:
        """Builds a new cache in a new folder, which replaces the old one when it is complete."""
        self._drop()
        generation = uuid.uuid4().hex
        folder = self._folder.generation(generation)
        head = self._catalogue.head_seq()
        try:
            self._index = ChromaIndex.create(folder)
            self._put(self._index, None)
            self._settle(self._index, generation, head, removed=0)
        except BaseException:
            self._drop()
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _put(self, index: ChromaIndex, documents: Sequence[str] | None) -> None:
        for batch in self._catalogue.embedding_batches(_BATCH, documents):
            index.put(batch)

    def _settle(self, index: ChromaIndex, generation: str, seq: int, removed: int) -> None:
        """Checks the number of vectors, saves the state and trims the catalogue's log. Raises Broken."""
        count = index.count()
        self._folder.scrub(generation)
        expected = self._catalogue.embedded_count()
        if self._catalogue.head_seq() == seq and count != expected:
            raise Broken(
                f"{self._folder.path} holds {count} vectors instead of {expected}; check the disk and try again"
            )
        self._state = State(
            catalogue=self._catalogue.id,
            generation=generation,
            seq=seq,
            count=count,
            dimensions=self._catalogue.dimensions(),
            removed=removed,
            files=self._folder.sums(generation),
        )
        self._folder.save(self._state)
        self._catalogue.trim_log(seq)

    def _ask(self, query: NDArray[np.float32], documents: Sequence[str] | None, k: int) -> list[tuple[int, float]]:
        index, state = self._index, self._state
        if index is None or state is None or not state.count or k < 1:
            return []
        if len(query) != state.dimensions:
            raise IndexMismatch(
                f"the question has {len(query)} dimensions, the index {state.dimensions}; run `ragnano docs rebuild`"
            )
        try:
            return index.nearest(query, documents, min(k, state.count))
        except Broken:
            # The index opened and fails nevertheless: the next `sync` must rebuild it.
            self._folder.forget()
            self._drop()
            raise

    def _put_away(self) -> None:
        self._drop()
        self._folder.release()

    def _drop(self) -> None:
        index, self._index, self._state = self._index, None, None
        if index is not None:
            index.close()
