"""Handles characters that are invisible or look like others, in text of any format; cuts hidden text out of a page.

Invisible characters are removed; what they encode is kept apart in `Page.hidden`, decoded where possible. Letters that
only look Latin stay in the text unchanged and are reported.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ragnano.documents.word_boxes import pack_arrays, unpack_arrays
from ragnano.text.words import lookalike_words
from ragnano.types import Box, Hidden, HiddenKind, Mark, Page

_TAGS = "\U000e0000-\U000e007f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_OVERRIDES = "\u202d\u202e"  # the text after them is displayed in another order than it is stored
_INVISIBLE = re.compile(f"[\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff{_TAGS}{_SELECTORS}]+")
_OVERRIDDEN = re.compile(f"[{_OVERRIDES}]([^\u202c\n]*)")
_FLAG = "\U0001f3f4"  # the black flag, which tag characters turn into Scotland's, England's or Wales's
_JOINERS = "\u200c\u200d"  # Persian, Hindi and emoji are written with them
_CHANNEL = 4
"""The number of invisible characters in a row that cannot be accidental; emoji and Indic scripts stay below."""
_SCATTERED = 8  # invisible characters within a page's Latin words


class Cut(NamedTuple):
    """Characters [start, end) of a page's text that are hidden, how they are hidden, and their box where known."""

    start: int
    end: int
    kind: HiddenKind
    box: Box | None = None


def seen(page: Page) -> Page:
    """Returns the page without invisible characters.

    `hidden` says what they encoded, and which words only look Latin.
    """
    found: list[Hidden] = []
    if not page.text.isascii():
        found += _lookalikes(page.text)
        spans, carried = _invisible(page.text)
        if spans:
            page = without(page, spans)
        found += carried
    return replace(page, hidden=(*page.hidden, *found)) if found else page


def visible(text: str) -> str:
    """Returns the text without invisible characters, for titles and names."""
    return text if text.isascii() else _without(text, _invisible(text)[0])


def cut(page: Page, pieces: Iterable[Cut]) -> Page:
    """Returns the page without these pieces of its text; `hidden` holds them, adjacent pieces as one passage."""
    passages: list[Cut] = []
    for piece in sorted(pieces):
        last = passages[-1] if passages else None
        if last and last.kind == piece.kind and not page.text[last.end : piece.start].strip():
            passages[-1] = Cut(last.start, piece.end, piece.kind, _round(last.box, piece.box))
        else:
            passages.append(piece)
    # What has no letter or figure (a rule, a full stop used as a spacer) carries no message and stays.
    passages = [item for item in passages if any(char.isalnum() for char in page.text[item.start : item.end])]
    hidden = tuple(Hidden(item.kind, page.text[item.start : item.end], item.box) for item in passages)
    shorter = without(page, [_with_space(page.text, item.start, item.end) for item in passages])
    return replace(shorter, hidden=(*page.hidden, *hidden))


def without(page: Page, spans: Sequence[tuple[int, int]]) -> Page:
    """Returns the page without these characters, words and marks at their new offsets.

    `spans` are in order and do not overlap.
    """
    if not spans:
        return page
    kept = np.ones(len(page.text) + 1, dtype=np.int64)
    for start, end in spans:
        kept[start:end] = 0
    # The new offset of each old offset.
    moved = np.concatenate(([0], np.cumsum(kept)))[: len(page.text) + 1]
    places, boxes = unpack_arrays(page.words)
    places = moved[places] if len(places) else places
    left = places[:, 1] > places[:, 0]
    marks = (Mark(int(moved[mark.start]), int(moved[mark.end]), mark.name) for mark in page.marks)
    return replace(
        page,
        text=_without(page.text, spans),
        words=pack_arrays(places[left], boxes[left]),
        marks=tuple(mark for mark in marks if mark.end > mark.start),
    )


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _with_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Returns the span with the white space that its removal would double: an empty line would split a paragraph."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if after.isspace() and (not before or before == "\n" or (before.isspace() and after != "\n")):
        return start, end + 1
    if before.isspace() and (not after or after.isspace()):
        return start - 1, end
    return start, end


def _round(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return Box(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


def _invisible(text: str) -> tuple[list[tuple[int, int]], list[Hidden]]:
    """Returns the spans to cut, and what they encoded."""
    spans: list[tuple[int, int]] = []
    carried: list[Hidden] = []
    scattered: list[str] = []
    for match in _INVISIBLE.finditer(text):
        start, end = match.span()
        before, after, run = text[start - 1 : start], text[end : end + 1], match.group()
        if _belongs(run, before, after):
            continue
        spans.append((start, end))
        if message := _message(run):
            carried.append(Hidden("characters", message))
        elif _is_latin(before) and _is_latin(after):
            scattered.append(_word_round(text, start, end))
    if len(scattered) >= _SCATTERED:
        carried.append(Hidden("characters", " ".join(dict.fromkeys(scattered))))
    for match in _OVERRIDDEN.finditer(text):
        if turned := _INVISIBLE.sub("", match.group(1)).strip():
            carried.append(Hidden("characters", turned))
    return spans, carried


def _belongs(run: str, before: str, after: str) -> bool:
    """Returns whether the characters are part of how the script or the emoji before them is written."""
    if before == _FLAG:
        return run.endswith("\U000e007f") and len(run) < _CHANNEL * 2
    if not before or before.isascii() or before.isspace():
        return False
    if len(run) >= _CHANNEL or not all(char in _JOINERS or re.match(f"[{_SELECTORS}]", char) for char in run):
        return False
    selectors = sum(char not in _JOINERS for char in run)
    return selectors <= 1 and (selectors == len(run) or not after.isascii())


def _message(run: str) -> str:
    """Returns what the characters encode for a machine; "" when they are few enough to be accidental."""
    tags = [chr(ord(char) - 0xE0000) for char in run if "\U000e0000" <= char <= "\U000e007f"]
    selectors = [_selected(char) for char in run if re.match(f"[{_SELECTORS}]", char)]
    message = "".join(char for char in tags if char.isprintable()).strip()
    if not message and len(selectors) > 1:
        message = _printable(bytes(selectors))
    if not message and len(run) >= 2 * _CHANNEL and len(kinds := sorted(set(run))) == 2:
        message = _bits(run, kinds[1]) or _bits(run, kinds[0])
    if message:
        return message
    return f"({len(run)} invisible characters)" if tags or len(selectors) > 1 or len(run) >= _CHANNEL else ""


def _selected(char: str) -> int:
    """Returns the byte that a variation selector encodes: 16 of them in one block, 240 in another."""
    code = ord(char)
    return code - 0xFE00 if code < 0xFF00 else code - 0xE0100 + 16


def _bits(run: str, one: str) -> str:
    """Returns the text whose bits, eight a character, two zero-width characters encode."""
    bits = "".join("1" if char == one else "0" for char in run)
    return _printable(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)))


def _printable(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if text.isprintable() and "\ufffd" not in text else ""


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _word_round(text: str, start: int, end: int) -> str:
    return _INVISIBLE.sub("", text[:start].rsplit(None, 1)[-1] + text[end:].split(None, 1)[0])


def _lookalikes(text: str) -> Iterator[Hidden]:
    """Yields one entry a line: its words that mix Latin letters with others that look Latin."""
    for line in text.split("\n"):
        if mixed := lookalike_words(line):
            yield Hidden("characters", " ".join(mixed))
