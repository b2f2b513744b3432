"""The vector cache repairs any damage to its files, stores no text and opens no socket."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ragnano.errors import StoreError
from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import cache as cache_module
from ragnano.store.vector_cache import chroma
from ragnano.store.vector_cache.chroma import Broken, ChromaIndex
from tests.store.fakes import (
    EVERYTHING,
    LOW_THRESHOLD,
    add,
    agrees,
    document,
    files_with,
    fill_large,
    generation,
    some_query,
)

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# The number of new vectors at which Chroma saves its files by default.
CHROMAS_THRESHOLD = 1_000


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


# Repair


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
    monkeypatch.setattr(cache_module, "EXACT_CHUNKS", 0)

    class PanicError(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise PanicError

    index = cache._synced.index
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

    index = cache._synced.index
    assert index is not None
    monkeypatch.setattr(index._collection, "query", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cache.query(some_query(), EVERYTHING, 2)


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
    # Unit length and exact in float16: the bytes are the same wherever a float32 is stored, scaled or not.
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
    """Returns this process's TCP and UDP sockets, those of Chroma's native core included (Linux; [] elsewhere)."""
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
