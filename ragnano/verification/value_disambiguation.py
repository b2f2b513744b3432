"""Checks that an answer gives the right one of several values that a text states.

"From January 1, 2013 until December 31, 2013" proves both dates; a nano model asked for the expiration may give either.
The words nearest to a value show what the value is for. This module depends on neither store nor model.
"""

from collections.abc import Iterable

from ragnano.text.entities import fits_kind
from ragnano.text.quantities import Value, values_of
from ragnano.text.query import AnswerKind, Question, synonym_stems
from ragnano.text.words import WORD, stem

NEAR = 120
"""Most characters between a word and the value nearest to it; a word farther away does not describe the value."""

KINDS: tuple[AnswerKind, ...] = ("date", "duration", "amount", "share")


def contains_kind(text: str, kind: AnswerKind) -> bool:
    """Whether the text contains what a question of the kind asks for. A day without its year is not a date; a duration
    states when something ends as well as a date does."""
    if kind == "date":
        return bool(values_of(text, "date")) or fits_kind(text, "duration")
    return fits_kind(text, kind)


def may_be_another(text: str, question: Question, proofs: Iterable[str]) -> bool:
    """Whether the proofs state another value of the kind asked for with as many of the question's words near it.

    A value that the proof repeats ("sixty (60) days", later "60 days") counts once.
    """
    if question.kind not in KINDS:
        return False
    given = {_key(value) for value in values_of(text, question.kind)}
    counts: dict[tuple[str, str], int] = {}
    for proof in proofs:
        for key, count in _question_words_near(proof, question).items():
            counts[key] = max(count, counts.get(key, 0))
    given_counts = [count for key, count in counts.items() if key in given]
    other_counts = [count for key, count in counts.items() if key not in given]
    return bool(given_counts and other_counts) and max(other_counts) >= max(given_counts)


def _question_words_near(proof: str, question: Question) -> dict[tuple[str, str], int]:
    """Returns, for each value in the proof, how many of the question's words are nearest to it."""
    values = values_of(proof, question.kind)
    beside: list[set[str]] = [set() for _ in values]
    stems_by_alias = {
        alias: question_stem
        for question_stem in question.stems
        for alias in (question_stem, *synonym_stems(question_stem))
    }
    for match in WORD.finditer(proof):
        question_stem = stems_by_alias.get(stem(match.group()))
        distances = [max(value.start - match.end(), match.start() - value.end, 0) for value in values]
        if question_stem and distances and min(distances) <= NEAR:
            beside[distances.index(min(distances))].add(question_stem)
    counts: dict[tuple[str, str], int] = {}
    for value, words in zip(values, beside, strict=True):
        counts[_key(value)] = max(len(words), counts.get(_key(value), 0))
    return counts


def _key(value: Value) -> tuple[str, str]:
    return value.unit, str(value.value)
