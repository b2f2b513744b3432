"""Builds sample_docs/documents from sample_docs/sources; every run gives the same bytes.

    python sample_docs/make_samples.py            build
    python sample_docs/make_samples.py --check    build in memory and compare with the files on disk

Needs the development packages (reportlab, python-docx) in addition to ragnano's own. Ignores questions.json, which
check_samples.py checks.
"""

import argparse
import sys
from pathlib import Path

from maker.layout import render_pdf
from maker.markup import Source, read_source
from maker.scan import scan_pdf
from maker.word import render_docx

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
DOCUMENTS = HERE / "documents"
# Copied unchanged: these are Markdown and plain-text documents, not sources of a PDF.
COPIED = ("kestrelmoor-contract-signing-policy.md", "brightwater-copperfinch-side-letter.txt")


def render(source: Source) -> bytes:
    """Renders one document in the format of its file name."""
    if source.file.endswith(".docx"):
        return render_docx(source)
    pdf = render_pdf(source)
    return scan_pdf(pdf, source.title) if source.file.endswith("-scan.pdf") else pdf


def build() -> dict[str, bytes]:
    """Builds every sample document; returns file name to bytes."""
    made = {name: (SOURCES / name).read_bytes() for name in COPIED}
    for path in sorted(SOURCES.glob("*.md")):
        if path.name not in COPIED:
            source = read_source(path)
            made[source.file] = render(source)
    return made


def main() -> int:
    """Writes the documents, or with --check reports which differ. Returns exit code 1 when some do."""
    parser = argparse.ArgumentParser(description="Build the sample documents from their sources.")
    parser.add_argument("--check", action="store_true", help="change nothing; report documents that are not current")
    check = parser.parse_args().check
    made = build()
    if check:
        present = {path.name: path.read_bytes() for path in DOCUMENTS.iterdir()} if DOCUMENTS.is_dir() else {}
        stale = sorted(name for name in made.keys() | present.keys() if made.get(name) != present.get(name))
        for name in stale:
            print(f"not current: {name} (run python sample_docs/make_samples.py)", file=sys.stderr)
        return 1 if stale else 0
    DOCUMENTS.mkdir(exist_ok=True)
    for name, data in made.items():
        (DOCUMENTS / name).write_bytes(data)
    print(f"{len(made)} documents, {sum(map(len, made.values())) / 1024:.0f} KiB in {DOCUMENTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
