"""Ingests thousands of small documents: do time and memory grow in proportion, what do a rerun and a removal cost?

    make many

The documents are fictional agreements generated from a seed. A fake embedder (a random projection of words, 384
components) shows the cost of the pipeline and the stores alone; the last part of the documents goes through the real
embedder into an index of its own. Figures cover this process and its children together: RSS, and PSS where available.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from ingest.options import IngestOptions
from ingest.pipeline import Progress, ingest
from ingest.workers.pool import ParserPool
from ragnano.assistant import Assistant
from ragnano.models import open_embedder
from ragnano.settings import Settings
from ragnano.types import IngestReport
from tests.ingest.fakes import word_parser

WORDS = (
    "agreement party supplier buyer goods service delivery payment invoice price notice term renewal breach remedy "
    "liability cap insurance audit record confidential information disclosure licence territory royalty warranty "
    "inspection acceptance defect replacement refund tax interest dispute arbitration court law assignment consent "
    "subcontractor personnel premises equipment maintenance schedule milestone deposit guarantee bond escrow default "
    "termination convenience cause survival indemnity claim damages force majeure amendment waiver severability"
).split()
HEADINGS = ("SUPPLY", "PRICE AND PAYMENT", "TERM", "CONFIDENTIALITY", "LIABILITY", "GENERAL")


class ProjectingEmbedder:
    """Embeds a text as the mean of its words' random vectors, at unit length: fast, and the same for equal texts."""

    name = "projection"
    dimensions = 384
    fingerprint = "projection-1"

    def __init__(self) -> None:
        self._of_hash = np.random.default_rng(5).normal(size=(4096, self.dimensions)).astype(np.float32)

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        found = np.stack(
            [
                self._of_hash[[zlib.crc32(word.encode()) % 4096 for word in text.split()] or [0]].mean(0)
                for text in texts
            ]
        )
        unit: NDArray[np.float32] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return unit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def write_documents(folder: Path, count: int) -> None:
    """Writes `count` text files of about 400 words, a hundred per folder."""
    rng = random.Random(7)
    for number in range(count):
        target = folder / f"{number // 100:03}"
        target.mkdir(exist_ok=True)
        parties = f"Fictional Works {number} Ltd and Invented Goods {rng.randrange(10**6)} Inc"
        lines = [f"SUPPLY AGREEMENT No. {number}", f"This Agreement is made between {parties}."]
        for place, heading in enumerate(HEADINGS, 1):
            lines.append(f"{place}. {heading}")
            for part in range(1, 3):
                words = " ".join(rng.choices(WORDS, k=24))
                lines.append(f"{place}.{part} The {words} within {rng.randrange(5, 200)} days.")
        (target / f"agreement-{number:05}.txt").write_text("\n\n".join(lines) + "\n")


def memory(process: psutil.Process) -> tuple[float, float]:
    """Returns (RSS, PSS) in MB of the process and its children."""
    rss = pss = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            full = one.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        rss += full.rss / 1e6
        pss += getattr(full, "pss", full.rss) / 1e6
    return rss, pss


def processor_seconds(process: psutil.Process) -> float:
    """Returns the processor seconds so far of the process and its living children."""
    times = [one.cpu_times() for one in (process, *process.children())]
    return sum(one.user + one.system for one in times)


class Watcher:
    """Records time and memory every so many files. On a busy machine processor seconds say more than seconds."""

    def __init__(self, every: int) -> None:
        self._every, self._begun = every, time.monotonic()
        self._process = psutil.Process()
        self.rows: list[tuple[int, float, float, float, float]] = []

    def __call__(self, state: Progress) -> None:
        if state.done % self._every == 0:
            rss, pss = memory(self._process)
            seconds, cpu = time.monotonic() - self._begun, processor_seconds(self._process)
            self.rows.append((state.done, seconds, rss, pss, cpu))
            print(
                f"  {state.done:>6} files {seconds:7.1f} s  {cpu:6.1f} s of processors  RSS {rss:5.0f} MB  "
                f"PSS {pss:5.0f} MB",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ragnano with thousands of small documents.")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--real", type=int, default=300, help="documents that go through the real embedder, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch, "files")
        files.mkdir()
        write_documents(files, options.documents)
        figures = fake_run(files, Path(scratch, "fake"), options.documents)
        if options.real:
            figures |= real_run(files, Path(scratch, "real"), options.real)
    print(json.dumps(figures, indent=1))


def fake_run(files: Path, home: Path, count: int) -> dict[str, object]:
    """Runs everything with the fake embedder: ingest, the same again unchanged, removing one, pruning one."""
    settings = Settings.load(data_dir=home)
    every = max(1, count // 10)
    problems: list[str] = []
    with Assistant(settings, embedder=ProjectingEmbedder()) as assistant:  # type: ignore[arg-type]

        def take(**more: object) -> tuple[IngestReport, float]:
            begun = time.monotonic()
            report = ingest(
                [files],
                settings=settings,
                catalogue=assistant.catalogue,
                vectors=assistant.vectors,
                embedder=assistant.embedder,
                parser_pool=lambda: ParserPool(settings, make=word_parser),
                **more,  # type: ignore[arg-type]
            )
            return report, time.monotonic() - begun

        watcher = Watcher(every)
        report, seconds = take(progress=watcher)
        rows = watcher.rows
        cache_s = seconds - rows[-1][1]
        full = memory(psutil.Process())
        again, again_s = take()
        documents = assistant.documents()
        remove_s = timed(lambda: assistant.remove(documents[count // 2].id))
        rebuild_s = timed(assistant.settle)
        Path(documents[0].path).unlink()
        pruned, prune_s = take(options=IngestOptions(prune=True))
        several = documents[1 : 1 + count // 10]
        for document in several:
            Path(document.path).unlink()
        pruned_more, prune_more_s = take(options=IngestOptions(prune=True))
        verify_s = timed(lambda: problems.extend((*assistant.catalogue.verify(), *assistant.vectors.verify())))
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    steps = list(zip([(0, 0.0, 0.0, 0.0, 0.0), *rows], rows, strict=False))
    return {
        "files": report.files,
        "chunks": report.chunks,
        "seconds": round(seconds, 1),
        "s of each tenth": [round(after[1] - before[1], 1) for before, after in steps],
        "cpu s of each tenth": [round(after[4] - before[4], 1) for before, after in steps],
        "RSS MB at each tenth": [round(row[2]) for row in rows],
        "PSS MB at each tenth": [round(row[3]) for row in rows],
        "vector cache at the end s": round(cache_s, 1),
        "RSS, PSS MB with it": [round(full[0]), round(full[1])],
        "unchanged rerun s": round(again_s, 2),
        "unchanged rerun skipped": again.skipped,
        "remove one s": round(remove_s, 3),
        "vector cache anew s": round(rebuild_s, 1),
        "prune one s, whole run": round(prune_s, 2),
        "prune a tenth s, whole run": round(prune_more_s, 2),
        "pruned": [pruned.removed, pruned_more.removed],
        "verify s": round(verify_s, 1),
        "bytes a document": round(size / max(1, report.files)),
        "problems": problems,
    }


def timed(work: Callable[[], object]) -> float:
    """Returns the seconds that `work` takes."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def real_run(files: Path, home: Path, count: int) -> dict[str, object]:
    """Ingests a part with the real embedder, to show embedding's share."""
    settings = Settings.load(data_dir=home)
    chosen = sorted(files.rglob("*.txt"))[:count]
    with Assistant(settings) as assistant:
        begun = time.monotonic()
        report = ingest(
            chosen,
            settings=settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=lambda: open_embedder(settings),
        )
        seconds = time.monotonic() - begun
    return {"real files": report.files, "real chunks": report.chunks, "real seconds": round(seconds, 1)}


if __name__ == "__main__":
    sys.exit(main())
