"""Removes or replaces characters that must not be stored, and maps the kept ones to where they came from."""

import bisect
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Characters replaced one by one ("" drops it). PDF text layers contain, among others:
#   U+FFFE, U+0002   pdfium's mark for a hyphen at a line's end, after which it drops the line break
#   U+00AD           soft hyphen: printed as a hyphen by the word processors that write it into PDFs
#   U+F0B7 …         bullets of the Symbol and Wingdings fonts, in the private use area
_REPLACED = {
    "\ufffe": "-",
    "\x02": "-",
    "\u00ad": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x0b": "\n",
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0a8": "▪",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufffd": "",
    "\uffff": "",
}
_DROPPED = [*range(0x00, 0x09), *range(0x0C, 0x20), 0x0D, *range(0x7F, 0xA0), *range(0xD800, 0xE000)]


def _c1(code: int) -> str:
    """Returns the character that Windows means by a C1 control (0x92 is ’): programs mislabel cp1252 as Latin-1."""
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code < 0xA0 else ""


_TABLE: dict[int, str] = {code: _c1(code) for code in _DROPPED} | {ord(char): to for char, to in _REPLACED.items()}
_LAST_BASIC = 0xFFFF
_LINE_END_HYPHENS = (0xFFFE, 0x02)
# How many characters each character of the basic plane becomes: uint8 (65536,).
_LENGTHS = np.ones(_LAST_BASIC + 1, dtype=np.uint8)
for _code, _kept in _TABLE.items():
    _LENGTHS[_code] = len(_kept)


# A clause number joined to the clause's first word: word processors put a tab between them, which PDFs can lose.
_GLUED = re.compile(r"^[ \t]*(?:\d{1,3}(?:\.\d{1,3}){1,4}\.?|\d{1,3}\.)(?=[A-Z][a-z ])", re.MULTILINE)


def clean(raw: str) -> str:
    """Returns `raw` with line ends as "\\n" and without control characters, surrogates and marks that carry no text.

    "10.2Each Party" at the beginning of a line becomes "10.2 Each Party".
    """
    return _GLUED.sub(r"\g<0> ", raw.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE))


class Mapped(NamedTuple):
    """Cleaned text and where it came from, in UTF-16 units, as pdfium counts characters.

    `units` int64 (characters,): each kept character's unit; `total`: units of the raw text; `breaks`: offsets in `text`
    behind hyphens after which a line break was dropped.
    """

    text: str
    units: NDArray[np.int64]
    total: int
    breaks: tuple[int, ...]


def clean_mapped(raw: str) -> Mapped:
    """Cleans `raw` (pdfium's text, line ends "\\r\\n") and maps it back.

    An inserted space has the unit of the next character.
    """
    codes = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    text = raw.translate(_TABLE)
    if not len(codes):
        return Mapped(text, np.zeros(0, dtype=np.int64), 0, ())
    basic = codes <= _LAST_BASIC
    lengths = np.where(basic, _LENGTHS[np.where(basic, codes, 0x20)], 1)
    origin = np.repeat(np.arange(len(codes)), lengths)
    widths = np.where(basic, 1, 2)
    units = np.cumsum(widths) - widths
    hyphens = np.isin(codes[origin], _LINE_END_HYPHENS)
    breaks = (np.flatnonzero(hyphens) + 1).tolist()
    return _parted(Mapped(text, units[origin], int(widths.sum()), tuple(breaks)))


def _parted(mapped: Mapped) -> Mapped:
    """Inserts a space between clause numbers and the words joined to them."""
    cuts = [match.end() for match in _GLUED.finditer(mapped.text)]
    if not cuts:
        return mapped
    text = _GLUED.sub(r"\g<0> ", mapped.text)
    units = np.insert(mapped.units, cuts, mapped.units[cuts])
    return Mapped(text, units, mapped.total, tuple(at + bisect.bisect_left(cuts, at) for at in mapped.breaks))
