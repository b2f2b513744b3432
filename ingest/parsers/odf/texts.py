"""Parses OpenDocument texts (ODT) and presentations (ODP): paragraphs, lists, tables, notes and slides."""

from typing import Any

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Cell, Composer
from ingest.parsers.odf.lists import Counter
from ingest.parsers.odf.package import PAGE_END, OpenDocument, ParagraphText, repeated, words_of
from ingest.parsers.office.ooxml import attribute, child, children, integer, local
from ragnano.errors import DamagedFile
from ragnano.text.words import fold

_LEFT_OUT = frozenset("tracked-changes sequence-decls variable-decls user-field-decls forms table-of-content".split())
_MOST_COLUMNS = 100  # columns that a repeated empty cell may represent


def load_odt(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of an OpenDocument text. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    document = OpenDocument(data)
    writer = _Writer(document)
    writer.write(document.body("text"))
    writer.finish()
    return _loaded(document, writer)


def load_odp(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of an OpenDocument presentation, laid out as for PowerPoint. Raises the errors of `load_odt`."""
    document = OpenDocument(data)
    writer = _Writer(document)
    for number, slide in enumerate(children(document.body("presentation"), "page"), 1):
        hidden = " (hidden)" if document.style(attribute(slide, "style-name")).hidden else ""
        writer.out.break_page(f"Slide {number}{hidden}")
        writer.slide(slide)
        notes = child(slide, "notes")
        if notes is not None:
            writer.out.break_page(f"Slide {number}{hidden}, notes")
            writer.slide(notes)
    return _loaded(document, writer)


def _loaded(document: OpenDocument, writer: "_Writer") -> LoadedFile:
    pages = writer.out.pages()
    if not any(page.text for page in pages):
        raise DamagedFile("the document holds no text; nothing to take in")
    return LoadedFile(pages, *document.title_and_author())


class _Writer:
    """Walks the body of one document."""

    def __init__(self, document: OpenDocument) -> None:
        self._document = document
        self.out = Composer()
        self._lists: dict[str, Counter] = {}
        self._outline = Counter(document.outline)
        self._endnotes: list[Any] = []
        self._tables = 0

    def write(self, element: Any) -> None:
        """Write everything below an element, in order."""
        for item in children(element):
            self._item(item)

    def finish(self) -> None:
        """Write what follows the text: endnotes, then headers and footers, each wording once."""
        for note in self._endnotes:
            self._note(note)
        seen: set[str] = set()
        styles = self._document.styles
        for kind in ("header", "footer"):
            for item in () if styles is None else styles.iter(f"{{*}}{kind}"):
                text = "\n".join(line for p in item.iter("{*}p") if (line := fold(words_of(p, self._document).text)))
                if any(character.isalpha() for character in text) and text not in seen:
                    seen.add(text)
                    self.out.paragraph(text, kind)

    def slide(self, slide: Any) -> None:
        """Write a slide's frames, its title first."""
        frames = list(children(slide, "frame", "custom-shape", "g", "rect", "ellipse"))
        titles = [frame for frame in frames if attribute(frame, "class") == "title"]
        for frame in titles:
            self.out.heading(1, " ".join(words_of(p, self._document).text for p in frame.iter("{*}p")))
        for frame in frames:
            if frame not in titles and attribute(frame, "class") not in ("page-number", "date-time", "page"):
                self.write(frame)

    def _item(self, item: Any) -> None:
        name = local(item)
        if name in ("p", "h"):
            self._paragraph(item, "")
        elif name == "list":
            self._list(item, 1, "")
        elif name == "table":
            self._table(item)
        elif name == "soft-page-break":
            self.out.break_page()
        elif name == "section" and attribute(item, "display") == "none":
            self.out.hide("invisible", " ".join(item.itertext()))
        elif name not in _LEFT_OUT:
            self.write(item)

    def _paragraph(self, paragraph: Any, number: str) -> None:
        style = self._document.style(attribute(paragraph, "style-name"))
        words = words_of(paragraph, self._document)
        if style.breaks:
            self.out.break_page()
        if style.hidden:
            self.out.hide("invisible", words.text)
            return
        is_heading = local(paragraph) == "h"
        level = integer(attribute(paragraph, "outline-level"), 1) if is_heading else 0
        if is_heading and not number and words.text.strip() and attribute(paragraph, "is-list-header") != "true":
            number = self._outline.next(level)
        for at, text in enumerate(words.text.split(PAGE_END)):
            if at:
                self.out.break_page()
            if not text.strip():
                continue
            whole = f"{number} {text.strip()}" if number else text
            number = ""
            if is_heading:
                self.out.heading(level, whole)
            else:
                self.out.paragraph(whole)
        self._attached(words)

    def _attached(self, words: ParagraphText) -> None:
        self.out.hide("invisible", " ".join(words.hidden))
        for note in words.notes:
            if attribute(note, "note-class") == "endnote":
                self._endnotes.append(note)
            else:
                self._note(note)
        for box in words.boxes:
            self.write(box)

    def _note(self, note: Any) -> None:
        citation, body = child(note, "note-citation"), child(note, "note-body")
        number = "".join(citation.itertext()) if citation is not None else ""
        text = " ".join(words_of(p, self._document).text for p in body.iter("{*}p")) if body is not None else ""
        self.out.paragraph(f"{number} {fold(text)}", f"{attribute(note, 'note-class') or 'footnote'} {number}")

    def _list(self, item: Any, level: int, style: str) -> None:
        style = attribute(item, "style-name") or style
        counter = self._lists.get(style)
        if counter is None:
            counter = self._lists[style] = Counter(self._document.lists.get(style))
        elif attribute(item, "continue-numbering") != "true" and attribute(item, "continue-list") is None:
            counter.restart(level)
        for entry in children(item, "list-item", "list-header"):
            number = ""
            first = next(children(entry), None)
            if local(entry) == "list-item" and first is not None and local(first) in ("p", "h"):
                number = counter.next(level, attribute(entry, "start-value"))
            for part in children(entry):
                if local(part) == "list":
                    self._list(part, level + 1, style)
                elif local(part) in ("p", "h"):
                    self._paragraph(part, number)
                    number = ""
                else:
                    self._item(part)

    def _table(self, table: Any) -> None:
        self._tables += 1
        for at, row in enumerate(_rows(table), 1):
            cells: list[Cell] = []
            for cell in children(row, "table-cell", "covered-table-cell"):
                texts = (words_of(p, self._document).text for p in cell.iter("{*}p", "{*}h"))
                text = " ".join(texts).replace(PAGE_END, " ")
                count = repeated(cell, "columns")
                cells += [Cell(text, f"table {self._tables}, row {at}")] * min(count, _MOST_COLUMNS)
            self.out.row(cells)
        self.out.end_table()


def _rows(table: Any) -> list[Any]:
    """Return a table's rows in order, header rows first, without the rows of tables inside its cells."""
    rows: list[Any] = []
    for item in children(table):
        if local(item) == "table-row":
            rows.append(item)
        elif local(item) in ("table-header-rows", "table-rows", "table-row-group"):
            rows += _rows(item)
    return rows
