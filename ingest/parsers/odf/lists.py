"""Generates the numbers of an OpenDocument text's lists and headings as printed, from list styles and counters."""

from typing import Any

from ingest.parsers.office.ooxml import attribute, children, integer, local
from ingest.parsers.office.word_numbering import numbered


class Counter:
    """One list style: its levels and their current counts."""

    def __init__(self, style: Any) -> None:
        self._levels: dict[int, Any] = {}
        self._counts: dict[int, int] = {}
        for item in () if style is None else children(style):
            self._levels[integer(attribute(item, "level"), 0)] = item

    def restart(self, level: int) -> None:
        """Reset the counts of a level and of all levels below it."""
        for deeper in [known for known in self._counts if known >= level]:
            del self._counts[deeper]

    def next(self, level: int, start: str | None = None) -> str:
        """Return the number of the next item on a level (from 1), "" if the style has none; `start`: the item's own
        start value.
        """
        self.restart(level + 1)
        self._counts[level] = integer(start, self._counts.get(level, self._start(level) - 1) + 1)
        how = self._levels.get(level)
        if how is None:
            return ""
        if local(how) != "list-level-style-number" and local(how) != "outline-level-style":
            return "•"
        first = level - integer(attribute(how, "display-levels"), 1) + 1
        written = (self._one(upper) for upper in range(max(first, 1), level + 1))
        number = ".".join(one for one in written if one)
        if not number:
            return ""
        return f"{attribute(how, 'num-prefix') or ''}{number}{attribute(how, 'num-suffix') or ''}".strip()

    def _start(self, level: int) -> int:
        how = self._levels.get(level)
        return integer(attribute(how, "start-value"), 1) if how is not None else 1

    def _one(self, level: int) -> str:
        count = self._counts.get(level, self._start(level))
        how = self._levels.get(level)
        form = attribute(how, "num-format") if how is not None else None
        return numbered(count, form) if form else ""
