"""The learnt score of a sentence: the probability that it answers, from the signals of reader and retrieval.

Its weights are data (evidence.toml), learnt by `make gate`.
"""

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

READ = ("answers", "words", "share", "place", "coverage", "own", "kind", "span")
FEATURES = (*READ, "words_logit", "words_behind", "answers_behind", "own_behind")
"""Features of a sentence, in the order of a row's columns, each about -1 to 1: the reader's logit for the passage (a
tenth of it); its probability for the sentence's best words and for all of its words; the rank of the retrieved chunk;
the share of what is asked that the sentence and its headings contain, and that the sentence itself contains; whether it
contains a date, duration, amount, … if the question asks for one; the probability that the exact answer is in it.
Derived from those: the logit of its best words (a fifth of it), and how far words, passage and own share are behind the
question's best.
"""

_LEAST = 1e-3  # a probability closer to 0 or 1 is clipped to this, so that its logit is finite


@cache
def _weights() -> tuple[float, NDArray[np.float64]]:
    data = tomllib.loads(files("ragnano.evidence").joinpath("evidence.toml").read_text(encoding="utf-8"))
    return float(data["bias"]), np.array([float(data["weights"][name]) for name in FEATURES])


def features_of(read: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (sentences, len(FEATURES)) from (sentences, len(READ)); needs at least one sentence."""
    answers, words, own = (read[:, READ.index(name)] for name in ("answers", "words", "own"))
    behind = (column - column.max() for column in (words, answers, own))
    return np.column_stack([read, fifth_of_logit(words), *behind])


def sentence_scores(read: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (sentences,), 0 to 1: the probability that each answers."""
    bias, weights = _weights()
    scores: NDArray[np.float64] = 1 / (1 + np.exp(-(bias + features_of(read) @ weights)))
    return scores


def fifth_of_logit(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns a fifth of each probability's logit, clipped to about -1.4 to 1.4."""
    kept = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(kept / (1 - kept)) / 5)
