"""Resolves the style of a Word paragraph or run: heading level, numbering, hidden or not.

Styles inherit from each other; the paragraph's own settings override them.
"""

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from ingest.parsers.office.ooxml import attribute, child, children, integer, is_on, value

_HEADING = re.compile(r"heading (\d)$")
_TITLE = "title"
_BODY_TEXT = 10  # Word's outline level 9, counted from 0, is not a heading
_MOST_BASES = 20  # in a broken file, a style may be based on itself
NO_LIST = "0"
"""The numbering that turns off an inherited one."""


@dataclass(frozen=True, slots=True)
class Style:
    """The properties of a style in use here, None where neither it nor its base styles set them. `heading` 0 means no
    heading.
    """

    heading: int | None = None
    list: str | None = None
    level: int | None = None
    hidden: bool | None = None
    breaks: bool | None = None


class Styles:
    """The paragraph and character styles of one document, with inheritance resolved."""

    def __init__(self, part: Any) -> None:
        self._items = (
            {attribute(item, "styleId") or "": item for item in children(part, "style")} if part is not None else {}
        )
        self._known: dict[str, Style] = {}
        defaults = (
            name
            for name, item in self._items.items()
            if attribute(item, "type") == "paragraph" and attribute(item, "default") in ("1", "true")
        )
        self.default = next(defaults, "")

    def __getitem__(self, name: str) -> Style:
        if name not in self._known:
            self._known[name] = self._resolved(name)
        return self._known[name]

    def _resolved(self, name: str) -> Style:
        style = Style()
        for _ in range(_MOST_BASES):
            item = self._items.get(name)
            if item is None:
                break
            style = _over(style, _own(item))
            name = value(item, "basedOn") or ""
        return style


def _own(item: Any) -> Style:
    called = (value(item, "name") or "").lower()
    found = _HEADING.match(called)
    style = paragraph_style(child(item, "pPr"))
    return replace(
        style,
        heading=int(found[1]) if found else 1 if called == _TITLE else style.heading,
        hidden=is_on(item, "rPr", "vanish") if child(item, "rPr", "vanish") is not None else None,
    )


def paragraph_style(properties: Any) -> Style:
    """Return what the paragraph properties (or None) set themselves."""
    if properties is None:
        return Style()
    outline = integer(value(properties, "outlineLvl"), None)
    return Style(
        heading=None if outline is None else (outline + 1) % _BODY_TEXT,
        list=value(properties, "numPr", "numId"),
        level=integer(value(properties, "numPr", "ilvl"), None),
        breaks=is_on(properties, "pageBreakBefore") if child(properties, "pageBreakBefore") is not None else None,
    )


def _over(above: Style, below: Style) -> Style:
    """Return `above`, with unset properties taken from `below`."""
    pairs = ((getattr(above, item.name), getattr(below, item.name)) for item in fields(Style))
    return Style(*(lower if upper is None else upper for upper, lower in pairs))


def combined(styles: Styles, properties: Any) -> tuple[Style, str]:
    """Return a paragraph's style, overridden by its own settings, and the style's id."""
    name = value(properties, "pStyle") if properties is not None else None
    named = name or styles.default
    return _over(paragraph_style(properties), styles[named]), named
