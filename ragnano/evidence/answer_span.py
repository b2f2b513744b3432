"""Finds the exact answer inside a sentence or row: which of its words, and whether it says yes or no.

The reader gives each token of a passage a probability of starting and of ending the answer; the most probable pair
within one sentence is used (Devlin et al. 2019, arXiv:1810.04805, section 4.2). This module depends on neither store
nor model.
"""

import re

import numpy as np
from numpy.typing import NDArray

from ragnano.evidence.answer_kind import answer_kind
from ragnano.models import Reading
from ragnano.text.words import WORD, fold
from ragnano.types import Exact

MOST_WORDS = 25
"""Most words of an exact answer; more is a sentence."""
MOST_TOKENS = 48
"""Most tokens between start and end: 25 words of contracts have at most this many."""
TRIED = 12
"""Pairs of start and end that are tried in a table row until one lies within a single cell."""

_EDGES = " \t,;:.–—-"
_INSIDE = ".,'’-/&@"
"""Characters that may occur inside a word or figure."""
_OPEN = {"(": ")", "[": "]", "“": "”"}


def exact_answer(reading: Reading, place: tuple[int, int], read_as: str, text: str) -> Exact:
    """Returns the exact answer in the extract at `place` [start, end) of the passage.

    `read_as` is the extract as the reader got it, `text` the extract as it stands. They differ only for a table row,
    whose answer must occur in both. `start` and `end` are offsets in `text`, equal if no words were found.
    """
    kind, sure = answer_kind(list(reading.kinds), text)
    for first, last, score in _pairs(reading, place):
        start, end = _trimmed(read_as, reading.spans[first][0] - place[0], reading.spans[last][1] - place[0])
        words = read_as[start:end]
        if not words or len(WORD.findall(words)) > MOST_WORDS:
            continue
        if read_as == text:
            return Exact(kind, sure, start, end, score)
        at = text.find(fold(words))
        if at >= 0:
            return Exact(kind, sure, at, at + len(fold(words)), score)
    return Exact(kind, sure, 0, 0, 0.0)


def span_probability(reading: Reading, place: tuple[int, int]) -> float:
    """Probability, 0 to 1, that the exact answer starts and ends in the extract at `place` of the passage."""
    inside = _inside(reading, place)
    return float(reading.begins[inside].sum() + reading.ends[inside].sum()) / 2


def _inside(reading: Reading, place: tuple[int, int]) -> NDArray[np.int64]:
    """Indices of the tokens in the extract."""
    start, end = place
    return np.array([at for at, (a, b) in enumerate(reading.spans) if a >= start and b <= end], dtype=np.int64)


def _pairs(reading: Reading, place: tuple[int, int]) -> list[tuple[int, int, float]]:
    """Returns (first token, last token, joint probability), most probable first, at most TRIED."""
    inside = _inside(reading, place)
    if not len(inside):
        return []
    both = np.outer(reading.begins[inside], reading.ends[inside])
    both = np.triu(both) - np.triu(both, MOST_TOKENS)
    order = np.argsort(-both, axis=None, kind="stable")[:TRIED]
    rows, columns = np.unravel_index(order, both.shape)
    return [
        (int(inside[row]), int(inside[column]), float(np.sqrt(both[row, column])))
        for row, column in zip(rows, columns, strict=True)
        if both[row, column] > 0
    ]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Trims to whole words without punctuation at the edges; keeps the bracket that closes one opened inside."""
    while 0 < start < end and _goes_on(text, start):
        start -= 1
    while start < end < len(text) and _goes_on(text, end):
        end += 1
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    opened = next((mark for mark in _OPEN if text[start:end].count(mark) > text[start:end].count(_OPEN[mark])), None)
    if opened and (closing := re.match(r"[^()\[\]“”]{0,40}" + re.escape(_OPEN[opened]), text[end:])):
        end += closing.end()
    while end > start and any(text[end - 1] == _OPEN[mark] for mark in _OPEN) and _unopened(text[start:end]):
        end -= 1
    return start, end


def _goes_on(text: str, at: int) -> bool:
    """Whether a word continues across the boundary before `at`: "E.piphany", "8.5", "Landlord's", "non-refundable"."""
    before, behind = text[at - 1], text[at : at + 1]
    joint = (before.isalnum() or before in _INSIDE) and (behind.isalnum() or behind in _INSIDE)
    if before in _INSIDE:
        return joint and at > 1 and text[at - 2].isalnum()
    return joint and (behind.isalnum() or text[at + 1 : at + 2].isalnum())


def _unopened(words: str) -> bool:
    """Whether the words end with a closing bracket that is not opened in them."""
    opened = next(mark for mark in _OPEN if _OPEN[mark] == words[-1])
    return words.count(words[-1]) > words.count(opened)
