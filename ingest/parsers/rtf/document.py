"""Parses rich text (RTF) into pages: paragraphs, numbered lists, tables, notes. RTF mail bodies use the same code.

This project has its own RTF parser: the available library shows hidden and deleted text and loses the names of
headings. It processes groups, control words and code pages; pictures, formatting and embedded objects are skipped.
"""

import re
from dataclasses import dataclass, replace

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Cell, Composer
from ingest.parsers.office.ooxml import metadata_line
from ingest.parsers.office.word_text import raised
from ragnano.errors import DamagedFile
from ragnano.types import HiddenKind

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\'?"
)
_MOST_DEPTH = 2_000  # nested groups; word processors need about 20
# Groups without text of the document. So is any group marked with \* that is not named elsewhere.
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator info pict object objdata "
    b"fldinst xmlnstbl themedata colorschememapping datastore latentstyles datafield bkmkstart bkmkend nonshppict "
    b"pnseclvl filetbl atnid atnauthor annotation fontemb ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn xe tc "
    b"background mmathPr formfield pgdsctbl".split()
)
_STARRED_TEXT = frozenset((b"shpinst", b"shptxt", b"footnote", b"listtext", b"pntext"))
_EDGES = {
    **dict.fromkeys((b"header", b"headerl", b"headerr", b"headerf"), "header"),
    **dict.fromkeys((b"footer", b"footerl", b"footerr", b"footerf"), "footer"),
}
_CHARACTERS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"emdash": "—", b"endash": "–", b"emspace": " ", b"enspace": " ",
    b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t", b":": ""}
_CODE_PAGES = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_FONT = re.compile(rb"\\f(\d+)(?:(?!\\f\d)[^{};])*?\\fcharset(\d+)")
_DEFAULT_PAGE = re.compile(rb"\\ansicpg(\d+)")
_PROPERTY = re.compile(rb"\{\\(title|author)\s?([^{}]*)\}")
_SMALLEST = 4  # half points; text of this size or smaller is hidden


@dataclass(frozen=True, slots=True)
class _State:
    """State that a group inherits: where its text goes, how it is encoded, whether it is visible."""

    skipped: bool = False
    edge: str = ""
    note: bool = False
    hidden: HiddenKind | None = None
    deleted: bool = False
    encoding: str = "cp1252"
    units: int = 1  # fallback characters after one \u


def load_rtf(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a rich text file. Raises DamagedFile if it contains no text."""
    out = Composer()
    write_rtf(data, out)
    pages = out.pages()
    if not any(page.text for page in pages):
        raise DamagedFile("the document holds no text; nothing to take in")
    facts = {name: metadata_line(text.decode("cp1252", "replace")) for name, text in _PROPERTY.findall(data[:20_000])}
    return LoadedFile(pages, facts.get(b"title", ""), facts.get(b"author", ""))


def write_rtf(data: bytes, out: Composer) -> None:
    """Write the visible text of a rich text file."""
    _RtfParser(data, out).read(data)


class _RtfParser:
    """Processes the tokens of one file."""

    def __init__(self, data: bytes, out: Composer) -> None:
        self._out = out
        self._fonts = {int(font): _CODE_PAGES.get(int(charset), "cp1252") for font, charset in _FONT.findall(data)}
        page = _DEFAULT_PAGE.search(data[:2_000])
        self._page = f"cp{int(page[1])}" if page else "cp1252"
        self._state = _State(encoding=self._page)
        self._above: list[_State] = []
        self._bytes = b""
        self._text = ""
        self._note = ""
        self._notes: list[str] = []
        self._edge = ""
        self._edges: dict[str, str] = {}
        self._hidden: list[tuple[HiddenKind, str]] = []
        self._cells: list[str] = []
        self._in_table = False
        self._tables = self._row = self._count = 0
        self._level = 0
        self._skip = 0
        self._opened = self._starred = False

    def read(self, data: bytes) -> None:
        at = 0
        while (found := _TOKEN.match(data, at)) is not None:
            at = found.end()
            word, number, code, symbol, brace, text = found.groups()
            if word == b"bin":
                at += max(int(number or 0), 0)
            elif brace:
                self._brace(brace)
            elif word:
                self._word(word, int(number) if number is not None else None)
            elif code:
                self._raw(bytes([int(code, 16)]))
            elif symbol:
                self._symbol(symbol)
            elif text:
                self._raw(text)
        self._flush_paragraph()
        self._end_rows()
        for text, kind in self._edges.items():
            self._out.paragraph(text, kind)

    def _brace(self, brace: bytes) -> None:
        self._decode()
        if brace == b"{":
            if len(self._above) >= _MOST_DEPTH:
                raise DamagedFile("its groups are nested too deeply; open it in Word and save it anew")
            self._above.append(self._state)
            self._opened, self._starred = True, False
        elif self._above:
            before, self._state = self._state, self._above.pop()
            self._opened = False
            if before.note and not self._state.note:
                self._notes.append(self._note)
                self._note = ""
            if before.edge and not self._state.edge:
                self._end_edge(before.edge)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = self._opened
        else:
            self._add("\n" if symbol in b"\r\n" else _SYMBOLS.get(symbol, ""))
            self._opened = False

    def _word(self, word: bytes, number: int | None) -> None:
        opened, starred = self._opened, self._starred
        self._opened = self._starred = False
        if opened and self._destination(word, starred):
            return
        self._decode()
        if word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word == b"u" and number is not None:
            self._add(chr(number % 65536))
            self._skip = self._state.units
        elif word in (b"par", b"sect", b"page"):
            self._paragraph_end(page=word == b"page")
        elif word in (b"cell", b"nestcell", b"row", b"nestrow", b"trowd", b"intbl", b"pard"):
            self._table_word(word)
        elif word == b"chftn":
            self._count += 0 if self._state.note else 1
            self._add(raised(self._count))
        elif word == b"outlinelevel":
            self._level = (number or 0) + 1 if number is not None and number < 9 else 0
        else:
            self._format(word, number)

    def _destination(self, word: bytes, starred: bool) -> bool:
        """Return whether the word names the content of the open group."""
        if word in _SKIPPED or (starred and word not in _STARRED_TEXT):
            self._state = replace(self._state, skipped=True)
        elif word in _EDGES:
            self._state = replace(self._state, edge=_EDGES[word])
        elif word == b"footnote":
            self._state = replace(self._state, note=True)
        else:
            return False
        return True

    def _format(self, word: bytes, number: int | None) -> None:
        on = number != 0
        if word == b"v":
            self._state = replace(self._state, hidden="invisible" if on else None)
        elif word == b"fs" and number is not None and self._state.hidden != "invisible":
            self._state = replace(self._state, hidden="size" if number <= _SMALLEST else None)
        elif word == b"deleted":
            self._state = replace(self._state, deleted=on)
        elif word == b"f" and number is not None:
            self._state = replace(self._state, encoding=self._fonts.get(number, self._page))
        elif word == b"uc" and number is not None:
            self._state = replace(self._state, units=max(number, 0))
        elif word == b"plain":
            self._state = replace(self._state, hidden=None, deleted=False, encoding=self._page)

    def _raw(self, data: bytes) -> None:
        self._opened = False
        left = min(self._skip, len(data))
        self._skip -= left
        self._bytes += data[left:]

    def _decode(self) -> None:
        if self._bytes:
            data, self._bytes = self._bytes, b""
            try:
                self._put(data.decode(self._state.encoding, "replace"))
            except LookupError:
                self._put(data.decode("cp1252", "replace"))

    def _add(self, text: str) -> None:
        self._decode()
        self._put(text)

    def _put(self, text: str) -> None:
        state = self._state
        if state.skipped or state.deleted:
            return
        if state.hidden:
            self._hidden.append((state.hidden, text))
        elif state.note:
            self._note += text
        elif state.edge:
            self._edge += text
        else:
            self._text += text

    def _paragraph_end(self, *, page: bool) -> None:
        if self._state.skipped:
            return
        if self._state.edge or self._state.note:
            self._put("\n")
        elif self._in_table:
            self._text += " "
        else:
            self._flush_paragraph()
            if page:
                self._out.break_page()

    def _flush_paragraph(self) -> None:
        text, self._text = _paired(self._text), ""
        if text.strip():
            self._end_rows()
            if self._level:
                self._out.heading(self._level, text)
            else:
                self._out.paragraph(text)
        self._flush_attached()

    def _flush_attached(self) -> None:
        for kind in dict.fromkeys(kind for kind, _ in self._hidden):
            self._out.hide(kind, "".join(text for one, text in self._hidden if one == kind))
        self._hidden.clear()
        if not self._in_table:
            for note in self._notes:
                self._out.paragraph(note, "footnote")
            self._notes.clear()

    def _table_word(self, word: bytes) -> None:
        if self._state.skipped or self._state.edge or self._state.note:
            return
        if word == b"pard":
            self._level = 0
            self._in_table = bool(self._cells)
        elif word in (b"intbl", b"trowd"):
            if not self._in_table and self._text.strip():
                self._flush_paragraph()
            self._in_table = True
        elif word in (b"cell", b"nestcell"):
            self._cells.append(_paired(self._text))
            self._text, self._in_table = "", True
        elif self._cells:
            self._write_row()

    def _write_row(self) -> None:
        if not self._row:
            self._tables += 1
        self._row += 1
        name = f"table {self._tables}, row {self._row}"
        self._out.row([Cell(text, name) for text in self._cells])
        self._cells.clear()
        self._in_table = False

    def _end_rows(self) -> None:
        if self._cells:
            self._write_row()
        if self._row:
            self._out.end_table()
            self._row = 0

    def _end_edge(self, kind: str) -> None:
        text, self._edge = _paired(self._edge), ""
        if any(character.isalpha() for character in text):
            self._edges.setdefault("\n".join(line for line in map(str.strip, text.split("\n")) if line), kind)


def _paired(text: str) -> str:
    r"""Join the surrogate pairs of a character, which \u gives one half at a time."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
