"""Compares Chroma's index with exact search from SQLite: recall and milliseconds, by the share of documents searched.

Uses 100 made-up documents of 200 chunks with 384-dimensional vectors that cluster by clause type and by document, as
those of contracts do. The results determine EXACT_CHUNKS in ragnano/store/vector_cache/cache.py and ef_search in
ragnano/store/vector_cache/chroma.py.

    .venv/bin/python -m tests.benchmarks.vector_search            # two to three minutes
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragnano.store import Catalogue, Vectors
from ragnano.store.vector_cache import chroma as vectors_chroma
from ragnano.types import Scope
from tests.store.fakes import contract

DOCUMENTS, CHUNKS, WIDTH = 100, 200, 384
TOPICS, INNER = 60, 40
QUESTIONS, K = 60, 40
Ranking = list[tuple[int, float]]


def made_up(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns vectors float32 (DOCUMENTS, CHUNKS, WIDTH) and questions float32 (QUESTIONS, WIDTH), of unit length."""
    draw = np.random.default_rng(seed)
    space = draw.normal(size=(INNER, WIDTH))
    topics, documents = draw.normal(size=(TOPICS, INNER)), draw.normal(size=(DOCUMENTS, INNER))

    def around(own: NDArray[np.float64], weight: float) -> NDArray[np.float32]:
        inner = topics[draw.integers(0, TOPICS, len(own))] + weight * own + 0.5 * draw.normal(size=own.shape)
        spread = (inner @ space + 1.2 * draw.normal(size=(len(own), WIDTH))).astype(np.float32)
        return spread / np.linalg.norm(spread, axis=1, keepdims=True)

    stored = around(np.repeat(documents, CHUNKS, axis=0), 0.6).reshape(DOCUMENTS, CHUNKS, WIDTH)
    return stored, around(documents[draw.integers(0, DOCUMENTS, QUESTIONS)], 0.4)


def timed(ask: Callable[[], Ranking], into: list[float]) -> set[int]:
    start = time.perf_counter()
    found = ask()
    into.append(1e3 * (time.perf_counter() - start))
    return {identifier for identifier, _ in found}


def compare(catalogue: Catalogue, cache: Vectors, questions: NDArray[np.float32], documents: int | None) -> str:
    draw = np.random.default_rng(5)
    known = [document for document, _ in catalogue.embedded()]
    recalls: list[float] = []
    exact: list[float] = []
    chroma: list[float] = []
    for question in questions:
        chosen = None if documents is None else tuple(str(name) for name in draw.choice(known, documents, False))
        scope = Scope(documents=chosen)
        expected = timed(lambda question=question, scope=scope: catalogue.dense(question, scope, K), exact)
        found = timed(lambda question=question, scope=scope: cache.query(question, scope, K), chroma)
        recalls.append(len(expected & found) / len(expected))
    return (
        f"recall@{K} {statistics.mean(recalls):.4f} (least {min(recalls):.3f}), "
        f"Chroma {statistics.median(chroma):.1f} ms, exact {statistics.median(exact):.1f} ms"
    )


def fill(folder: Path, stored: NDArray[np.float32]) -> Catalogue:
    catalogue = Catalogue(folder)
    for number, vectors in enumerate(stored):
        parsed = contract(number, CHUNKS)
        catalogue.add(parsed, vectors, collection="c", path=f"/{number}", size=1, mtime_ns=1)
    return catalogue


def main() -> None:
    stored, questions = made_up()
    with tempfile.TemporaryDirectory() as folder:
        for documents in (5, 10, 25, 50, DOCUMENTS):
            part = Path(folder) / str(documents)
            with fill(part, stored[:documents]) as catalogue, closing(Vectors(part, catalogue)) as cache:
                start = time.perf_counter()
                cache.sync()
                seconds = time.perf_counter() - start
                line = compare(catalogue, cache, questions, None)
                print(f"all of {documents * CHUNKS} chunks: {line}; built in {seconds:.1f} s", flush=True)
        whole = Path(folder) / str(DOCUMENTS)
        for looked_at in (100, 200, 400):
            vectors_chroma._HNSW = {"space": "cosine", "ef_search": looked_at}
            with Catalogue(whole) as catalogue, closing(Vectors(whole, catalogue)) as cache:
                cache.rebuild()
                for documents in (1, 5, 50, None):
                    line = compare(catalogue, cache, questions, documents)
                    print(f"ef_search {looked_at}, {documents or 'all'} of {DOCUMENTS} documents: {line}", flush=True)


if __name__ == "__main__":
    main()
