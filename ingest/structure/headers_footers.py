"""Finds running headers, footers and page numbers by repetition alone, and sets `Line.furniture` on them.

Wording plays no part: a line must be at the edge of several pages, or be one of a series of page numbers that count up.
Lines in doubt stay in the body.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from ingest.structure.lines import Line

_EDGE_LINES = 4  # lines at the top and at the bottom of a page that may be furniture
_LEAST_PAGES = 3
_MOST_CHARACTERS = 400  # a confidentiality notice of three lines comes to that; a paragraph of body text is longer
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[\W_]*(?:page|pg\.?|p\.)?[\s\W_]*(?P<number>\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[\W_]*$", re.I
)
# Page numbers inside a page (a filing's own pages, set on other paper) are at least this many lines apart.
_LEAST_LINES_BETWEEN = 12


def mark_furniture(pages: Sequence[Sequence[Line]]) -> None:
    """Sets `furniture` on the lines of `pages` (a list of lines for each page, in text order) that repeat or count."""
    _mark_page_numbers(pages)
    _mark_repeated(pages)


def _mark_repeated(pages: Sequence[Sequence[Line]]) -> None:
    with_text = [lines for lines in pages if lines]
    least = _LEAST_PAGES if len(with_text) >= _LEAST_PAGES else 2
    seen: defaultdict[tuple[bool, str], dict[int, list[str]]] = defaultdict(dict)
    for lines in with_text:
        for at_top in (True, False):
            for line in _edge(lines, at_top):
                seen[at_top, _key(line)].setdefault(line.page, []).append(line.text)
    repeated = {place for place, texts in seen.items() if len(texts) >= least and place[1] and _same_or_counting(texts)}
    for lines in with_text:
        for at_top in (True, False):
            for line in _edge(lines, at_top):
                if line.furniture:
                    continue
                if (at_top, _key(line)) not in repeated:
                    break  # furniture is at the very edge; the body begins here
                line.furniture = True


def _edge(lines: Sequence[Line], at_top: bool) -> Sequence[Line]:
    """Returns the lines at one edge, outermost first: on a short page at most half of them, and no table rows."""
    count = min(_EDGE_LINES, len(lines) // 2)
    edge = lines[:count] if at_top else lines[::-1][:count]
    return [line for line in edge if len(line.text) <= _MOST_CHARACTERS and not line.text.startswith("|")]


def _key(line: Line) -> str:
    """Returns what stays the same from page to page: letters, with digits folded; "" when there are no letters."""
    key = re.sub(r"[\W_]+", " ", _DIGITS.sub("#", line.text.lower())).strip()
    return key if any(char.isalpha() for char in key) else ""


def _same_or_counting(texts: dict[int, list[str]]) -> bool:
    """Returns True when the line reads alike everywhere, or differs only by a number that advances with the page."""
    numbers = {page: tuple(map(int, _DIGITS.findall(found[0]))) for page, found in texts.items()}
    for column in zip(*numbers.values(), strict=False):
        if len(set(column)) > 1:
            steps = [number - page for page, number in zip(numbers, column, strict=True)]
            if max(map(steps.count, steps)) < 0.6 * len(steps):
                return False
    return True


def _mark_page_numbers(pages: Sequence[Sequence[Line]]) -> None:
    """Marks lines that contain only a number and count up by one, at least three times, in reading order.

    In a document with fewer than three pages of text, two are enough at a page's edge.
    """
    shapes: defaultdict[str, list[tuple[int, int, Line]]] = defaultdict(list)
    position = 0
    for lines in pages:
        for index, line in enumerate(lines):
            position += 1
            found = _PAGE_NUMBER.match(line.text) if len(line.text) <= 24 else None
            if found and not line.text.endswith((")", ".")):
                value = _value(found["number"])
                at_edge = index < 2 or index >= len(lines) - 2
                shape = "" if at_edge else _DIGITS.sub("#", line.text).lower()
                if value:
                    shapes[shape].append((value, position, line))
    count = sum(1 for lines in pages if lines)
    for shape, numbers in shapes.items():
        if shape:
            _mark_chains(numbers, _LEAST_LINES_BETWEEN, _LEAST_PAGES)
        else:
            _mark_chains(numbers, 0, min(_LEAST_PAGES, max(count, 2)))


def _mark_chains(numbers: Sequence[tuple[int, int, Line]], apart: int, least: int) -> None:
    """Marks each series of at least `least` numbers that count up by one, `apart` lines or more between them."""
    chains: dict[int, list[tuple[int, Line]]] = {}  # by the value that would come next
    done: list[list[tuple[int, Line]]] = []
    for value, position, line in numbers:
        chain = chains.get(value)
        if chain is not None and position - chain[-1][0] >= apart:
            del chains[value]
        elif value in chains:
            continue
        else:
            chain = []
            done.append(chain)
        chain.append((position, line))
        chains[value + 1] = chain
    for chain in done:
        if len(chain) >= least:
            for _, line in chain:
                line.furniture = True


def _value(number: str) -> int:
    """Returns the value of a decimal or Roman number, 0 when it is neither."""
    if number.isdigit():
        return int(number)
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[char] for char in number.lower()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
