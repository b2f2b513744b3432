"""Judges the quotes and words of an answer against a label, by the same rules as the benchmark outside the project.

Words are compared as ASCII letters and digits in lower case, so that the checks work with any parser's text of the same
document.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ragnano.evaluation.asked_labels import Label
from ragnano.evaluation.retrieval import folded_words, runs_of, share
from ragnano.evaluation.saved_answers import Reply

DIRECT_WORDS = 25
"""The most words a direct answer may have."""
ANSWER_WORDS = 40
"""The most words an answer in the model's words may have."""

_OVERLAP = 0.5  # share of the runs of a quote or of a sentence
_LONG = 80  # words; in a longer quote, this share of the words must be words of the answer:
_LEAST_GOLD = 0.3
_TOO_LONG = 250  # words; a quote longer than this is never right
_LEAST_F1 = 0.5
_ROOM = 12  # words an answer may have around a short answer, when three times the short answer's words would be fewer
_TIMES = 3  # as many words as the short answer has
_POLAR = ("yes", "no")
_UNCONDITIONAL = ("yes", "no")  # types of questions that a bare Yes or No answers completely
_IDLE = frozenset("a an the of to in on at by for and or is are be shall will must may that this its it".split())
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {word: str(value) for value, word in enumerate(_SMALL)}
_NUMBERS |= {
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
}
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MARK = re.compile(r"\[\d+\]")


def quote_right(quote: str, passages: Sequence[str]) -> bool:
    """Returns whether a passage covers more than half of the quote, or the quote more than half of a passage.

    In a quote of more than 80 words, at least 30 % of the words must also occur in the passages. A quote of more than
    250 words is never right.
    """
    words = folded_words(quote)
    if len(words) > _TOO_LONG:
        return False
    if len(words) > _LONG:
        known = {word for passage in passages for word in folded_words(passage)}
        if sum(word in known for word in words) < _LEAST_GOLD * len(words):
            return False
    quote_runs = runs_of(quote)
    return any(_overlap(quote_runs, runs_of(passage)) for passage in passages)


def _overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    return share(one, other) > _OVERLAP or share(other, one) > _OVERLAP


def direct_right(label: Label, reply: Reply) -> bool:
    """Returns whether the direct answer is right; a refusal has none."""
    return not reply.refused and _is_right(label, reply.direct, DIRECT_WORDS)


def answer_right(label: Label, reply: Reply) -> bool:
    """Returns whether the answer is in the model's words and right."""
    return reply.worded and _is_right(label, reply.answer, ANSWER_WORDS)


def _is_right(label: Label, answer: str, most: int) -> bool:
    """Returns whether the words are few, contain no figure of their own and say what the label says.

    For a yes/no question they must begin with the right word, which is enough if the answer has no condition. Otherwise
    they must contain the short answer and little more, or reach an F1 of one half against the ideal answer.
    """
    answer = _MARK.sub("", answer).strip()
    words = folded_words(answer)
    if not answer or len(words) > most or not _figures_known(answer, (*label.passages, label.direct)):
        return False
    polar = next((word for word in folded_words(label.direct)[:1] if word in _POLAR), "")
    if polar and words[:1] != [polar]:
        return False
    if polar and label.type in _UNCONDITIONAL:
        return True
    return (not polar and _holds_short(answer, label.short)) or _f1(answer, label.direct) >= _LEAST_F1


def _holds_short(answer: str, short: str) -> bool:
    """Returns whether `answer` contains all words of the short answer and at most three times as many words in all."""
    if not short:
        return False
    expected, actual = _content(short), _content(answer)
    return set(expected) <= set(actual) and len(actual) <= max(_ROOM, _TIMES * len(expected))


def _figures_known(answer: str, texts: Iterable[str]) -> bool:
    """Returns whether each figure in the words also occurs in one of the texts, in figures or as a word."""
    known = {word for text in texts for word in (*_figures(text), *_content(text))}
    return all(figure in known for figure in _figures(answer))


def _figures(text: str) -> list[str]:
    """Returns the numbers in a text, without commas."""
    return [figure.replace(",", "") for figure in _FIGURE.findall(text)]


def _content(text: str) -> list[str]:
    """Returns the content words, with number words in figures."""
    return [_NUMBERS.get(word, word) for word in folded_words(text) if word not in _IDLE]


def _f1(answer: str, expected: str) -> float:
    """Returns twice the common words over the words of both, 0 to 1. Repeated words count repeatedly."""
    answer_counts, expected_counts = Counter(_content(answer)), Counter(_content(expected))
    common = (answer_counts & expected_counts).total()
    return 2 * common / (answer_counts.total() + expected_counts.total()) if common else 0.0
