"""Parses web pages (HTML) into pages of text: title, headings, lists, tables. HTML mail uses the same code.

`ingest.parsers.html.cleanup` removes hidden text, `unstructured` splits the rest into elements. A page that it fails on
is read as plain paragraphs, so no text is lost.
"""

from collections.abc import Sequence

from lxml import etree

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Cell, Composer
from ingest.parsers.html.cleanup import LINE_END, NUMBERED, Tidy, tidied
from ingest.parsers.html.elements import Element, elements_of
from ragnano.errors import DamagedFile

_MOST_DEPTH = 200  # nested elements; beyond 255 `unstructured`'s parser drops them silently


def load_html(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a web page. Raises DamagedFile if it contains no text."""
    out = Composer()
    tidy = write_html(data, out)
    pages = out.pages()
    if tidy is None or not any(page.text for page in pages):
        raise DamagedFile("the page has no visible text; nothing to take in")
    return LoadedFile(pages, tidy.title, tidy.author)


def write_html(data: bytes | str, out: Composer) -> Tidy | None:
    """Write the visible text of a page; returns None if there is none."""
    tidy = tidied(data)
    if tidy is None:
        return None
    for kind, text in tidy.hidden:
        out.hide(kind, text)
    tables = 0
    for element in _elements(tidy):
        text = element.text.replace(LINE_END, "\n").strip()
        if element.kind == "heading":
            out.heading(element.level, text)
        elif element.kind == "table":
            tables += 1
            _write_table(element.rows, tables, out)
        else:
            bullet = element.kind == "item" and text and not text.startswith(NUMBERED)
            out.paragraph(f"• {text}" if bullet else text.removeprefix(NUMBERED))
    return tidy


def _write_table(rows: Sequence[Sequence[str]], number: int, out: Composer) -> None:
    for at, row in enumerate(rows, 1):
        out.row([Cell(text.replace(LINE_END, " "), f"table {number}, row {at}") for text in row])
    out.end_table()


def _elements(tidy: Tidy) -> list[Element]:
    try:
        if tidy.depth <= _MOST_DEPTH:
            return elements_of(tidy.page)
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError, AssertionError, etree.LxmlError):
        pass  # read the text without its structure
    texts = (text for text in tidy.root.itertext() if text.strip())
    return [Element("text", text.replace(NUMBERED, "")) for text in texts]
