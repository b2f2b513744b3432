"""Words that OCR reads wrong, on pages of real contracts printed to pictures: clean, and as bad copies are.

    make ocr ARGS="--pages 40"

The pages are drawn at random (seeded), one per contract, rendered at 200 dpi and put into a PDF of pictures, which the
PDF parser handles like a scan. The measure is the word error rate against the page's own text layer: words in lower
case without punctuation, edit distance divided by the words of the layer. A page whose columns or table cells are read
in another order has errors in that measure though every word is right. So `bag` counts without regard to order: the
missing or the extra words, whichever are more. `bag` never exceeds the rate in order.
"""

import argparse
import collections
import io
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

from ingest.characters.sanitize import clean
from ingest.discovery.file_types import PDF
from ingest.parsers.registry import ReadOptions, load
from ragnano.text.words import words

DATA = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "pdf"
DPI = 200
LEAST_WORDS = 100


class Printed(NamedTuple):
    """A page: its source, its picture (grey), and its words according to the text layer."""

    name: str
    picture: Image.Image
    words: list[str]


def printed(folder: Path, count: int, seed: int) -> list[Printed]:
    """Returns `count` pages, one per contract while they last, rendered at DPI."""
    chance = random.Random(seed)
    files = sorted(folder.glob("*.pdf"))
    chance.shuffle(files)
    pages: list[Printed] = []
    while len(pages) < count:
        for file in files:
            with pypdfium2.PdfDocument(file) as pdf:
                at = chance.randrange(len(pdf))
                layer = words(clean(pdf[at].get_textpage().get_text_range().replace("\ufffe", "-")))
                if len(layer) >= LEAST_WORDS and len(pages) < count:
                    picture = pdf[at].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
                    pages.append(Printed(f"{file.stem[:40]} {at + 1}", picture, layer))
    return pages


def degraded(picture: Image.Image, seed: int) -> Image.Image:
    """Returns a bad copy: skewed by up to 1.5 degrees, blurred, dim, shaded to the right, noisy, JPEG quality 40."""
    chance = np.random.default_rng(seed)
    askew = picture.rotate(float(chance.uniform(-1.5, 1.5)), resample=Image.Resampling.BICUBIC, fillcolor=255)
    light = np.asarray(askew.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float64) * (150 / 255) + 60
    light += chance.normal(0, 12, light.shape) - 30 * np.linspace(0, 1, light.shape[1])
    packed = io.BytesIO()
    Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).save(packed, "JPEG", quality=40)
    return Image.open(packed)


def scan_of(pictures: Sequence[Image.Image]) -> bytes:
    """Returns a PDF whose pages are the pictures."""
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI, quality=95)
    return out.getvalue()


def errors(expected: Sequence[str], got: Sequence[str]) -> tuple[int, int]:
    """Returns the edit distance in words, and the same without regard to order."""
    missing = collections.Counter(expected)
    missing.subtract(got)
    bag = max(sum(missing[word] for word in missing if missing[word] > 0), -sum(n for n in missing.values() if n < 0))
    return Levenshtein.distance(expected, got), bag


def measured(name: str, pages: Sequence[Printed], pictures: Sequence[Image.Image]) -> Iterator[str]:
    """Yields the lines of the report for one state of the pages."""
    data = scan_of(pictures)
    begun, work = time.perf_counter(), time.process_time()
    read = load(data, PDF, ReadOptions()).pages
    seconds, work = time.perf_counter() - begun, time.process_time() - work
    rates = []
    for page, found in zip(pages, read, strict=True):
        ordered, bag = errors(page.words, words(found.text))
        rates.append((ordered, bag, len(page.words), page.name, found.unreadable))
    total = sum(rate[2] for rate in rates)
    yield (
        f"{name:9} WER {sum(rate[0] for rate in rates) / total:.4f}  bag {sum(rate[1] for rate in rates) / total:.4f}  "
        f"pages/min {60 * len(pages) / seconds:.0f}  processor seconds a page {work / len(pages):.2f}  "
        f"doubted {sum(rate[4] is not None for rate in rates)}"
    )
    for ordered, bag, count, name_of_page, doubt in sorted(rates, key=lambda rate: -rate[0] / rate[2])[:4]:
        yield f"    {ordered / count:.3f} in order, {bag / count:.3f} bag: {name_of_page} {doubt or ''}"


def main() -> None:
    """Prints a line for clean and one for degraded pages, and the worst pages of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder of PDFs with good text layers")
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    pages = printed(chosen.data, chosen.pages, chosen.seed)
    for line in measured("clean", pages, [page.picture for page in pages]):
        print(line, flush=True)
    bad = [degraded(page.picture, chosen.seed + at) for at, page in enumerate(pages)]
    for line in measured("degraded", pages, bad):
        print(line, flush=True)


if __name__ == "__main__":
    main()
