"""Parses a question to several documents: what is compared, which operation is meant, and the condition to meet.

Works on text alone; `attributes` then determines which attribute is meant.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from ragnano.tasks.comparison.conditions import Condition, condition_of
from ragnano.text.query import AnswerKind
from ragnano.text.words import content_stems, fold

Operation = Literal["list", "count", "greatest", "least", "order", "sum"]

_QUESTION_WORDS = (
    "which|what|whats|who|where|of|our|my|the|have|we|got|list|show|me|in|how|each|every|all|both|are|is|do|does|by|"
    "two|three|four|five|these|those|many|any|with|and|or|number|us"
)


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """What a question asks of several documents.

    `topic` is the question without the words for documents and for the operation; `narrowing` are the stems of words
    that say what sort of documents are meant ("supply", "lease"); `descending` is the order of the rows. `explicit` is
    false if nothing but a superlative or a sum suggests that several documents are meant.
    """

    question: str
    operation: Operation
    topic: str
    narrowing: tuple[str, ...]
    condition: Condition
    descending: bool
    explicit: bool

    @property
    def kinds(self) -> tuple[AnswerKind, ...]:
        """Kinds of values that the question can be about; () for any."""
        if self.condition.kinds:
            return self.condition.kinds
        if self.operation in ("greatest", "least", "order"):
            return ("date", "duration", "amount", "share")
        return ("amount",) if self.operation == "sum" else ()


def comparison_asked(question: str, *, several_named: bool = False) -> ComparisonQuery | None:
    """Returns the parsed question if it asks several documents, otherwise None.

    `several_named`: the question names at least two documents.
    """
    text = fold(question)
    explicit = several_named or _names_several(text)
    operation = _operation(text, explicit=explicit)
    if operation == "list" and not (explicit and _asks_each(text)):
        return None
    if not explicit and operation in ("count", "order"):
        return None
    return ComparisonQuery(
        question=text,
        operation=operation,
        topic=_topic(text),
        narrowing=_narrowing(text),
        condition=condition_of(text, negated=_has(text, "negated")),
        descending=operation == "greatest" or _has(text, "descending"),
        explicit=explicit,
    )


def _names_several(text: str) -> bool:
    """Whether a question has words for several documents: "my contracts", "each lease", "which of them"."""
    if _has(text, "one_document"):
        return False
    several, surely, single = _any("documents"), _any("surely_documents"), _any("document")
    patterns = (
        rf"\b(?:which|all|both|our|my|these|those|many|two|three|four|five|number of) "
        rf"(?:of )?(?:the |our |my |these |those )?(?:\w+ )?{several}\b",
        rf"\b(?:what|of|in|any) (?:of )?(?:the |our |my |these |those )?(?:\w+ ){{0,2}}{surely}\b",
        rf"\bthe (?:\w+ )?{several} (?:that|which|with|where|in which)\b",
        rf"\bthe \w+ {surely}\b",
        rf"\bwhich (?:\w+ )?{single}\b",
        r"\b(?:what|each|every|any) (?:contract|agreement|document|file|deal|lease|nda)\b",
        rf"\b(?:our|my|the) (?:{_any('greatest')}|{_any('least')}) (?:\w+ )?{single}\b",
        r"\b(?:out of|of) (?:everything|all of|them|those)\b",
        r"\beach time\b|\b(?:anything|everything|all) (?:under|with|that)\b",
        r"\bwhich ones?\b",
    )
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _asks_each(text: str) -> bool:
    """Whether a question asks for a value, or a yes, of each document."""
    begin = (
        "which|what|list|show|name|find|give|tell|have we|do we have|are there|is there|any|in which|in what|"
        "who|where|when|how|for (?:each|every|all)|in (?:each|every|all)|under (?:each|every|all)"
    )
    return bool(
        re.search(
            rf"^(?:{begin})\b|\b(?:each|every|all|both|which of)\b|\b{_any('compare')}(?!\w)", text, re.IGNORECASE
        )
    )


def _operation(text: str, *, explicit: bool) -> Operation:
    if _has(text, "order"):
        return "order"
    if _has(text, "count") and not re.search(r"\bhow many (?:days|weeks|months|years)\b", text, re.IGNORECASE):
        return "count"
    if _has(text, "sum") or (explicit and _has(text, "sum_of_several")):
        return "sum"
    names = ("greatest", "least", "greatest_of_several", "least_of_several")[: 4 if explicit else 2]
    bounded = re.sub(
        r"\b(?:more|less|longer|shorter|later|earlier) than\b|\bat (?:most|least)\b", " ", text, flags=re.I
    )
    first = min(((match.start(), name) for name in names for match in _matches(bounded, name)), default=(0, "list"))
    return "greatest" if first[1].startswith("greatest") else "least" if first[1].startswith("least") else "list"


def _topic(text: str) -> str:
    """Returns the question without documents, operations and question words: what is compared."""
    names = ("any_document", "count", "sum", "sum_of_several", "order", "compare", "documents", "document")
    superlatives = ("greatest", "least", "greatest_of_several", "least_of_several")
    removed = "|".join([_typed(), *(_any(name) for name in (*names, *superlatives)), _QUESTION_WORDS])
    rest = re.sub(rf"\b(?:{removed})(?:'s|’s)?\b", " ", text, flags=re.IGNORECASE)
    return fold(re.sub(r"[?.!,:;–-]", " ", rest))


def _typed() -> str:
    """Returns a pattern for a sort of documents: "supply agreements"."""
    sort = rf"(?:(?!(?:{_QUESTION_WORDS}|more|most|other)\b)[a-z]+(?:-[a-z]+)? )?"
    return rf"{sort}(?:{_any('documents')}|{_any('document')})"


def _narrowing(text: str) -> tuple[str, ...]:
    """Returns the stems that narrow the documents: "suppli" of "supply agreements", "leas" of "leases"."""
    match = re.search(rf"\b{_typed()}\b", text)
    if match is None:
        return ()
    kept = re.sub(rf"\b(?:{_any('any_document')})$", "", match.group(), flags=re.IGNORECASE)
    superlatives = rf"\b(?:{_any('greatest')}|{_any('least')}|last|first)\b"
    return tuple(content_stems(re.sub(superlatives, " ", kept)))


def _has(text: str, name: str) -> bool:
    return bool(_matches(text, name))


def _matches(text: str, name: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"\b{_any(name)}(?!\w)", text, re.IGNORECASE))


@cache
def _any(name: str) -> str:
    """Returns one pattern for the words of this name in words.toml, the longest first."""
    return "(?:" + "|".join(sorted(_word_lists()[name], key=len, reverse=True)) + ")"


@cache
def _word_lists() -> dict[str, list[str]]:
    data: dict[str, list[str]] = tomllib.loads(
        files("ragnano.tasks.comparison").joinpath("words.toml").read_text(encoding="utf-8")
    )
    return data
