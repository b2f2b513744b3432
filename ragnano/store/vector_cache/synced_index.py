"""Keeps Chroma's index in sync with the catalogue's log: opens it, applies what is new, or builds it again.

Not thread-safe: `ragnano.store.vector_cache.cache` holds the locks and decides when the index is used.
"""

import shutil
import uuid
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import IndexMismatch
from ragnano.store.catalogue import Catalogue
from ragnano.store.vector_cache.chroma import Broken, ChromaIndex
from ragnano.store.vector_cache.folder import NONE_YET, CacheFolder, State

_BATCH = 2_000  # vectors per call to Chroma


class SyncedIndex:
    """The open index and the state it was saved in; both are None while no index is open."""

    def __init__(self, folder: CacheFolder, catalogue: Catalogue) -> None:
        """Opens nothing yet."""
        self._folder = folder
        self._catalogue = catalogue
        self.index: ChromaIndex | None = None
        self.state: State | None = None

    def is_current(self) -> bool:
        """Returns whether the index is open and contains every entry of the log."""
        return self.index is not None and self.state is not None and self.state.seq == self._catalogue.head_seq()

    def open_current(self) -> bool:
        """Opens the cache on disk if it is in sync, and changes nothing. Raises StoreBusy, Broken."""
        if self.index is not None:
            return False
        self._folder.take()
        state = self.usable_state()
        if state is None or state.seq != self._catalogue.head_seq():
            self.release()
            return False
        self.open(state)
        return True

    def catch_up(self) -> None:
        """Applies what the log has gained since the last save; builds a new index where that is not possible."""
        if self.is_current():
            return
        try:
            state = self.usable_state()
            if state is not None:
                self._follow(self.index or self.open(state), state)
                return
        except Broken:
            self.drop()
        self.build()

    def build(self) -> None:
        """Builds a new cache in a new folder, which replaces the old one when it is complete."""
        self.drop()
        generation = uuid.uuid4().hex
        folder = self._folder.generation(generation)
        head = self._catalogue.head_seq()
        try:
            self.index = ChromaIndex.create(folder)
            self._put(self.index, None)
            self._settle(self.index, generation, head, removed=0)
        except BaseException:
            self.drop()
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def give_up(self) -> None:
        """Closes the index and marks it to be rebuilt by the next `catch_up`; the caller deletes its folder."""
        self.drop()
        head = self._catalogue.head_seq()
        self._folder.save(State(self._catalogue.id, NONE_YET, head, 0, 0, 0, {}))
        self._catalogue.trim_log(head)

    def may_hold_removed(self, saved: State) -> bool:
        """Returns whether the saved index may contain vectors of removed documents."""
        return bool(saved.removed) or any(entry.op == "remove" for entry in self._catalogue.pending_vectors(saved.seq))

    def nearest(self, query: NDArray[np.float32], documents: Sequence[str] | None, k: int) -> list[tuple[int, float]]:
        """Returns the `k` nearest in the open index, best first; [] if none is open. Raises Broken, IndexMismatch."""
        index, state = self.index, self.state
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
            self.drop()
            raise

    def usable_state(self) -> State | None:
        """Returns the state of the cache on disk; None if it must be rebuilt."""
        state = self._folder.load()
        if state is None or state.catalogue != self._catalogue.id or state.generation == NONE_YET:
            return None
        if not self._catalogue.trimmed_seq() <= state.seq <= self._catalogue.head_seq():
            return None
        if state.dimensions not in (0, self._catalogue.dimensions()):
            return None
        # An open index has been checked already.
        if self.index is None and not self._folder.is_whole(state):
            return None
        return state

    def open(self, state: State) -> ChromaIndex:
        """Opens the index that the state names. Raises Broken."""
        index = ChromaIndex.open(self._folder.generation(state.generation))
        self.index, self.state = index, state
        count = index.count()
        self._folder.scrub(state.generation)
        # An interrupted `_follow` may have left more vectors; the next one repairs that and counts them.
        if state.seq == self._catalogue.head_seq() and count != state.count:
            raise Broken(f"{self._folder.path} holds {count} vectors instead of {state.count}")
        return index

    def release(self) -> None:
        """Closes the index and releases the folder's lock."""
        self.drop()
        self._folder.release()

    def drop(self) -> None:
        """Closes the index and keeps the lock."""
        index, self.index, self.state = self.index, None, None
        if index is not None:
            index.close()

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
        self.state = State(
            catalogue=self._catalogue.id,
            generation=generation,
            seq=seq,
            count=count,
            dimensions=self._catalogue.dimensions(),
            removed=removed,
            files=self._folder.sums(generation),
        )
        self._folder.save(self.state)
        self._catalogue.trim_log(seq)
