"""Converts lines of words into a page's text, in the form of a PDF's text layer."""

import re
from collections.abc import Sequence

from ingest.ocr.tesseract import Line

# Scripts written without spaces: Han, kana, and their punctuation and wide forms. Korean has spaces.
_SPACELESS = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")


def text_of(lines: Sequence[Line]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text, one line per line, and each word's characters [start, end) in it.

    A word broken at a line's end is joined with its hyphen kept, as pdfium joins it: "termi-nation".
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    before = ""
    for line in lines:
        if before:
            gap = "" if _breaks_a_word(before, line[0].text) else "\n"
            parts.append(gap)
            position += len(gap)
        for at, word in enumerate(line):
            gap = _gap(before, word.text) if at else ""
            parts += (gap, word.text)
            position += len(gap)
            spans.append((position, position + len(word.text)))
            position += len(word.text)
            before = word.text
    return "".join(parts), spans


def _gap(before: str, after: str) -> str:
    return "" if _SPACELESS.match(before[-1]) and _SPACELESS.match(after[0]) else " "


def _breaks_a_word(before: str, after: str) -> bool:
    return len(before) > 1 and before[-1] == "-" and before[-2].isalpha() and after[0].islower()
