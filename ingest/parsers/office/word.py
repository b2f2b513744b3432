"""Parses Word documents (DOCX and its macro and template variants): paragraphs, lists, tables, notes, text boxes.

This project has its own parser of the XML: the available libraries omit insertions, list numbers, footnotes or text
boxes. Pages end where Word recorded page ends; without those, long documents are split before a heading.
"""

import re
from collections.abc import Iterator
from typing import Any

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Cell, Composer
from ingest.parsers.office.embedded import with_embedded
from ingest.parsers.office.ooxml import Office, attribute, child, children, is_on, local, value
from ingest.parsers.office.word_numbering import Numbers
from ingest.parsers.office.word_styles import NO_LIST, Style, Styles, combined
from ingest.parsers.office.word_text import PAGE_END, NoteNumbers, ParagraphText, words_of
from ingest.structure.headings import label_of
from ragnano.errors import DamagedFile
from ragnano.text.words import fold

_MOST_TITLE_CHARACTERS = 120
_SENTENCES = re.compile(r"[.:;]\s+\S|[.;]$")
_LAID_OUT = 600  # characters; a cell with more is a column of running text, not a cell
_WRAPPERS = frozenset("sdt sdtContent ins moveTo customXml smartTag hyperlink AlternateContent Choice".split())
_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d*\W*(?:of\s*\d*\W*)?", re.I)


def load_word(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a Word document. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    office = Office(data)
    pages = with_embedded(_WordParser(office).pages(), office, options)
    if not any(page.text for page in pages):
        if any("/media/" in name for name in office.names):
            raise DamagedFile("holds pictures and no text; save it as PDF, whose pages are then read by OCR")
        raise DamagedFile("the document holds no text; nothing to take in")
    return LoadedFile(pages, *office.title_and_author())


class _WordParser:
    """Walks the body of one document."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._styles = Styles(self._part("styles"))
        self._numbers = Numbers(self._part("numbering"))
        self._note_numbers = NoteNumbers()
        self._notes = {kind: self._noted(kind) for kind in ("footnote", "endnote", "comment")}
        self._endnotes: list[tuple[str, str]] = []
        self._clauses: set[int] = set()
        self._tables = 0
        self._out = Composer()

    def pages(self) -> Any:
        root = self._office.xml(self._office.main)
        body = child(root, "body")
        if body is None:
            raise DamagedFile("holds no document; open it in Word and save it anew")
        self._clauses = self._levels_of_clauses(body)
        self._body(body)
        for note in self._endnotes:
            self._note(note)
        for kind in ("header", "footer"):
            self._edges(kind)
        return self._out.pages()

    def _part(self, kind: str) -> Any:
        names = self._office.referred(self._office.main, kind)
        return self._office.xml(names[0]) if names else None

    def _noted(self, kind: str) -> dict[str, Any]:
        root = self._part(f"{kind}s")
        return {attribute(item, "id") or "": item for item in children(root, kind)} if root is not None else {}

    def _levels_of_clauses(self, body: Any) -> set[int]:
        """Return heading levels used for whole clauses, as law firms do: numbered ones are clauses, not headings."""
        levels = set()
        for paragraph in body.iter("{*}p"):
            style, _ = combined(self._styles, child(paragraph, "pPr"))
            if style.heading and not _is_title(fold(self._words(paragraph).text)):
                levels.add(style.heading)
        self._note_numbers = NoteNumbers()  # reset, because this pass must not advance the counters
        return levels

    def _body(self, body: Any) -> None:
        for item in children(body):
            name = local(item)
            if name == "p":
                self._paragraph(item)
            elif name == "tbl":
                self._table(item)
            elif name in _WRAPPERS:
                self._body(item)

    def _words(self, paragraph: Any, *, has_background: bool = False) -> ParagraphText:
        return words_of(paragraph, self._styles, self._note_numbers, has_background=has_background)

    def _paragraph(self, paragraph: Any) -> None:
        properties = child(paragraph, "pPr")
        style, name = combined(self._styles, properties)
        words = self._words(paragraph)
        if style.breaks:
            self._out.break_page()
        self._write(words, style, self._number(style, name, words.text))
        self._attached(words)
        section = child(properties, "sectPr") if properties is not None else None
        if section is not None and value(section, "type") != "continuous":
            self._out.break_page()

    def _number(self, style: Style, name: str, text: str) -> str:
        if style.list is None or style.list == NO_LIST or not text.strip():
            return ""
        level = style.level if style.level is not None else self._numbers.level_of_style(style.list, name)
        return self._numbers.next(style.list, level)

    def _write(self, words: ParagraphText, style: Style, number: str) -> None:
        if style.hidden:
            self._out.hide("invisible", words.text)
            return
        for at, text in enumerate(words.text.split(PAGE_END)):
            if at:
                self._out.break_page()
            if not text.strip():
                continue
            whole = f"{number} {text}" if number else text
            number = ""
            is_clause = style.heading in self._clauses and label_of(whole) is not None
            if style.heading and _is_title(fold(whole)) and not is_clause:
                self._out.heading(style.heading, whole)
            else:
                self._out.paragraph(whole)

    def _attached(self, words: ParagraphText) -> None:
        """Write what is attached to a paragraph after it: hidden text, notes, text boxes."""
        for kind, texts in (("invisible", words.hidden), ("size", words.tiny), ("colour", words.white)):
            self._out.hide(kind, " ".join(texts))  # type: ignore[arg-type]
        for note in words.notes:
            if note[0] == "endnote":
                self._endnotes.append(note)
            else:
                self._note(note)
        for box in words.boxes:
            self._body(box)

    def _note(self, note: tuple[str, str]) -> None:
        kind, name = note
        item = self._notes[kind].get(name)
        if item is None:
            return
        text = " ".join(self._words(paragraph).text.strip() for paragraph in item.iter("{*}p"))
        if kind == "comment":
            author = fold(attribute(item, "author") or "")
            self._out.paragraph(f"Comment{f' by {author}' if author else ''}: {fold(text)}", "comment")
        else:
            number = self._note_numbers.number(kind, name)
            self._out.paragraph(f"{number} {fold(text)}", f"{kind} {number}")

    def _table(self, table: Any) -> None:
        rows = [row for row in _rows(table) if not is_on(row, "trPr", "del")]
        cells = [[(cell, self._cell(cell)) for cell in _cells(row)] for row in rows]
        if not cells or max(map(len, cells)) < 2 or any(len(w.text) > _LAID_OUT for row in cells for _, w in row):
            for row in cells:
                for cell, _ in row:
                    self._body(cell)
            return
        self._tables += 1
        for at, (row, content) in enumerate(zip(rows, cells, strict=True), 1):
            if PAGE_END in content[0][1].text and at > 1:
                self._out.break_page()
            if is_on(row, "trPr", "hidden"):
                self._out.hide("invisible", " ".join(words.text for _, words in content))
                continue
            name = f"table {self._tables}, row {at}"
            self._out.row([Cell(words.text.replace(PAGE_END, " "), name) for _, words in content])
        self._out.end_table()
        for row in cells:
            for _, words in row:
                self._attached(words)

    def _cell(self, cell: Any) -> ParagraphText:
        """Join all paragraphs of a cell; a table inside the cell is written out in order."""
        whole = ParagraphText()
        if value(cell, "tcPr", "vMerge") == "continue" or _continues(cell):
            return whole
        for paragraph in cell.iter("{*}p"):
            if any(local(above) in ("txbxContent", "Fallback") for above in paragraph.iterancestors()):
                continue
            style, name = combined(self._styles, child(paragraph, "pPr"))
            words = self._words(paragraph, has_background=True)
            number = self._number(style, name, words.text)
            target = "hidden" if style.hidden else "text"
            if target == "text":
                whole.text += (" " if whole.text else "") + f"{number} {words.text}".strip(" ")
            else:
                whole.hidden.append(words.text)
            whole.boxes += words.boxes
            whole.notes += words.notes
            whole.hidden += words.hidden
            whole.tiny += words.tiny
        return whole

    def _edges(self, kind: str) -> None:
        """Write headers or footers after the text, each wording once, because they belong to no clause."""
        seen: set[str] = set()
        for name in self._office.referred(self._office.main, kind):
            paragraphs = (self._words(item).text for item in self._office.xml(name).iter("{*}p"))
            text = "\n".join(line for item in paragraphs if (line := fold(item)))
            if text and text not in seen and not _PAGE_NUMBER.fullmatch(text):
                seen.add(text)
                self._out.paragraph(text, kind)


def _is_title(text: str) -> bool:
    """Return whether the text can be a title: law firms also use heading styles for whole clauses."""
    label = label_of(text)
    title = text[label.rest :] if label else text
    return len(title) <= _MOST_TITLE_CHARACTERS and not _SENTENCES.search(title)


def _rows(table: Any) -> Iterator[Any]:
    for item in children(table):
        if local(item) == "tr":
            yield item
        elif local(item) in _WRAPPERS:
            yield from _rows(item)


def _cells(row: Any) -> Iterator[Any]:
    for item in children(row):
        if local(item) == "tc":
            yield item
        elif local(item) in _WRAPPERS:
            yield from _cells(item)


def _continues(cell: Any) -> bool:
    """Return whether a cell continues the one above it (`vMerge` without a value)."""
    merge = child(cell, "tcPr", "vMerge")
    return merge is not None and attribute(merge, "val") is None
