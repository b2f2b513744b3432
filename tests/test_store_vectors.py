"""The vector cache: answers as exact search does, follows the catalogue, and mends whatever happens to its files."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from numpy.typing import NDArray

from ragnano.errors import IndexMismatch, StoreBusy, StoreError
from ragnano.store import Catalogue, Vectors
from ragnano.store import vectors as vectors_module
from ragnano.store.vectors_chroma import _HNSW, Broken, ChromaIndex
from ragnano.types import Scope
from tests.store_fakes import WRITTEN_CHUNKS, add, contract, document, files_with, many, vectors

ROOT = Path(__file__).parents[1]
EVERYTHING = Scope()
# Chroma saves an index to files when that many vectors are new to it; until then it keeps them in its database.
CHROMAS_THRESHOLD = 1_000
THRESHOLD = 100
LOW_THRESHOLD = _HNSW | {"sync_threshold": THRESHOLD, "batch_size": THRESHOLD // 2}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def cache(catalogue: Catalogue) -> Iterator[Vectors]:
    with closing(Vectors(catalogue.data_dir, catalogue)) as opened:
        yield opened


@pytest.fixture
def low_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has Chroma save its files early, so that a small index is like a large one."""
    monkeypatch.setattr("ragnano.store.vectors_chroma._HNSW", LOW_THRESHOLD)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose cache has saved index files. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("saved")
    with Catalogue(folder) as catalogue:
        parsed = document(*(f"Sentence {number}." for number in range(2 * THRESHOLD)), title="Long")
        add(catalogue, parsed, "/long")
        for number, other in enumerate(many(3)):
            add(catalogue, other, f"/{number}")
        with pytest.MonkeyPatch.context() as patch, closing(Vectors(folder, catalogue)) as cache:
            patch.setattr("ragnano.store.vectors_chroma._HNSW", LOW_THRESHOLD)
            assert cache.sync()
    assert list(folder.glob("vectors/*/*/index_metadata.pickle"))
    return folder


@pytest.fixture
def large(saved: Path, tmp_path: Path, low_threshold: None) -> Path:
    """A data directory of one's own whose cache has saved index files."""
    return shutil.copytree(saved, tmp_path / "large")


def some_query(seed: int = 7) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=8).astype(np.float32)


def agrees(cache: Vectors, catalogue: Catalogue, scope: Scope = EVERYTHING, k: int = 10) -> bool:
    """True when Chroma names the same chunks, in the same order, with the same scores, as exact search does."""
    for seed in range(5):
        found, wanted = cache.query(some_query(seed), scope, k), catalogue.dense(some_query(seed), scope, k)
        if [identifier for identifier, _ in found] != [identifier for identifier, _ in wanted]:
            return False
        if not np.allclose([score for _, score in found], [score for _, score in wanted], atol=1e-5):
            return False
    return True


def generation(folder: Path) -> Path:
    name = json.loads((folder / "vectors" / "state.json").read_text())["generation"]
    return folder / "vectors" / str(name)


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
    monkeypatch.setattr("ragnano.store.vectors_chroma._IDS", 3)
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
    # As many entries in the log as there, so that only the catalogue's id tells.
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


# Mending


def _damage(pattern: str, change: Callable[[bytes], bytes] | None) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (file,) = folder.glob(f"vectors/{pattern}")
        if change is None:
            file.unlink()
        else:
            file.write_bytes(change(file.read_bytes()))

    return apply


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _noise(content: bytes) -> bytes:
    return random.Random(5).randbytes(len(content))


def _rewrite_state(**values: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(json.loads(content) | values).encode()


_INDEX_FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
_DAMAGES: dict[str, Callable[[Path], None]] = {
    f"{name} {how}": _damage(pattern, change)
    for name, pattern in [
        ("state.json", "state.json"),
        ("chroma.sqlite3", "*/chroma.sqlite3"),
        *((name, f"*/*/{name}") for name in _INDEX_FILES),
    ]
    for how, change in (("gone", None), ("torn", _half), ("noise", _noise))
} | {
    "state from the future": _damage("state.json", _rewrite_state(seq=10_000)),
    "state of too few vectors": _damage("state.json", _rewrite_state(count=3)),
    "state of no shape": _damage("state.json", _rewrite_state(seq="one")),
    "state that points outside": _damage("state.json", _rewrite_state(generation="../../elsewhere")),
    "state that is a list": _damage("state.json", lambda content: b"[1, 2]"),
    "generation gone": lambda folder: shutil.rmtree(generation(folder)),
    "everything gone": lambda folder: shutil.rmtree(folder / "vectors"),
}


@pytest.mark.parametrize("damage", _DAMAGES.values(), ids=_DAMAGES)
def test_whatever_happens_to_the_files_is_mended(damage: Callable[[Path], None], large: Path) -> None:
    folder = large
    damage(folder)
    with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as cache:
        assert cache.verify(), "the damage is told"
        assert cache.sync()
        assert agrees(cache, catalogue)
        assert cache.verify() == []
        assert catalogue.verify() == []
    kept = [entry for entry in (folder / "vectors").iterdir() if entry.is_dir()]
    assert kept == [generation(folder)], "what was replaced is deleted"


def test_an_index_that_fails_while_searching_gives_way_to_exact_search(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue, document("One.", "Two."))
    cache.sync()
    monkeypatch.setattr(vectors_module, "EXACT_CHUNKS", 0)

    class PanicError(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise PanicError

    index = cache._index
    assert index is not None
    monkeypatch.setattr(index._collection, "query", panic)
    assert cache.search(some_query(), EVERYTHING, 2) == catalogue.dense(some_query(), EVERYTHING, 2)
    assert cache.sync()
    assert agrees(cache, catalogue)


def test_chromas_failure_to_build_is_a_store_error(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue, document("One.", "Two."))

    def refuse(_: ChromaIndex, batch: object) -> None:
        raise Broken("no room; check the disk")

    monkeypatch.setattr(ChromaIndex, "put", refuse)
    with pytest.raises(StoreError, match="check the disk"):
        cache.sync()
    monkeypatch.undo()
    assert [entry.name for entry in (catalogue.data_dir / "vectors").iterdir() if entry.is_dir()] == []
    assert cache.sync()


def test_an_interruption_is_not_swallowed(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue, document("One.", "Two."))
    cache.sync()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    index = cache._index
    assert index is not None
    monkeypatch.setattr(index._collection, "query", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cache.query(some_query(), EVERYTHING, 2)


# Exact or not


def test_search_is_exact_where_that_is_fast_and_chroma_elsewhere(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = large
    asked: list[object] = []
    whole = ChromaIndex.nearest
    monkeypatch.setattr(ChromaIndex, "nearest", lambda *given: asked.append(given) or whole(*given))
    with Catalogue(folder) as catalogue, closing(Vectors(folder, catalogue)) as cache:
        wanted = catalogue.dense(some_query(), EVERYTHING, 5)

        def asks_chroma(scope: Scope = EVERYTHING) -> bool:
            before = len(asked)
            found = [identifier for identifier, _ in cache.search(some_query(), scope, 5)]
            assert found == [identifier for identifier, _ in catalogue.dense(some_query(), scope, 5)]
            return len(asked) > before

        assert not asks_chroma(), "few chunks, not open: a cold start is not worth it"
        assert cache.sync()
        assert not asks_chroma(), "few chunks"
        monkeypatch.setattr(vectors_module, "EXACT_CHUNKS", 100)
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
        monkeypatch.setattr(vectors_module, "COLD_CHUNKS", 100)
        assert asks_chroma(), "so many chunks that opening pays"
    assert wanted


def test_a_search_does_not_wait_for_another_threads_rebuild(
    catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalogue, document("One.", "Two."))
    cache.sync()
    monkeypatch.setattr(vectors_module, "EXACT_CHUNKS", 0)
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
    monkeypatch.setattr(vectors_module, "EXACT_CHUNKS", 0)
    wanted = [identifier for identifier, _ in catalogue.dense(some_query(), EVERYTHING, 5)]
    answers: list[list[int]] = []

    def ask() -> None:
        for _ in range(20):
            answers.append([identifier for identifier, _ in cache.search(some_query(), EVERYTHING, 5)])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [wanted] * 120


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


# Privacy


def test_no_text_reaches_the_cache(catalogue: Catalogue, cache: Vectors) -> None:
    secret = document("Kanarienvogel sings.", title="Geheimsache")
    add(catalogue, secret, "/verschlusssache.pdf")
    cache.sync()
    for needle in (b"anarienvogel", b"eheimsach", b"verschlusssache"):
        assert files_with(catalogue.data_dir, needle)
        assert files_with(catalogue.data_dir / "vectors", needle) == []
    assert (catalogue.data_dir / "vectors").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("size", [20, CHROMAS_THRESHOLD + 20])
def test_a_removed_document_leaves_no_vector_in_any_file(catalogue: Catalogue, cache: Vectors, size: int) -> None:
    # Of unit length and exact in float16: the same bytes wherever a float32 of it is kept, scaled or not.
    signs = np.where(np.random.default_rng(3).random(16) < 0.5, -0.25, 0.25).astype(np.float32)
    filler = document(*(f"Filler {number}." for number in range(size)), title="Filler")
    others = np.random.default_rng(4).normal(size=(size, 16)).astype(np.float32)
    secret = document("Secret.")
    catalogue.add(secret, signs[None], collection="c", path="/secret", size=1, mtime_ns=1)
    catalogue.add(filler, others, collection="c", path="/filler", size=1, mtime_ns=1)
    cache.sync()
    wide, narrow = signs.tobytes(), signs.astype(np.float16).tobytes()
    assert files_with(catalogue.data_dir, narrow)
    assert files_with(catalogue.data_dir, wide)
    catalogue.remove(secret.document.id)
    assert cache.compact()
    assert catalogue.compact()
    for needle in (wide, narrow, secret.document.id.encode(), b"Secret"):
        assert files_with(catalogue.data_dir, needle) == []
    assert cache.verify() == []


def test_the_cache_opens_no_socket(catalogue: Catalogue, cache: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    add(catalogue, document("One.", "Two."))
    assert cache.sync()
    cache.query(some_query(), EVERYTHING, 2)
    assert _network_sockets(os.getpid()) == []


def _network_sockets(pid: int) -> list[str]:
    """This process's TCP and UDP sockets, Chroma's native core included (Linux; [] elsewhere)."""
    if sys.platform != "linux":
        return []
    own = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found: list[str] = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        found += [line for line in lines if f"socket:[{line.split()[9]}]" in own]
    return found


def test_a_stray_env_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\nCHROMA_SERVER_HOST=192.0.2.1\nnonsense = [\n"
    )
    code = (
        "import sys\nfrom pathlib import Path\nfrom ragnano.store import Catalogue, Vectors\n"
        "folder = Path(sys.argv[1])\ncatalogue = Catalogue(folder)\nprint(Vectors(folder, catalogue).sync())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "data")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://192.0.2.1:4317"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "True\n"


def test_importing_the_store_does_not_import_chroma() -> None:
    code = "import sys, ragnano.store; sys.exit('chromadb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# Kills

KILLS = 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
def test_killed_at_any_moment_every_document_is_in_entirely_or_not_at_all(tmp_path: Path) -> None:
    chance = random.Random(11)
    forge = subprocess.Popen(
        [sys.executable, "-c", "from tests.store_fakes import forge; forge()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    present: set[int] = set()
    following = 0
    for kill in range(KILLS):
        since = "started" if kill % 4 == 0 else "ready"
        told = _killed_writer(forge, tmp_path / "data", following, since, chance.uniform(0, 0.4))
        for word, number in told:
            (present.add if word == "added" else present.discard)(number)
        with Catalogue(tmp_path / "data") as catalogue:
            assert catalogue.verify() == []
            stored = {int(document.path[1:]) for document in catalogue.documents()}
            # What was being done at the last moment may be done or not; what was told is.
            following = max(stored | present | {number for _, number in told} | {following - 1}) + 1
            assert stored ^ present <= {following - 1}
            present = stored
            if kill % 4 == 3:
                with closing(Vectors(tmp_path / "data", catalogue)) as cache:
                    assert cache.sync()
                    assert agrees(cache, catalogue)
                    assert cache.verify() == []
    assert forge.stdin is not None
    forge.stdin.close()
    assert forge.wait(30) == 0
    assert len(present) > KILLS, "the writers got somewhere"
    _same_as_a_run_without_kills(tmp_path, sorted(present))


def _killed_writer(
    forge: "subprocess.Popen[str]", folder: Path, first: int, since: str, seconds: float
) -> list[tuple[str, int]]:
    """Kill a writer so long after it told `since`, and return what it told of documents."""
    assert forge.stdin is not None
    assert forge.stdout is not None
    forge.stdin.write(f"{folder} {first}\n")
    forge.stdin.flush()
    told: list[tuple[str, int]] = []
    pid = 0
    while True:
        word, _, rest = forge.stdout.readline().strip().partition(" ")
        if word == "ended":
            assert int(rest) == -signal.SIGKILL
            return told
        if word == "started":
            pid = int(rest)
        if word in ("added", "removed"):
            told.append((word, int(rest)))
        if word == since:
            threading.Thread(target=_kill_later, args=(pid, seconds)).start()


def _kill_later(pid: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)


def _same_as_a_run_without_kills(folder: Path, numbers: list[int]) -> None:
    def results(catalogue: Catalogue) -> list[list[tuple[str, int]]]:
        found = [catalogue.dense(some_query(seed), EVERYTHING, 20) for seed in range(5)]
        found.append(catalogue.lexical("sentence OR 2", EVERYTHING, 5_000))
        return [
            sorted((chunk.document, chunk.ordinal) for chunk in catalogue.chunks(dict(ranking)).values())
            for ranking in found
        ]

    with Catalogue(folder / "data") as killed, Catalogue(folder / "calm") as calm:
        for number in numbers:
            add(calm, contract(number, WRITTEN_CHUNKS), f"/{number}")
        assert killed.counts() == calm.counts()
        assert results(killed) == results(calm)
