"""PDFs that break readers: how each of them ends, how long it takes, and whether its text is all there.

    .venv/bin/python -m tests.benchmarks.hostile [--ocr auto|always|never] [--files N]

The files of ../shared/data/pdfs with their manifest (`chars20`: characters of the first 20 pages by another reader).
Each is taken in as `ragnano ingest` does, with an embedder that costs nothing.
"""

import argparse
import csv
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from ingest.pipeline import Progress, ingest
from ragnano.config import Settings
from ragnano.store import Catalogue, Vectors
from tests.conftest import FakeEmbedder

DATA = Path(__file__).parents[3] / "shared" / "data" / "pdfs"
PAGES = 20  # that the manifest counts
LEAST_SHARE = 0.8  # of the manifest's characters; white space counts, and every reader counts it differently
FEWEST = 50  # characters; below that the share says nothing


def main() -> None:
    parser = argparse.ArgumentParser(description="Take in PDFs that break readers.")
    parser.add_argument("--ocr", default="never", choices=("auto", "always", "never"))
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    rows = list(csv.DictReader((DATA / "manifest.csv").open(encoding="utf-8")))[: options.files]
    paths = [DATA / row["path"] for row in rows if (DATA / row["path"]).is_file()]
    seconds: dict[str, float] = {}
    last = time.monotonic()

    def tell(state: Progress) -> None:
        nonlocal last
        seconds[state.path], last = time.monotonic() - last, time.monotonic()

    with TemporaryDirectory() as home:
        settings = Settings.load(data_dir=Path(home), ocr=options.ocr)
        catalogue = Catalogue(settings.data_dir)
        vectors = Vectors(settings.data_dir, catalogue)
        own = psutil.Process()
        before = own.memory_info().rss
        embedder = FakeEmbedder()
        embedder.count_tokens(["started"])
        report = ingest(
            paths, settings=settings, catalogue=catalogue, vectors=vectors, embedder=embedder, progress=tell
        )
        after = own.memory_info().rss
        read = {path: document.id for document in catalogue.documents() for path in document.paths}
        partly = {item.path for item in report.unreadable_pages}
        print(f"{len(paths)} files, {report.seconds:.0f} s: {len(read) - len(partly & read.keys())} read, "
              f"{len(partly & read.keys())} partly read, {len(report.failed)} named with a reason, "
              f"{len(paths) - len(read) - len(report.failed)} without an end")  # fmt: skip
        slow = sorted(seconds.items(), key=lambda item: -item[1])[:3]
        print("longest:", "; ".join(f"{Path(path).name} {taken:.1f} s" for path, taken in slow))
        print(f"memory of the parent before and after: {before >> 20} and {after >> 20} MB")
        print("reasons:", dict(Counter(item.reason.split(";")[0].split("(")[0].strip() for item in report.failed)))
        print(f"hidden text on {len({(item.path, item.page) for item in report.hidden})} pages of "
              f"{len({item.path for item in report.hidden})} files")  # fmt: skip
        short = compared(rows, read, catalogue, {item.path for item in report.failed})
        print(f"less than {LEAST_SHARE} of the manifest's characters: {len(short)} files")
        for line in short:
            print("  " + line)
        vectors.close()
        catalogue.close()


def compared(rows: list[dict[str, str]], read: dict[str, str], catalogue: Catalogue, failed: set[str]) -> list[str]:
    """The files with clearly fewer characters, white space and hidden text counted, than the manifest tells of."""
    short = []
    for row in rows:
        path, expected = str(DATA / row["path"]), int(row["chars20"] or 0)
        if expected < FEWEST or path not in read:
            if expected >= FEWEST and path in failed:
                short.append(f"{row['path']}: failed, the manifest has {expected}")
            continue
        pages = catalogue.pages(read[path])[:PAGES]
        found = sum(len(page.text) + sum(len(item.text) for item in page.hidden) for page in pages)
        if found < LEAST_SHARE * expected:
            hidden = sum(len(item.text) for page in pages for item in page.hidden)
            short.append(f"{row['path']}: {found} of {expected} characters ({hidden} of them hidden)")
    return short


if __name__ == "__main__":
    main()
