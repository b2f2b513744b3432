"""The vector cache: Chroma's index over the catalogue's embeddings, in step with the catalogue's log.

It keeps nothing that cannot be made again from the catalogue without embedding. A cache that is missing, behind beyond
repair, another catalogue's or broken is built anew in a folder of its own, and only then takes the old one's place.

Chroma's files are not safe to share: a second process sees old vectors and may write them over new ones. So one process
at a time holds them (a file lock, from the first use to `close`); all others search exactly, from the catalogue.
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

# Up to so many chunks exact search is as fast (2 µs a chunk against 3 ms), measured on 2 cores with 384 dimensions;
# tests/benchmarks/LOG.md.
EXACT_CHUNKS = 2_000
# Opening Chroma costs about 2 s (import, check, load): a process that has not opened it asks exactly up to here.
COLD_CHUNKS = 1_000_000
# Vectors handed over at once.
_BATCH = 2_000


class Vectors:
    """Nearest chunks to a vector. Safe to use from several threads; close it to let another process have the cache."""

    def __init__(self, data_dir: Path, catalogue: Catalogue) -> None:
        """Opens nothing yet. Raises StoreError when the folder cannot be made."""
        # Where nothing can be written, Chroma cannot even open an index: every search is exact.
        self._usable = not catalogue.read_only
        self._folder = CacheFolder(data_dir / "vectors", make=self._usable)
        self._catalogue = catalogue
        self._turn = RLock()
        self._index: ChromaIndex | None = None
        self._state: State | None = None

    def sync(self) -> bool:
        """Bring the cache in step with the catalogue and keep it open; what is broken is built anew.

        Call it after writing, and once at the start of a process that will search often: `search` does not wait for
        Chroma to open. Returns False, changing nothing, when another process has the cache, or when another process or
        thread holds the catalogue's write lock: searches are exact meanwhile. Raises StoreError when the cache cannot
        be built (disk full, Chroma not working), IndexMismatch amid a change of embedder.
        """
        return self._with_locks(self._catch_up)

    def rebuild(self) -> bool:
        """Build the cache anew from the catalogue, without embedding again. Returns and raises as `sync`."""
        return self._with_locks(self._build)

    def compact(self) -> bool:
        """As `sync`, and leave no byte of a removed vector in the cache's files.

        Chroma keeps removed vectors until its index is built anew. A large one is only deleted here, and built by the
        next `sync`: 14,000 vectors took 40 s to build (busy), removing a document must take no time. Searches are
        exact meanwhile.
        """
        return self._with_locks(self._forget_removed)

    def is_behind(self) -> bool:
        """Whether the cache lacks what a stopped run stored, or is gone: `sync` mends it."""
        saved = self._folder.load()
        if saved is None:
            return self._catalogue.embedded_count() > 0
        return saved.generation != NONE_YET and saved.seq != self._catalogue.head_seq()

    def holds_removed(self) -> bool:
        """Whether the cache's files may hold vectors of removed documents: `compact` takes them out."""
        saved = self._folder.load()
        return saved is not None and self._may_hold_removed(saved)

    def close(self) -> None:
        """Let go of the cache so that another process can have it. It opens again when it is needed."""
        with self._turn:
            self._put_away()

    def search(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """The `k` nearest (chunk id, cosine) to `query` (d,), best first, ties by id.

        Exact wherever that is as fast: in any part of the catalogue (Chroma's filter costs more than comparing with
        every vector of the part), and in all of it up to EXACT_CHUNKS. Exact, too, while the cache is behind, broken or
        another process's. Otherwise Chroma. Raises IndexMismatch for another d.
        """
        count = self._catalogue.embedded_count(scope)
        limit = EXACT_CHUNKS if self._index is not None else COLD_CHUNKS
        # Another thread's sync may take long: don't wait for it.
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
        """As `search`, but always Chroma's answer, from what the last `sync` knew. May name chunks that are gone.

        Raises StoreBusy when another process has the cache, StoreError when Chroma cannot be used.
        """
        with self._turn:
            if self._index is None and not self.sync():
                raise StoreBusy(f"another process is using {self._folder.path}; try again when it has finished")
            if scope == Scope():
                return self._ask(query, None, k)
            return self._ask(query, [document for document, _ in self._catalogue.embedded(scope)], k)

    def verify(self) -> list[str]:
        """What is wrong with the cache, one line each; [] when another process has it. Answers are right anyway.

        One that is not built yet, or behind because a run was stopped, is no fault: the next `sync` goes on with it.
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
        # The log is trimmed when a cache has been saved: one that was, and is gone, is a fault.
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
        """Let the next sync build the cache anew; what it was is swept away by the caller."""
        self._drop()
        head = self._catalogue.head_seq()
        self._folder.save(State(self._catalogue.id, NONE_YET, head, 0, 0, 0, {}))
        self._catalogue.trim_log(head)

    def _is_current(self) -> bool:
        return self._index is not None and self._state is not None and self._state.seq == self._catalogue.head_seq()

    def _opens_current(self) -> bool:
        """Open what is on disk when that is in step, changing nothing. Raises StoreBusy, Broken."""
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
        """What the cache on disk has applied; None when it must be built anew."""
        state = self._folder.load()
        if state is None or state.catalogue != self._catalogue.id or state.generation == NONE_YET:
            return None
        if not self._catalogue.trimmed_seq() <= state.seq <= self._catalogue.head_seq():
            return None
        if state.dimensions not in (0, self._catalogue.dimensions()):
            return None
        # What this object has open, it has checked.
        if self._index is None and not self._folder.is_whole(state):
            return None
        return state

    def _open(self, state: State) -> ChromaIndex:
        index = ChromaIndex.open(self._folder.generation(state.generation))
        self._index, self._state = index, state
        count = index.count()
        self._folder.scrub(state.generation)
        # An interrupted `_follow` may have left more; following again mends that, and then counts.
        if state.seq == self._catalogue.head_seq() and count != state.count:
            raise Broken(f"{self._folder.path} holds {count} vectors instead of {state.count}")
        return index

    def _follow(self, index: ChromaIndex, state: State) -> None:
        """Apply the log. Doing part of it twice does no harm: ids are never used twice."""
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
        """A new cache in a new folder, which takes the old one's place when it is whole."""
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
        """Check what was done, write it down, and let the catalogue forget its log."""
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
            # It opened and still fails: the next `sync` must not trust it again.
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
