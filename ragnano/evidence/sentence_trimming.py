"""Trims a long sentence to the part that answers, by removing what precedes and follows it between commas.

The reader's word probabilities determine that part. What restricts the rest ("except", "unless", "not") is never
removed. This module depends on neither store nor model.
"""

import itertools
import re

import numpy as np
from numpy.typing import NDArray

from ragnano.text.word_lists import LEGAL_FORM

LONG = 300
"""Characters; a shorter sentence stays whole, because people take it in at a glance."""

ANSWERING = 0.95
"""A part belongs to the answer if its best word has at least this share of the sentence's best word's probability.
Held-out contracts (`make held-out`): from .3 to .8 the same answers are right and a quote has 300 to 291 characters, .9
costs one of 53 short answers. From .9 to 1 the same are right and it has 289 to 268 characters; 1 loses meaning."""

# "(60)" is a word's figure, not a list label. A year or a legal form belongs to the text before its comma.
_PARTS = re.compile(
    rf"(?<=[;:])\s+|(?<=,)\s+(?!(?:[12]\d{{3}}|(?=[A-Z])(?i:{LEGAL_FORM}))\b)"
    r"|\s+(?=\((?:[a-z]|[ivx]{1,4})\)\s)"
)
# The text before the answer is removed only if the rest has its own subject; "Vale, if it is not in default, may
# extend" stays whole.
_OWN_SUBJECT = re.compile(
    r"(?:and\s+|then\s+)?(?:the|each|either|neither|no|any|such|this|all|[A-Z][\w’'-]+)\b[^,;:]{0,100}?"
    r"\b(?:shall|may|will|must|is|are|has|have|agrees?)\b"
)
_RESTRICTS = re.compile(
    r"\b(?:provided|except|unless|however|notwithstanding|subject to|but|only|solely|if|not|no|nor|neither|without|"
    r"until|from and after|within|during|for an? (?:\w+ )?(?:period|term) of|(?:as|so) long as|to the extent|up to)\b",
    re.I,
)
# The removed text was an insertion: the verb belongs to what is kept.
_VERB_FIRST = re.compile(r"(?:shall|may|will|must|would|is|are|was|were|has|have|be)\b", re.I)
_CONDITION = re.compile(
    r"\W*(?:\w{1,4}[.)]\s+)?(?:if|in the event|in case|when|where|should|upon|unless|provided|so long as)\b", re.I
)
_DEFINES = re.compile(r"\b(?:means?|includes?)\b")
_LEAST_WORDS = 4
"""A part with fewer words is one item of a series: "use, sell, offer to sell"."""


def part_that_answers(
    text: str, words: NDArray[np.float32], middles: NDArray[np.float64], *, long: int = LONG
) -> tuple[int, int]:
    """Returns characters [start, end) of the part. `words` (tokens,) are probabilities, `middles` (tokens,) offsets."""
    if len(text) <= long or not len(words):
        return 0, len(text)
    bounds = [0, *(match.end() for match in _PARTS.finditer(text)), len(text)]
    parts = list(itertools.pairwise(bounds))
    best = [float(words[(middles >= start) & (middles < end)].max(initial=0.0)) for start, end in parts]
    answering = [at for at, score in enumerate(best) if score >= ANSWERING * max(best)]
    start, end = parts[answering[0]][0], parts[answering[-1]][1]
    if _RESTRICTS.search(text[:start]) or not _OWN_SUBJECT.match(text[start:]):
        start = 0
    left_open = _CONDITION.match(text[start:]) or _DEFINES.search(text[:end])
    in_a_row = len(text[slice(*parts[answering[-1]])].split()) < _LEAST_WORDS
    if left_open or in_a_row or _belongs([text[first:last] for first, last in parts if first >= end]):
        end = len(text)
    return start, start + len(text[start:end].rstrip(" ,;:"))


def _belongs(tail: list[str]) -> bool:
    """Whether the text after the answering part restricts it, contains its verb, or continues its series."""
    restricts = any(_RESTRICTS.search(part) or _VERB_FIRST.match(part) for part in tail)
    return restricts or bool(tail and len(tail[0].split()) < _LEAST_WORDS)
