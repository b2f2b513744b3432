"""Decides where one block ends and the next begins, from the geometry and the words of two neighbouring lines.

`ingest.structure.blocks` decides what kind of block a new one is.
"""

import re
from dataclasses import dataclass, field

from ingest.structure.headings import Label, is_capitals, is_signature, is_title, label_of
from ingest.structure.layout import PageLayouts
from ingest.structure.lines import Line
from ragnano.types import BlockKind

MOST_TITLE_CHARACTERS = 120
_FINISHED = re.compile(r"(?:[.:;!?。！？；：][)\]\"”’'」』）]*|[;,]\s*(?:and|or|and/or)|_{3,}|:-)$")
# Words that a reference or a number follows: "as stated in Section / 1.2 of this Agreement".
_REFERS = re.compile(
    r"\b(?:(?:sub)?sections?|articles?|clauses?|paragraphs?|schedules?|exhibits?|and|or|of|in|to|under|with|by|the|than)$",
    re.I,
)
_LEAST_PROSE = 20  # characters: a shorter last line without a full stop is a name or a cell, not half a sentence


@dataclass(slots=True)
class Draft:
    """Lines that will become one block."""

    kind: BlockKind
    lines: list[Line]
    label: Label | None = None
    title: str = ""
    continues: bool = False
    closed: bool = field(default=False)
    rank: int | None = None  # from the bookmark that names it
    note: str = ""  # a footnote's mark


def joins_heading(draft: Draft, previous: Line, line: Line, layouts: PageLayouts) -> bool:
    """Returns whether `line` continues a heading: a title below its number, or a second line of capitals."""
    if draft.kind != "heading" or draft.closed or not layouts.near(previous, line):
        return False
    if draft.rank is not None:
        return True
    text = line.text.rstrip(".:")
    if label_of(line.text) or not is_title(text) or len(text) > MOST_TITLE_CHARACTERS or is_signature(line.text):
        return False
    bare = draft.label is not None and not draft.title
    return bare or (is_capitals(previous.text) and is_capitals(text) and not layouts.wide(previous, line))


def begins_block(draft: Draft | None, previous: Line, line: Line, layouts: PageLayouts) -> bool:
    """Returns whether a block begins with `line`; a sentence that continues on the next page begins one, too."""
    if draft is None or draft.kind == "heading" or not layouts.near(previous, line):
        return True
    layout = layouts.layout(line)
    finished = bool(_FINISHED.search(previous.text))
    if draft.label and draft.lines[-1] is draft.lines[0] and len(previous.text) <= draft.label.rest:
        return False  # a number alone on its line: its text is here
    full, wide = layout.is_full(previous), layouts.wide(previous, line)
    small = line.text[0].islower()
    if label_of(line.text):
        return finished or wide or not (full or _REFERS.search(previous.text))
    if wide:
        return finished or not small
    if not layout.wrapped:
        return True
    if finished:
        indent = line.left - previous.left > 0.02 * layout.width and previous.left - layout.left < 0.3 * layout.width
        return not full or line.top < previous.top or (indent and not small)
    short = previous.right < layout.left + 0.55 * layout.width
    return (short and not small and not previous.text.endswith(",")) or is_signature(line.text)


def is_complete(draft: Draft, previous: Line, line: Line, layouts: PageLayouts) -> bool:
    """Returns True when the text above `line` is complete, so that `line` is not the rest of its sentence."""
    if layouts.near(previous, line) or draft.kind in ("heading", "table"):
        return True
    if line.text[0].islower():
        return False
    return bool(_FINISHED.search(previous.text)) or len(previous.text) < _LEAST_PROSE
