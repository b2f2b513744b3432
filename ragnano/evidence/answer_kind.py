"""Of which kind an answer is: words of the document, yes or no, with a condition or without.

The reader's probabilities are weighed with two signs in the sentence itself: whether it denies, and whether it
restricts. The weights were fitted on 222 questions for yes or no to documents that the reader has not learnt from
(LOG.md: yes told from no right for .68 of them, for .74 of those above .7; the condition for .76). Imports neither
store nor model.
"""

import math
import re
from collections.abc import Sequence

from ragnano.types import DirectKind

_DENIES = re.compile(r"\b(?:no|not|never|neither|nor|none|nobody|nothing|cannot|prohibited|forbidden)\b|n['’]t\b", re.I)
_RESTRICTS = re.compile(r"\b(?:provided|except|unless|only|if|without|until|subject to|save|other than)\b", re.I)
_YES = {"bias": 0.42, "reader": 0.78, "denies": -1.37}
_CONDITION = {"bias": -0.90, "reader": 0.87, "restricts": 1.75}
# "Nothing prevents", "neither may … but …": what such a sentence denies, a small model can't tell.
_DENIES_A_DENIAL = re.compile(
    r"\b(?:prohibit|forbid|restrict|prevent|bar|limit|preclude|hinder|oblige)(?:s|d|ed|ing)?\b|\bbut\b"
    r"|\bexcept\s+(?:where|that|if)\b",
    re.I,
)
_LEAST = 1e-4  # a probability nearer to 0 is taken for this, so that its logarithm is finite


def answer_kind(kinds: Sequence[float], text: str) -> tuple[DirectKind, float]:
    """The kind of the answer in a sentence, and how sure it is, 0 to 1. `kinds` are the reader's probabilities.

    A sentence that denies a denial ("nothing prevents") is never sure.
    """
    span, yes, no, yes_if, no_unless = (max(float(kind), _LEAST) for kind in kinds)
    if span >= 0.5:
        return "span", span
    lean = _YES["bias"] + _YES["reader"] * math.log((yes + yes_if) / (no + no_unless))
    says_yes = _share(lean + _YES["denies"] * bool(_DENIES.search(text)))
    lean = _CONDITION["bias"] + _CONDITION["reader"] * math.log((yes_if + no_unless) / (yes + no))
    conditioned = lean + _CONDITION["restricts"] * bool(_RESTRICTS.search(text)) > 0
    if _DENIES.search(text) and _DENIES_A_DENIAL.search(text):
        return ("yes-if" if conditioned else "yes"), 0.5
    if says_yes >= 0.5:
        return ("yes-if" if conditioned else "yes"), says_yes
    return ("no-unless" if conditioned else "no"), 1 - says_yes


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
