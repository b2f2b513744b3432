"""Checks that the sample documents and questions.json match README.md.

    python sample_docs/check_samples.py

Prints each fault and exits 1 when there is one. Reads the files in documents/ as they are; `make_samples.py --check`
tells whether they are up to date. Independent of ragnano's answering code.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from docx import Document

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE / "documents"
SOURCES = HERE / "sources"
QUESTIONS = HERE / "questions.json"
SCAN = "dunmere-ravensholt-guaranty-scan.pdf"
WORD = "wrenfield-saltmarsh-consultancy-letter.docx"

# The promises of README.md.
ANSWERABLE, UNANSWERABLE = 43, 20
PAGES = range(2, 13)
MAX_BYTES, MAX_SCAN_BYTES = 2_000_000, 600_000
MIN_PDF_CONTRACTS = 9
KEYS = {"question", "expected", "document", "page"}

# Words of an expected answer that carry grammar instead of facts, or that answer a yes-or-no question.
_FILLERS = frozenset({
    "a", "after", "an", "and", "ends", "for", "from", "greater", "in", "it", "no", "not", "of", "per",
    "previous", "the", "to", "us", "within", "yes",
})  # fmt: skip


def words(text: str) -> list[str]:
    """Returns a text's lower-case words and numbers: "sixty (60) days" gives sixty, 60, days; "$1,150" gives 1,150."""
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower().replace("'s", "")
    return re.findall(r"\d[\d,.]*\d%?|\d%?|[a-z]+", text)


def page_texts(path: Path) -> list[str]:
    """Returns the text of each page of a PDF; a text file is one page. The scan's text comes from its source."""
    if path.name == SCAN:
        with pdfium.PdfDocument(path) as document:
            return [(SOURCES / SCAN).with_suffix(".md").read_text(encoding="utf-8")] * len(document)
    if path.suffix != ".pdf":
        return [path.read_text(encoding="utf-8")]
    with pdfium.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def question_faults(entry: dict[str, Any]) -> Iterator[str]:
    """Returns the faults of one entry of questions.json."""
    asked = entry.get("question", "")
    if set(entry) != KEYS or not asked:
        yield f"{asked!r}: its keys are not {sorted(KEYS)}"
        return
    rest = [entry["expected"], entry["document"], entry["page"]]
    if rest == [None, None, None]:
        return
    path = DOCUMENTS / str(entry["document"])
    if None in rest or not path.is_file():
        yield f"{asked!r}: names no document that exists, or leaves one field empty"
        return
    if path.name == WORD:
        yield f"{asked!r}: is about {path.name}, which no question may be about"
    texts = page_texts(path)
    if not 1 <= entry["page"] <= len(texts):
        yield f"{asked!r}: {path.name} has no page {entry['page']}"
        return
    missing = set(words(entry["expected"])) - _FILLERS - set(words(texts[entry["page"] - 1]))
    if missing:
        yield f"{asked!r}: page {entry['page']} of {path.name} does not say {sorted(missing)}"


def list_faults(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Returns the faults of questions.json as a whole and of each entry."""
    unanswerable = sum(entry.get("expected") is None for entry in entries)
    if (len(entries) - unanswerable, unanswerable) != (ANSWERABLE, UNANSWERABLE):
        yield f"{len(entries) - unanswerable} answerable and {unanswerable} unanswerable questions"
    if len({entry.get("question") for entry in entries}) != len(entries):
        yield "a question stands in the list twice"
    for entry in entries:
        yield from question_faults(entry)


def document_faults() -> Iterator[str]:
    """Returns the faults of the documents: sizes, page counts, text layers."""
    files = sorted(DOCUMENTS.iterdir())
    total = sum(path.stat().st_size for path in files)
    if total > MAX_BYTES:
        yield f"documents/ holds {total} bytes, more than {MAX_BYTES}"
    contracts = [path for path in files if path.suffix == ".pdf" and path.name != SCAN]
    if len(contracts) < MIN_PDF_CONTRACTS:
        yield f"only {len(contracts)} contracts as PDF"
    for path in contracts:
        texts = page_texts(path)
        if len(texts) not in PAGES:
            yield f"{path.name}: {len(texts)} pages"
        if not all(text.strip() for text in texts):
            yield f"{path.name}: a page has no text"
    yield from _scan_faults(DOCUMENTS / SCAN)
    yield from _word_faults(DOCUMENTS / WORD)


def _scan_faults(path: Path) -> Iterator[str]:
    if path.stat().st_size > MAX_SCAN_BYTES:
        yield f"{path.name}: larger than {MAX_SCAN_BYTES} bytes"
    with pdfium.PdfDocument(path) as document:
        if len(document) not in PAGES:
            yield f"{path.name}: {len(document)} pages"
        for number, page in enumerate(document, 1):
            kinds = [item.type for item in page.get_objects()]
            if page.get_textpage().count_chars() or kinds != [pdfium_raw.FPDF_PAGEOBJ_IMAGE]:
                yield f"{path.name}: page {number} is not one picture without text"


def _word_faults(path: Path) -> Iterator[str]:
    document = Document(str(path))
    headings = [item for item in document.paragraphs if ((item.style and item.style.name) or "").startswith("Heading")]
    if not headings or not document.tables:
        yield f"{path.name}: has no heading or no table"


def main() -> int:
    """Runs every check; returns exit code 0 when none fails."""
    entries = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    faults = [*document_faults(), *list_faults(entries)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(entries)} questions and {len(list(DOCUMENTS.iterdir()))} documents are as described")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
