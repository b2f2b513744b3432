"""Puts right-to-left text into the order it is spoken.

pdfium reverses runs of Hebrew and Arabic because most files draw them from the left, last letter first; it looks at the
letters' positions to find the files that do not. The text a file gives behind a glyph (ActualText) can have one
position for all letters, and comes out backwards.
"""

import re
from collections.abc import Callable

import numpy as np

from ingest.characters.sanitize import Mapped

_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RUN = re.compile(rf"[{_LETTERS}][^\S\n]*(?:[^\n]*[{_LETTERS}])?")
_WORD = re.compile(rf"[{_LETTERS}]{{2,}}")
_LEFT_TO_RIGHT = re.compile(rf"[^\W{_LETTERS}_](?:[^\n{_LETTERS}]*[^\W{_LETTERS}_])?")


def as_spoken(mapped: Mapped, left_of: Callable[[int], float]) -> Mapped:
    """Reverses the text's backward runs; `left_of` returns the left edge of the character at an offset."""
    if mapped.text.isascii():
        return mapped
    order = np.arange(len(mapped.text))
    for run in _RUN.finditer(mapped.text):
        word = _WORD.search(mapped.text, run.start(), run.end())
        if word is None or left_of(word.start()) > left_of(word.end() - 1):
            continue
        start, end = run.span()
        end = start + len(mapped.text[start:end].rstrip())
        order[start:end] = order[start:end][::-1]
        turned = mapped.text[start:end][::-1]
        for found in _LEFT_TO_RIGHT.finditer(turned):  # numbers and names within the run read from the left
            a, b = start + found.start(), start + found.end()
            order[a:b] = order[a:b][::-1]
    text = "".join(map(mapped.text.__getitem__, order.tolist()))
    return mapped if text == mapped.text else mapped._replace(text=text, units=mapped.units[order])
