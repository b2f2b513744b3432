"""Ingests PDFs that break parsers: how each file ends, how long it takes, and whether its text is complete.

    .venv/bin/python -m tests.benchmarks.hostile [--ocr auto|always|never] [--files N]

Uses the files of ../shared/data/pdfs with their manifest. Each file is ingested as by `ragnano ingest`, but by a single
parser process, so that its seconds are its own, and with an embedder that costs nothing. A small file goes first, so
that the parent process has its libraries loaded when its memory is measured.

The manifest's `chars20` counts the characters of the first 20 pages according to a third parser, white space within a
page included; every parser guesses white space differently. So a file counts as short when, without white space, it
gives clearly fewer characters than pypdf finds in these pages today, or fewer than the manifest's number can mean.
Hidden text counts as found; text of embedded files does not.
"""

import argparse
import csv
import logging
import time
from collections import Counter
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pypdf
from reportlab.pdfgen.canvas import Canvas

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job
from ingest.parsers.base.interface import ReadOptions
from ingest.pipeline import ingest
from ingest.workers.pool import ParserPool
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.types import IngestReport, ParsedDocument
from tests.conftest import FakeEmbedder

DATA = Path(__file__).parents[3] / "shared" / "data" / "pdfs"
PAGES = 20  # pages counted by the manifest
LEAST_SHARE = 0.9  # of pypdf's characters without white space
LEAST_OF_ALL = 0.6  # of the manifest's characters; of 60 files that lose nothing, .66 to .88 of them are no white space
FEWEST = 50  # characters; with fewer, a share says nothing


class TimedPool(ParserPool):
    """A pool with one parser process that handles one file after the other, and the seconds of each file."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, workers=1)
        self.seconds: dict[str, float] = {}
        self._free_since = 0.0

    def submit(self, job: Job) -> "Future[ParsedDocument]":
        submitted = time.monotonic()
        future = super().submit(job)

        def done(_: "Future[ParsedDocument]") -> None:
            ended = time.monotonic()
            self.seconds[job.path] = ended - max(submitted, self._free_since)
            self._free_since = ended

        future.add_done_callback(done)
        return future


def main() -> None:
    parser = argparse.ArgumentParser(description="Take in PDFs that break parsers.")
    parser.add_argument("--ocr", default="never", choices=("auto", "always", "never"))
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every fault, and these files are full of them
    rows = list(csv.DictReader((DATA / "manifest.csv").open(encoding="utf-8")))[: options.files]
    rows = [row for row in rows if (DATA / row["path"]).is_file()]
    with TemporaryDirectory() as home:
        small = Path(home) / "small.pdf"
        canvas = Canvas(str(small))
        canvas.drawString(72, 720, "A small file.")
        canvas.save()
        settings = Settings.load(data_dir=Path(home) / "data", ocr=options.ocr)
        catalogue = Catalogue(settings.data_dir)
        vectors = Vectors(settings.data_dir, catalogue)
        pool = TimedPool(settings)

        def take_in(paths: list[Path]) -> IngestReport:
            return ingest(
                paths,
                settings=settings,
                catalogue=catalogue,
                vectors=vectors,
                embedder=FakeEmbedder(),
                parser_pool=lambda: pool,
            )

        take_in([small])
        before = psutil.Process().memory_info().rss
        pool = TimedPool(settings)
        pool.submit(Job(str(small), PDF, settings.chunk_tokens, ReadOptions())).result()
        pool.seconds.clear()  # so that no file's time includes the start of the process
        report = take_in([DATA / row["path"] for row in rows])
        after = psutil.Process().memory_info().rss
        tell(report, len(rows), catalogue, pool.seconds)
        print(f"memory of the parent after a small file and after all: {before >> 20} and {after >> 20} MB")
        tell_short(rows, catalogue, {item.path for item in report.failed})
        vectors.close()
        catalogue.close()


def tell(report: IngestReport, files: int, catalogue: Catalogue, seconds: dict[str, float]) -> None:
    """Prints how the files ended."""
    read = {path for document in catalogue.documents() for path in document.paths if path.startswith(str(DATA))}
    partly = {item.path for item in report.unreadable_pages}
    lost = files - len(read) - len(report.failed)
    print(f"{files} files, {report.seconds:.0f} s: {len(read - partly)} read, {len(partly)} partly read, "
          f"{len(report.failed)} named with a reason, {lost} without an end")  # fmt: skip
    slow = sorted(seconds.items(), key=lambda item: -item[1])[:3]
    print("longest:", "; ".join(f"{Path(path).name} {taken:.1f} s" for path, taken in slow))
    print("reasons:", counted([item.reason for item in report.failed]))
    print("reasons for pages:", counted([item.reason for item in report.unreadable_pages]))
    kinds = Counter(item.kind for item in report.hidden)
    pages, hiding = {(item.path, item.page) for item in report.hidden}, {item.path for item in report.hidden}
    print(f"hidden text on {len(pages)} pages of {len(hiding)} files; pages by kind: {dict(kinds.most_common())}")


def counted(reasons: list[str]) -> dict[str, int]:
    """Returns how often each reason was given, without its remedy and details."""
    return dict(Counter(reason.split(";")[0].split("(")[0].strip() for reason in reasons))


def tell_short(rows: list[dict[str, str]], catalogue: Catalogue, failed: set[str]) -> None:
    """Prints the files that give clearly fewer characters than the manifest states, and those that give none."""
    read = {path: document.id for document in catalogue.documents() for path in document.paths}
    short = []
    for row in rows:
        path, manifest = str(DATA / row["path"]), int(row["chars20"] or 0)
        if manifest < FEWEST:
            continue
        if path in failed:
            short.append(f"{row['path']}: failed, the manifest has {manifest}")
        if path not in read:
            continue
        pages = [page for page in catalogue.pages(read[path])[:PAGES] if not page.place]
        hidden = sum(dense(item.text) for page in pages for item in page.hidden)
        found = sum(dense(page.text) for page in pages) + hidden
        other = by_pypdf(path)
        if found < LEAST_SHARE * other or found < LEAST_OF_ALL * manifest:
            short.append(f"{row['path']}: {found} ({hidden} hidden), pypdf {other}, the manifest {manifest}")
    print(f"short of text: {len(short)} files (characters without white space; the manifest's with it)")
    for line in short:
        print("  " + line)


def dense(text: str) -> int:
    """Returns the number of characters without white space."""
    return len("".join(text.split()))


def by_pypdf(path: str) -> int:
    """Returns pypdf's number of characters without white space in the first pages; 0 where pypdf fails."""
    try:
        return sum(dense(page.extract_text()) for page in pypdf.PdfReader(path).pages[:PAGES])
    except Exception:  # noqa: BLE001 - pypdf raises anything on malformed files; the manifest's number is left
        return 0


if __name__ == "__main__":
    main()
