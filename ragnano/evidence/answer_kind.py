"""Classifies an answer: words of the document, yes or no, with or without a condition.

The reader's probabilities are combined with two features of the sentence: whether it contains a denial and whether it
contains a restriction. The weights (answer_kind.toml) are fitted on yes/no questions to documents that the reader was
not trained on; that file documents their accuracy. This module depends on neither store nor model.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ragnano.types import DirectKind

_DENIES = re.compile(r"\b(?:no|not|never|neither|nor|none|nobody|nothing|cannot|prohibited|forbidden)\b|n['’]t\b", re.I)
_RESTRICTS = re.compile(r"\b(?:provided|except|unless|only|if|without|until|subject to|save|other than)\b", re.I)
YES = ("reader", "denies")
CONDITION = ("reader", "restricts")
"""Features, in the order of `KindFeatures`: log odds from the reader, and whether the sentence contains such a word."""
# "Nothing prevents", "neither may … but …": a small model cannot determine what such a sentence denies.
_DENIES_A_DENIAL = re.compile(
    r"\b(?:prohibit|forbid|restrict|prevent|bar|limit|preclude|hinder|oblige)(?:s|d|ed|ing)?\b|\bbut\b"
    r"|\bexcept\s+(?:where|that|if)\b",
    re.I,
)
_LEAST = 1e-4  # a probability closer to 0 is raised to this, so that its logarithm is finite


@dataclass(frozen=True, slots=True)
class KindFeatures:
    """Features for yes and for a condition, in the order of YES and CONDITION."""

    yes: tuple[float, float]
    condition: tuple[float, float]


def kind_features(kinds: Sequence[float], text: str) -> KindFeatures:
    """Returns the features of a sentence with the reader's probabilities of KINDS."""
    _, yes, no, yes_if, no_unless = (max(float(kind), _LEAST) for kind in kinds)
    return KindFeatures(
        (math.log((yes + yes_if) / (no + no_unless)), float(bool(_DENIES.search(text)))),
        (math.log((yes_if + no_unless) / (yes + no)), float(restricts(text))),
    )


def restricts(text: str) -> bool:
    """Whether the sentence contains a word that may restrict it: "only", "unless", "provided"."""
    return _RESTRICTS.search(text) is not None


def answer_kind(kinds: Sequence[float], text: str) -> tuple[DirectKind, float]:
    """Returns the kind of the answer in a sentence and its confidence, 0 to 1. `kinds` are the reader's probabilities.

    A sentence that negates a denial ("nothing prevents") never gets a high confidence.
    """
    if kinds[0] >= 0.5:
        return "span", float(kinds[0])
    features = kind_features(kinds, text)
    conditioned = _probability("condition", CONDITION, features.condition) > 0.5
    if _DENIES.search(text) and _DENIES_A_DENIAL.search(text):
        return ("yes-if" if conditioned else "yes"), 0.5
    says_yes = _probability("yes", YES, features.yes)
    if says_yes >= 0.5:
        return ("yes-if" if conditioned else "yes"), says_yes
    return ("no-unless" if conditioned else "no"), 1 - says_yes


def _probability(classifier: str, names: Sequence[str], values: Sequence[float]) -> float:
    weights = _weights()[classifier]
    logit = weights["bias"] + sum(weights[name] * value for name, value in zip(names, values, strict=True))
    return 1 / (1 + math.exp(-logit))


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    found = files("ragnano").joinpath("evidence", "answer_kind.toml").read_text(encoding="utf-8")
    return {
        classifier: {name: float(value) for name, value in own.items()}
        for classifier, own in tomllib.loads(found).items()
    }
