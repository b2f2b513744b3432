"""Removed content is in no file, and removal does not slow down as the index grows."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import cache as cache_module
from tests.store.fakes import add, agrees, document, files_with, generation, many


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def cache(catalogue: Catalogue) -> Iterator[Vectors]:
    with closing(Vectors(catalogue.data_dir, catalogue)) as opened:
        yield opened


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a handful of chunks count as a large index."""
    monkeypatch.setattr(cache_module, "EXACT_CHUNKS", 5)


def folders(catalogue: Catalogue) -> list[str]:
    return [entry.name for entry in (catalogue.data_dir / "vectors").iterdir() if entry.is_dir()]


@pytest.mark.usefixtures("large")
def test_of_a_large_index_removal_deletes_the_cache_and_the_next_sync_builds_it(
    catalogue: Catalogue, cache: Vectors
) -> None:
    for number, parsed in enumerate(many(6)):
        add(catalogue, parsed, f"/{number}")
    assert cache.sync()
    gone = catalogue.documents()[2].id
    catalogue.remove(gone)
    assert cache.compact()
    assert folders(catalogue) == []
    assert files_with(catalogue.data_dir / "vectors", gone.encode()) == []
    assert cache.verify() == [], "not built yet is no fault"
    assert cache.search(np.ones(8, np.float32), cache_module.Scope(), 3)
    assert cache.sync()
    assert folders(catalogue) == [generation(catalogue.data_dir).name]
    assert agrees(cache, catalogue)
    assert cache.verify() == []


@pytest.mark.usefixtures("large")
def test_a_large_index_from_which_nothing_was_removed_is_kept(catalogue: Catalogue, cache: Vectors) -> None:
    for number, parsed in enumerate(many(6)):
        add(catalogue, parsed, f"/{number}")
    cache.sync()
    before = generation(catalogue.data_dir)
    assert cache.compact()
    assert generation(catalogue.data_dir) == before


@pytest.mark.usefixtures("large")
def test_a_cache_that_was_given_up_still_forgets_what_is_removed_next(catalogue: Catalogue, cache: Vectors) -> None:
    for number, parsed in enumerate(many(6)):
        add(catalogue, parsed, f"/{number}")
    cache.sync()
    for stored in catalogue.documents()[:2]:
        catalogue.remove(stored.id)
        assert cache.compact()
    assert json.loads((catalogue.data_dir / "vectors" / "state.json").read_text())["seq"] == catalogue.head_seq()
    assert cache.sync()
    assert agrees(cache, catalogue)


def test_memory_that_chroma_writes_as_room_for_vectors_is_zeroed(catalogue: Catalogue, cache: Vectors) -> None:
    add(catalogue, document(*(f"Sentence {number}." for number in range(30))))
    assert cache.sync()
    canary = np.full(8, 0.1875, np.float32).tobytes()
    room = [path for name in ("data_level0.bin", "length.bin") for path in generation(catalogue.data_dir).rglob(name)]
    assert len(room) == 2, "Chroma makes room before it saves an index"
    assert not any(any(path.read_bytes()) for path in room)
    for path in room:
        path.write_bytes(canary * (path.stat().st_size // len(canary)))
    cache.close()
    with closing(Vectors(catalogue.data_dir, catalogue)) as again:
        assert again.sync()
        assert files_with(catalogue.data_dir, canary) == []
        assert agrees(again, catalogue)
    assert files_with(catalogue.data_dir, canary) == []
