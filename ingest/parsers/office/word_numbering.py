"""Generates the numbers of a Word document's paragraphs as Word prints them: "8.2", "(a)", "Article IV", "•".

`ingest.parsers.office.word_styles` says which numbering a paragraph has.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingest.parsers.office.ooxml import attribute, child, children, integer, is_on, value
from ragnano.text.word_lists import ONES, TENS

_LEVELS = 9
_MOST_LETTERS = 780  # Word repeats the letter (27 is "aa", 53 "aaa"); higher numbers are not written in letters
_BULLET = "•"
_DASHES = "-–—"


@dataclass(frozen=True, slots=True)
class Level:
    """How one level is counted and written; `text` contains "%1" for the first level's number and so on."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False  # write the numbers of all levels in decimal
    restart: int | None = None  # level (from 1) whose next number restarts this one; 0: none
    style: str = ""


@dataclass(slots=True)
class _List:
    """An abstract numbering: its levels and counters, which all lists based on it share."""

    levels: dict[int, Level]
    link: str = ""
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """The lists of one document. Numbers must be requested in document order."""

    def __init__(self, numbering: Any) -> None:
        self._lists: dict[str, _List] = {}
        self._made_of: dict[str, str] = {}
        self._overrides: dict[str, dict[int, Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if numbering is None:
            return
        styled: dict[str, str] = {}
        for item in children(numbering, "abstractNum"):
            name = attribute(item, "abstractNumId") or ""
            levels = {integer(attribute(lvl, "ilvl"), 0): _level(lvl) for lvl in children(item, "lvl")}
            self._lists[name] = _List(levels, value(item, "numStyleLink") or "")
            if defines := value(item, "styleLink"):
                styled[defines] = name
        for made in self._lists.values():
            if made.link in styled and not made.levels:
                made.levels = self._lists[styled[made.link]].levels
        for item in children(numbering, "num"):
            self._read_list(item)

    def _read_list(self, item: Any) -> None:
        name = attribute(item, "numId") or ""
        self._made_of[name] = value(item, "abstractNumId") or ""
        for override in children(item, "lvlOverride"):
            level = integer(attribute(override, "ilvl"), 0)
            own = child(override, "lvl")
            if own is not None:
                self._overrides.setdefault(name, {})[level] = _level(own)
            if (start := integer(value(override, "startOverride"), None)) is not None:
                self._starts.setdefault(name, {})[level] = start

    def level_of_style(self, name: str, style: str) -> int:
        """Return the level that the list assigns to a paragraph style, 0 if none."""
        levels = self._levels(name)
        return next((level for level, how in levels.items() if how.style == style), 0)

    def next(self, name: str, level: int) -> str:
        """Return the number of the next paragraph of the list, "" if it has none."""
        made = self._lists.get(self._made_of.get(name, ""))
        levels = self._levels(name)
        if made is None or level not in levels:
            return ""
        starts = self._starts.get(name, {})
        if level in starts:
            made.counts[level] = starts.pop(level) - 1
        for upper in range(level):
            made.counts.setdefault(upper, levels.get(upper, Level()).start)
        made.counts[level] = made.counts.get(level, levels[level].start - 1) + 1
        for deeper in [item for item in made.counts if item > level]:
            restart = levels.get(deeper, Level()).restart
            if restart is None or level < restart:
                del made.counts[deeper]
        return _written(levels, level, made.counts)

    def _levels(self, name: str) -> dict[int, Level]:
        made = self._lists.get(self._made_of.get(name, ""))
        return {**made.levels, **self._overrides.get(name, {})} if made else {}


def _level(item: Any) -> Level:
    return Level(
        start=integer(value(item, "start"), 1),
        form=value(item, "numFmt") or "decimal",
        text=value(item, "lvlText") or "",
        legal=is_on(item, "isLgl"),
        restart=integer(value(item, "lvlRestart"), None),
        style=value(item, "pStyle") or "",
    )


def _written(levels: dict[int, Level], level: int, counts: dict[int, int]) -> str:
    how = levels[level]
    if how.form == "bullet":
        return how.text if how.text and how.text in _DASHES else _BULLET

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        form = levels.get(at, Level()).form
        decimal = how.legal and form != "decimalZero"
        return _FORMS.get("decimal" if decimal else form, str)(counts.get(at, 0))

    return "" if how.form == "none" and "%" not in how.text else re.sub(r"%([1-9])", number, how.text).strip()


def letters(count: int) -> str:
    """ "a" to "z", then "aa", "bb" …, as Word counts."""
    if not 0 < count <= _MOST_LETTERS:
        return str(count)
    return chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1)


def roman(count: int) -> str:
    """ "i", "ii", …; digits beyond 3,999."""
    if not 0 < count < 4000:
        return str(count)
    written = ""
    for worth, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        written += sign * (count // worth)
        count %= worth
    return written


def numbered(count: int, form: str) -> str:
    """Format a count in the form that HTML and OpenDocument call "1", "a", "A", "i" or "I"."""
    written = letters(count) if form in ("a", "A") else roman(count) if form in ("i", "I") else str(count)
    return written.upper() if form in ("A", "I") else written


def _ordinal(count: int) -> str:
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


_WORDS = [*ONES, TENS[0]]
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()


def _word(count: int, words: list[str]) -> str:
    return words[count].capitalize() if 0 <= count < len(words) else str(count)


_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda count: f"{count:02d}",
    "lowerLetter": letters,
    "upperLetter": lambda count: letters(count).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda count: roman(count).upper(),
    "ordinal": _ordinal,
    "cardinalText": lambda count: _word(count, _WORDS),
    "ordinalText": lambda count: _word(count, _ORDINALS),
    "none": lambda count: "",
}
"""Formatters by Word's format name. Other formats (scripts other than Latin) are written in digits."""
