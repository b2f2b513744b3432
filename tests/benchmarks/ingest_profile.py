"""Profiles the ingest of contracts: each part alone, then all together, in one run. `make ingest-profile`.

The parts are reading (load, blocks, chunks; one process), embedding the same chunks, storing with ready vectors, and
Chroma. Then `ingest` runs over the same files. On a busy machine only the ratios and the processor seconds are
meaningful. Memory is the peak of this process and its children together, sampled five times a second, as RSS and PSS.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil

from ingest.discovery.file_types import media_type_of
from ingest.document_builder import Job, read
from ingest.embedding import embed
from ingest.pipeline import ingest
from ragnano.models import open_embedder
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from tests.benchmarks.many import memory

T = TypeVar("T")
DATA = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "pdf"
EVERY_S = 0.2


class Peak:
    """The peak memory of this process and its children, in MB, while the block ran."""

    def __enter__(self) -> "Peak":
        self.rss = self.pss = 0.0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._done.wait(EVERY_S):
            rss, pss = memory(process)
            self.rss, self.pss = max(self.rss, rss), max(self.pss, pss)


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """Returns the result of `work`, its seconds, and this process's processor seconds meanwhile."""
    begun, cpu = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - begun, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the parts of taking contracts in.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--documents", type=int, default=100)
    options = parser.parse_args()
    files = sorted(path for path in options.data.iterdir() if path.is_file())[: options.documents]
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings.load(data_dir=Path(scratch, "run"))
        # The whole run comes first, so that memory left behind by the parts is not counted for it.
        whole_settings = settings
        with Catalogue(whole_settings.data_dir) as catalogue, Peak() as peak:
            vectors = Vectors(whole_settings.data_dir, catalogue)
            report, seconds, cpu = timed(
                lambda: ingest(
                    files,
                    settings=whole_settings,
                    catalogue=catalogue,
                    vectors=vectors,
                    embedder=lambda: open_embedder(whole_settings),
                )
            )
            vectors.close()
        embedder = open_embedder(settings)
        jobs = [Job(str(path), media_type_of(str(path)), settings.chunk_tokens) for path in files]
        parsed, reading_s, reading_cpu = timed(lambda: [read(job, embedder.count_tokens) for job in jobs])
        embedder.embed_passages(["warm"] * 16)
        rows, embedding_s, embedding_cpu = timed(lambda: [embed(one.chunks, embedder) for one in parsed])
        with Catalogue(Path(scratch, "parts")) as catalogue:
            vectors = Vectors(Path(scratch, "parts"), catalogue)

            def store() -> None:
                for number, (one, found) in enumerate(zip(parsed, rows, strict=True)):
                    catalogue.add(one, found, collection="c", path=f"/{number}", size=1, mtime_ns=1)

            _, storing_s, storing_cpu = timed(store)
            _, chroma_s, chroma_cpu = timed(vectors.sync)
            vectors.close()
    tokens = [chunk.tokens for one in parsed for chunk in one.chunks]
    texts = [chunk.text for one in parsed for chunk in one.chunks]
    pages = report.pages
    parts = {
        "reading": (reading_s, reading_cpu),
        "embedding": (embedding_s, embedding_cpu),
        "storing": (storing_s, storing_cpu),
        "chroma": (chroma_s, chroma_cpu),
    }
    figures = {
        "files": report.files,
        "pages": pages,
        "chunks": len(tokens),
        "tokens a chunk": round(float(np.mean(tokens)), 1),
        "chunks said twice": len(texts) - len(set(texts)),
        "run s": round(seconds, 1),
        "run cpu s (parent)": round(cpu, 1),
        "pages/s": round(pages / seconds, 1),
        "peak MB RSS, PSS": [round(peak.rss), round(peak.pss)],
        "alone, s and cpu s": {name: [round(wall, 1), round(own, 1)] for name, (wall, own) in parts.items()},
        "chunks/s embedded alone": round(len(tokens) / embedding_s, 1),
        "chunks/s in the run": round(len(tokens) / seconds, 1),
        "run : embedding alone": round(seconds / embedding_s, 2),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
