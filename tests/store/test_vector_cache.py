"""The vector cache: gives the answers of exact search, follows the catalogue, and belongs to one process at a time."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from ragnano.errors import IndexMismatch, StoreBusy
from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import cache as cache_module
from ragnano.store.vector_cache import chroma
from ragnano.store.vector_cache.chroma import ChromaIndex
from ragnano.types import Scope
from tests.store.fakes import (
    EVERYTHING,
    LOW_THRESHOLD,
    add,
    agrees,
    document,
    fill_large,
    generation,
    many,
    some_query,
    vectors,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def cache(catalogue: Catalogue) -> Iterator[Vectors]:
    with closing(Vectors(catalogue.data_dir, catalogue)) as opened:
        yield opened


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chroma, "_HNSW", LOW_THRESHOLD)
        return fill_large(tmp_path_factory.mktemp("saved"))


@pytest.fixture
def large(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate data directory whose cache has saved index files."""
    monkeypatch.setattr(chroma, "_HNSW", LOW_THRESHOLD)
    return shutil.copytree(saved, tmp_path / "large")


# Answers


def test_chroma_answers_as_exact_search_does(catalogue: Catalogue, cache: Vectors) -> None:
    for number, parsed in enumerate(many(30)):
        add(catalogue, parsed, f"/{number}", "even" if number % 2 == 0 else "odd")
    assert cache.sync()
    some = tuple(parsed.document.id for parsed in many(30)[:7])
    for scope in (EVERYTHING, Scope(collection="odd"), Scope(documents=some), Scope("odd", some)):
        assert agrees(cache, catalogue, scope)
    assert cache.query(some_query(), Scope(documents=()), 5) == []
    assert cache.query(some_query(), EVERYTHING, 0) == []
    assert len(cache.query(some_query(), EVERYTHING, 1_000)) == 90


def test_more_documents_than_fit_in_a_filter_are_asked_in_parts(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragnano.store.vector_cache.chroma._IDS", 3)
    for number, parsed in enumerate(many(10)):
        add(catalogue, parsed, f"/{number}")
    cache.sync()
    assert agrees(cache, catalogue, Scope(documents=tuple(parsed.document.id for parsed in many(10)[:8])))


def test_an_empty_catalogue_has_no_nearest(catalogue: Catalogue, cache: Vectors) -> None:
    assert cache.sync()
    assert cache.query(some_query(), EVERYTHING, 5) == cache.search(some_query(), EVERYTHING, 5) == []
    add(catalogue, document("One."))
    assert cache.sync()
    assert agrees(cache, catalogue)


def test_another_width_is_an_index_mismatch(catalogue: Catalogue, cache: Vectors) -> None:
    add(catalogue, document("One."))
    for ask in (cache.query, cache.search):
        with pytest.raises(IndexMismatch, match="9 dimensions, the index 8"):
            ask(np.ones(9, np.float32), EVERYTHING, 3)


# Following the catalogue


def test_sync_follows_additions_removals_and_replacements(catalogue: Catalogue, cache: Vectors) -> None:
    documents = many(12)
    for number, parsed in enumerate(documents[:6]):
        add(catalogue, parsed, f"/{number}")
    assert cache.sync()
    built = generation(catalogue.data_dir)
    add(catalogue, documents[7], "/0")
    catalogue.remove(documents[1].document.id)
    catalogue.remove(documents[2].document.id)
    add(catalogue, documents[2], "/2")
    catalogue.replace_chunks(documents[3].document.id, documents[3].chunks[:2], vectors(documents[4])[:2])
    assert cache.sync()
    assert agrees(cache, catalogue, k=50)
    assert cache.verify() == []
    assert generation(catalogue.data_dir) == built, "small changes must not cost a rebuild"


def test_the_log_is_forgotten_once_applied(catalogue: Catalogue, cache: Vectors) -> None:
    add(catalogue, document("One."))
    cache.sync()
    assert catalogue.pending_vectors(0) == []
    assert catalogue.trimmed_seq() == catalogue.head_seq() == 1


def test_a_new_process_opens_the_cache_without_building_it_again(large: Path) -> None:
    folder = large
    built = generation(folder)
    for _ in range(2):
        with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as cache:
            assert cache.sync()
            assert agrees(cache, catalogue)
            assert cache.verify() == []
    assert generation(folder) == built


def test_another_embedder_builds_it_anew(catalogue: Catalogue, cache: Vectors) -> None:
    parsed = document("One.", "Two.")
    add(catalogue, parsed)
    cache.sync()
    catalogue.adopt_fingerprint({"embedder": "wider"})
    catalogue.replace_chunks(parsed.document.id, parsed.chunks, np.eye(2, 12, dtype=np.float32))
    assert cache.sync()
    wide = np.eye(1, 12, 1, dtype=np.float32)[0]
    assert cache.query(wide, EVERYTHING, 1) == catalogue.dense(wide, EVERYTHING, 1)


def test_a_cache_that_missed_part_of_the_log_is_built_anew(catalogue: Catalogue, cache: Vectors) -> None:
    add(catalogue, document("One."), "/1")
    cache.sync()
    add(catalogue, document("Two."), "/2")
    catalogue.trim_log(catalogue.head_seq())
    assert cache.sync()
    assert agrees(cache, catalogue)


def test_a_cache_of_another_catalogue_is_built_anew(large: Path, catalogue: Catalogue) -> None:
    shutil.copytree(large / "vectors", catalogue.data_dir / "vectors")
    # As many log entries as there, so that only the catalogue's id differs.
    for number, parsed in enumerate(many(4)):
        add(catalogue, parsed, f"/{number}")
    with closing(Vectors(catalogue.data_dir, catalogue)) as cache:
        assert cache.sync()
        assert agrees(cache, catalogue)


def test_a_catalogue_restored_from_a_backup_is_noticed(catalogue: Catalogue, tmp_path: Path) -> None:
    add(catalogue, document("One."), "/1")
    catalogue.compact()
    backup = tmp_path / "backup"
    shutil.copy(catalogue.path, backup)
    add(catalogue, document("Two."), "/2")
    with closing(Vectors(catalogue.data_dir, catalogue)) as cache:
        cache.sync()
    catalogue.close()
    for file in catalogue.data_dir.glob("catalogue.sqlite3*"):
        file.unlink()
    shutil.copy(backup, catalogue.path)
    with Catalogue(catalogue.data_dir) as restored, closing(Vectors(catalogue.data_dir, restored)) as cache:
        assert cache.sync()
        assert agrees(cache, restored)
        assert cache.verify() == []


# Exact or approximate


def test_search_is_exact_where_that_is_fast_and_chroma_elsewhere(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = large
    asked: list[object] = []
    whole = ChromaIndex.nearest
    monkeypatch.setattr(ChromaIndex, "nearest", lambda *given: asked.append(given) or whole(*given))
    with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as cache:
        expected = catalogue.dense(some_query(), EVERYTHING, 5)

        def asks_chroma(scope: Scope = EVERYTHING) -> bool:
            before = len(asked)
            found = [identifier for identifier, _ in cache.search(some_query(), scope, 5)]
            assert found == [identifier for identifier, _ in catalogue.dense(some_query(), scope, 5)]
            return len(asked) > before

        assert not asks_chroma(), "few chunks, not open: a cold start is not worth it"
        assert cache.sync()
        assert not asks_chroma(), "few chunks"
        monkeypatch.setattr(cache_module, "EXACT_CHUNKS", 100)
        assert asks_chroma(), "many chunks"
        assert asks_chroma(Scope(collection="default")), "a collection that is everything"
        long = catalogue.resolve("/long").id
        assert not asks_chroma(Scope(documents=(long,))), "a part"
        add(catalogue, document("New."), "/new")
        assert not asks_chroma(), "behind"
        assert cache.sync()
        assert asks_chroma(), "in step again"
        cache.close()
        assert not asks_chroma(), "closed"
        monkeypatch.setattr(cache_module, "COLD_CHUNKS", 100)
        assert asks_chroma(), "so many chunks that opening pays"
    assert expected


def test_a_search_does_not_wait_for_another_threads_rebuild(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue, document("One.", "Two."))
    cache.sync()
    monkeypatch.setattr(cache_module, "EXACT_CHUNKS", 0)
    entered, leave = threading.Event(), threading.Event()
    put = ChromaIndex.put

    def slow(index: ChromaIndex, batch: object) -> None:
        entered.set()
        assert leave.wait(30)
        put(index, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(ChromaIndex, "put", slow)
    thread = threading.Thread(target=cache.rebuild)
    thread.start()
    assert entered.wait(30)
    assert cache.search(some_query(), EVERYTHING, 2) == catalogue.dense(some_query(), EVERYTHING, 2)
    leave.set()
    thread.join()
    assert agrees(cache, catalogue)


def test_threads_ask_at_once(catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, parsed in enumerate(many(10)):
        add(catalogue, parsed, f"/{number}")
    cache.sync()
    monkeypatch.setattr(cache_module, "EXACT_CHUNKS", 0)
    expected = [identifier for identifier, _ in catalogue.dense(some_query(), EVERYTHING, 5)]
    answers: list[list[int]] = []

    def ask() -> None:
        for _ in range(20):
            answers.append([identifier for identifier, _ in cache.search(some_query(), EVERYTHING, 5)])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 120


# One process at a time


def test_while_another_has_the_cache_searches_are_exact(large: Path) -> None:
    folder = large
    with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as owner:
        assert owner.sync()
        with closing(Vectors(folder, catalogue)) as other:
            assert not other.sync()
            assert other.verify() == []
            assert other.search(some_query(), EVERYTHING, 5) == catalogue.dense(some_query(), EVERYTHING, 5)
            with pytest.raises(StoreBusy, match="another process"):
                other.query(some_query(), EVERYTHING, 5)
            owner.close()
            assert other.sync()
            assert agrees(other, catalogue)


def test_nothing_is_synced_while_another_writes_and_the_cache_stays_free(catalogue: Catalogue, cache: Vectors) -> None:
    add(catalogue, document("One."))
    with Catalogue(catalogue.data_dir) as other, other.write_lock():
        assert not cache.sync()
        with FileLock(catalogue.data_dir / "vectors" / "lock").acquire(timeout=0):
            pass
    assert cache.sync()


def test_the_writer_itself_may_sync(catalogue: Catalogue, cache: Vectors) -> None:
    with catalogue.write_lock():
        add(catalogue, document("One."))
        assert cache.sync()
    assert agrees(cache, catalogue)
