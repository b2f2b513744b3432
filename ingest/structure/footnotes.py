"""Finds footnotes: lines at a page's foot that explain a mark in the text.

A footnote must have smaller type and begin with a mark. Both are required, so that small print and numbered clauses
stay in the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.structure.lines import Line

_SMALLER = 0.93  # of the usual height: footnotes are a point or two smaller than the text
_MARK = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3}|\[\d{1,3}\]|\(\d{1,3}\))(?:[.)]?\s+\S|(?=[A-Z“\"])|$)")
_MOST = 0.5  # share of a page's lines; with more small lines they are not a foot


def mark_footnotes(lines: Sequence[Line]) -> None:
    """Sets `footnote` on the body lines of one page that are footnotes, and on none where lines have no height."""
    heights = sorted(line.height for line in lines)
    usual = heights[len(heights) // 2] if heights else 0.0
    if not usual or heights[0] > _SMALLER * usual:
        return
    first = len(lines)
    while first > 0 and 0 < lines[first - 1].height <= _SMALLER * usual and not lines[first - 1].row:
        first -= 1
    while first < len(lines) and not _MARK.match(lines[first].text):
        first += 1
    if 0 < len(lines) - first <= _MOST * len(lines):
        for line in lines[first:]:
            line.footnote = True


def footnotes_of(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yields the lines of each footnote; each begins with a mark, and none continues past a page's end."""
    note: list[Line] = []
    for line in lines:
        if not line.footnote:
            continue
        if note and (_MARK.match(line.text) or line.page != note[0].page):
            yield note
            note = []
        note.append(line)
    if note:
        yield note


def mark_of(line: Line) -> str:
    """Returns the mark that begins a footnote's first line: "1", "*"."""
    found = re.match(r"[\[(]?(\d+|[*†‡§¶]+)", line.text)
    return found[1] if found else ""
