"""Clause numbers, "12.3(b)", "ARTICLE IV", "Schedule 2": parses and compares them, and finds them in headings and
lines.

Works on text alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD

ATTACHED = rf"{ATTACHMENT_WORD}|attachment|anlage|annexe|anexo"
"""Names of attachments to a document, which have numbers of their own. For a pattern that ignores case."""
CLAUSE = (
    rf"{CLAUSE_WORD}|paragraph|part|point|item|sec\.|art\.|cl\.|para\.|§{{1,2}}|ziffer|abschnitt|artikel|absatz|"
    r"klausel|punkt|cláusula|artículo|sección"
)
"""Names for clauses, for a pattern that ignores case."""
DOTTED = r"\d{1,3}(?:\.\d{1,3})*"
ITEM = r"\([A-Za-z0-9]{1,4}\)"

_KIND = re.compile(rf"[\s#*>“\"'|]*(?:(?P<attached>{ATTACHED})|{CLAUSE})?\s*(?:no\.\s*)?", re.IGNORECASE)
_NUMBER = re.compile(rf"(?P<number>{DOTTED}|[IVXLC]+|[ivxlc]+|[A-Za-z])(?P<items>(?:\s?{ITEM})*)(?![\w/%,]|\.\d)")
_ITEM = re.compile(rf"\s*(?P<items>{ITEM})(?=\s|$)")
_ROMAN = re.compile(r"(?=.)(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", re.IGNORECASE)
_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LETTERS = 1000  # "A" is 1001, because no document has that many numbered clauses
# "as set out in Section / 3.1 of": the number does not open a clause.
_REFERS = re.compile(
    rf"(?:\b(?:{CLAUSE}|{ATTACHED}|clauses|sections|articles|and|or|to|of|in|the)|[,(])\s*$", re.IGNORECASE
)
_BEGINS = re.compile(r"[.:)]|\s*[—–-]\s|\s+[\"“‘'(\[]*[A-Z0-9ÄÖÜÉ]|\s*$")
_CLOSES = re.compile(r"[.:)](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Number:
    """A clause number: its kind ("schedule" or ""), 12.3 as (12, 3), items "(b)" as ("b",), and its original text."""

    attached: str
    parts: tuple[int, ...]
    items: tuple[str, ...] = ()
    printed: str = ""

    @property
    def key(self) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
        """The key by which numbers are compared and sorted."""
        return self.attached, self.parts, self.items

    def holds(self, other: "Number") -> bool:
        """Whether the other number is this clause or inside it."""
        if self.attached != other.attached:
            return False
        if self.items:
            return self.parts == other.parts and other.items[: len(self.items)] == self.items
        return other.parts[: len(self.parts)] == self.parts


def number_of(text: str) -> Number | None:
    """Parses the number at the start of a text, with its kind: "Schedule 2", "ARTICLE IV Term"; None for none."""
    kind = _KIND.match(text)
    start = kind.end() if kind else 0
    found = _NUMBER.match(text, start)
    if found is None:
        return None
    attached = kind["attached"] if kind else None
    parts = _parts(found["number"], bool(attached))
    if parts is None:
        return None
    items = tuple(re.findall(r"\w+", found["items"]))
    return Number((attached or "").lower(), parts, items, re.sub(r"\s", "", found[0]).rstrip("."))


def headed(heading: str) -> Number | None:
    """Returns the number of a heading; None if it begins with a word ("A Form", "I agree")."""
    found = number_of(heading)
    has_no_kind = found is not None and not (_KIND.match(heading) or [""])[0].strip(" #*\"“'|>")
    return None if has_no_kind and found is not None and found.parts[0] > _LETTERS else found


def opened(lines: Iterable[str]) -> Iterator[Number | None]:
    """Yields, for each line of a document in order, the number of the clause that it opens, or None.

    An item "(b)" has the number of its clause.
    """
    before = ""
    last: Number | None = None
    for line in lines:
        found = _item(line, last) or (None if _REFERS.search(before) else _opening(line))
        last = found or last
        before = line
        yield found


def _item(line: str, last: Number | None) -> Number | None:
    item = _ITEM.match(line)
    return _with_item(last, item["items"].strip("()")) if item and last else None


def _opening(line: str) -> Number | None:
    kind = _KIND.match(line)
    named = bool(kind and kind[0].strip(" #*\"“'|>\n"))
    found = _NUMBER.match(line, kind.end() if kind else 0)
    number = number_of(line) if found else None
    if found is None or number is None or not _BEGINS.match(line, found.end()):
        return None
    dotted = "." in found["number"] or bool(number.items)
    sure = named or dotted or bool(_CLOSES.match(line, found.end()))
    return number if sure and (named or number.parts[0] < _LETTERS) else None


def _with_item(last: Number, item: str) -> Number:
    """Returns the number of an item that follows `last`: next to it, next to an item that contains it, or inside it."""
    for depth in range(len(last.items), 0, -1):
        if _follows(last.items[depth - 1], item):
            return _item_of(last, (*last.items[: depth - 1], item))
    first = item.lower() in ("a", "i", "1", "aa")
    parents = last.items if first or not last.items else last.items[:-1]
    return _item_of(last, (*parents, item))


def _item_of(last: Number, items: tuple[str, ...]) -> Number:
    base = last.printed.partition("(")[0]
    return Number(last.attached, last.parts, items, base + "".join(f"({item})" for item in items))


def _follows(one: str, other: str) -> bool:
    """Whether an item directly follows another: (a) (b), (ii) (iii), (9) (10)."""
    if one.isdigit() and other.isdigit():
        return int(other) == int(one) + 1
    if len(one) == len(other) == 1 and ord(other) == ord(one) + 1:
        return True
    romans = _roman(one), _roman(other)
    return romans[0] is not None and romans[1] == romans[0] + 1


def _parts(number: str, attached: bool) -> tuple[int, ...] | None:
    if number[0].isdigit():
        return tuple(int(part) for part in number.split("."))
    if len(number) == 1 and (attached or number.upper() not in "IVX"):
        return (_LETTERS + ord(number.upper()) - ord("A") + 1,)
    roman = _roman(number)
    return None if roman is None else (roman,)


def _roman(text: str) -> int | None:
    if not _ROMAN.fullmatch(text):
        return None
    values = [_DIGITS[letter] for letter in text.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
