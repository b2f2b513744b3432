"""Parses a question to several documents: the operation, the condition to meet, the order and the sort of documents."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from ragnano.tasks.comparison.conditions import Condition, condition_of
from ragnano.tasks.comparison.recognition import Operation, Recognised
from ragnano.text.query import AnswerKind
from ragnano.text.words import content_stems, fold

NEGATED = 0.5
"""From this probability on a condition is turned round."""
COMPARABLE: tuple[AnswerKind, ...] = ("date", "duration", "amount", "share")
"""Kinds of values that have an order."""


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """What a question asks of several documents.

    `narrowing` are the stems of words that say what sort of documents are meant ("supply", "lease"); `descending` is
    the order of the rows.
    """

    question: str
    operation: Operation
    narrowing: tuple[str, ...]
    condition: Condition
    descending: bool

    @property
    def kinds(self) -> tuple[AnswerKind, ...]:
        """Kinds of values that the operation can be computed from; () for any."""
        if self.operation in ("greatest", "least", "order"):
            return COMPARABLE
        return ("amount",) if self.operation == "sum" else ()


def parse(question: str, recognised: Recognised, today: date) -> ComparisonQuery:
    """Returns the parsed question. `today` is the day that "next year" starts from."""
    text = fold(question)
    return ComparisonQuery(
        question=text,
        operation=recognised.operation,
        narrowing=narrowing(text),
        condition=condition_of(text, negated=recognised.negated >= NEGATED, today=today),
        descending=recognised.operation == "greatest" or bool(re.search(_any("descending"), text, re.IGNORECASE)),
    )


def narrowing(text: str) -> tuple[str, ...]:
    """Returns the stems that narrow the documents: "suppli" of "supply agreements", "leas" of "leases"."""
    question_words = rf"(?:{_any('question_words')}|more|most|other)"
    sort = rf"(?:(?!{question_words}\b)[a-z]+(?:-[a-z]+)? )?"
    match = re.search(rf"\b{sort}{_any('documents')}\b", text)
    if match is None:
        return ()
    kept = re.sub(rf"\b{_any('any_document')}$", "", match.group(), flags=re.IGNORECASE)
    return tuple(content_stems(re.sub(rf"\b{_any('superlatives')}\b", " ", kept, flags=re.IGNORECASE)))


@cache
def _any(name: str) -> str:
    """Returns one pattern for the words of this name in words.toml, the longest first."""
    text = files("ragnano.tasks.comparison").joinpath("words.toml").read_text(encoding="utf-8")
    return "(?:" + "|".join(sorted(tomllib.loads(text)[name], key=len, reverse=True)) + ")"
