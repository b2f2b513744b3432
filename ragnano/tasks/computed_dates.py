"""Computes dates that no document states: the last day for notice, when an invoice is due, the end of a term.

Code computes from terms that are quoted, and the line shows how. When a term is missing, the answer names it and quotes
the others instead of guessing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Literal

from ragnano.conflicts.families import families
from ragnano.retrieval.document_filter import narrow
from ragnano.store import Catalogue
from ragnano.tasks.comparison.attributes import Attribute, attribute_named
from ragnano.tasks.comparison.finding import Finding, find_value
from ragnano.tasks.task_context import Outcome, Tools
from ragnano.text.date_arithmetic import last_day_of_term, shifted, written
from ragnano.text.quantities import Value, values_of
from ragnano.text.query import read_question
from ragnano.text.words import fold
from ragnano.types import Document, Evidence, Scope

Kind = Literal["notice", "due", "term"]

_LAST_DAY = re.compile(r"\b(?:last|latest|final) (?:possible )?(?:day|date|moment)\b|\bby when\b|\bhow late\b", re.I)
_NOTICE = re.compile(r"\b(?:notice|notify|cancel\w*|terminat\w*|non-?renewal|get out|give up)\b", re.I)
_BREAK = re.compile(r"\bbreak\b", re.I)
_INVOICE = re.compile(r"\b(?:invoice|bill)\b", re.I)
_DUE = re.compile(r"\b(?:due|pa(?:y|id|yable)|overdue)\b", re.I)
_ENDS = re.compile(r"\b(?:ends?|last day|expires?|runs? out|over|finish(?:es)?)\b", re.I)
_STARTS = re.compile(r"\b(?:sign(?:ed)?|starts?|starting|begins?|beginning|from|commenc\w+)\b", re.I)

NON_RENEWAL = Attribute(
    "notice",
    "duration",
    (
        "How long before the end must notice be given to prevent renewal?",
        "How much notice must be given to terminate this agreement?",
    ),
)
BREAK_DATE = Attribute("break date", "date", ("What is the break date?", "On which date may the term be ended early?"))


@dataclass(frozen=True, slots=True)
class DateQuestion:
    """A date to compute; `day` and `length` are stated in the question itself, None if they are not."""

    kind: Kind
    day: date | None = None
    length: Value | None = None
    early: bool = False


def computed_date_asked(question: str) -> DateQuestion | None:
    """Returns the date that a question wants computed, None if it wants none. Works on text alone."""
    text = fold(question)
    day, length = _day(text), _length(text)
    if _LAST_DAY.search(text) and _NOTICE.search(text):
        return DateQuestion("notice", early=bool(_BREAK.search(text)))
    if day and _INVOICE.search(text) and _DUE.search(text):
        return DateQuestion("due", day=day)
    if day and length and _ENDS.search(text) and _STARTS.search(text):
        return DateQuestion("term", day=day, length=length)
    return None


def compute_date(asked: DateQuestion, question: str, scope: Scope, tools: Tools) -> Outcome | None:
    """Returns the computed date with its terms, or the terms and what is missing; None if it is not clear of which
    document is asked. Raises EngineError."""
    if asked.kind == "term":
        return _end(asked)
    document = document_asked(question, scope, tools.catalogue)
    if document is None:
        return None
    if asked.kind == "due":
        return _due(asked, find_value(attribute_named("payment term"), document, tools))
    end = find_value(BREAK_DATE if asked.early else attribute_named("end date"), document, tools)
    return _last_day_for_notice(end, find_value(NON_RENEWAL, document, tools))


def document_asked(question: str, scope: Scope, catalogue: Catalogue) -> Document | None:
    """Returns the one contract that a question names, or the only one of the scope."""
    documents = narrow(read_question(question), catalogue, scope).about or tuple(catalogue.documents(scope))
    contracts = families(documents, catalogue)
    return contracts[0].contract if len(contracts) == 1 else None


def _end(asked: DateQuestion) -> Outcome | None:
    assert asked.day is not None and asked.length is not None
    length = asked.length
    last = last_day_of_term(asked.day, length.value, length.unit)  # type: ignore[arg-type]
    if last is None:
        return None
    words = f"{_written_length(length)} from {written(asked.day)}, that day counted, end on {written(last)}"
    return Outcome(f"{written(last)}: {words}.", phrased=True, confidence=1.0)


def _due(asked: DateQuestion, term: Finding) -> Outcome | None:
    assert asked.day is not None
    lengths = values_of(term.words, "duration")
    if not term.evidence or len(lengths) != 1:
        return _missing("The due date", ("a payment term",), (term,))
    (length,) = lengths
    day = shifted(asked.day, length.value, length.unit)  # type: ignore[arg-type]
    if day is None:
        return None
    working = "; weekends are left out, holidays are not" if length.unit.startswith("business") else ""
    text = f"{written(day)}: {_quoted(term)} [1] after {written(asked.day)}, that day not counted{working}."
    return _outcome(text, (term,))


def _last_day_for_notice(end: Finding, notice: Finding) -> Outcome | None:
    lengths = values_of(notice.words, "duration")
    missing = [
        *(["the end date"] if end.value.day is None else []),
        *(["the notice period"] if not notice.evidence or len(lengths) != 1 else []),
    ]
    if missing:
        return _missing("The last day for notice", missing, (end, notice))
    assert end.value.day is not None
    (length,) = lengths
    day = shifted(end.value.day, length.value, length.unit, back=True)  # type: ignore[arg-type]
    if day is None:
        return None
    how = f" ({end.note})" if end.note else ""
    text = f"{written(day)}: {_quoted(notice)} [1] before {written(end.value.day)} [2]{how}."
    return _outcome(text, (notice, end))


def _missing(what: str, missing: Sequence[str], findings: Sequence[Finding]) -> Outcome:
    """Returns what cannot be computed and why, with the terms that were found."""
    found = [finding for finding in findings if finding.evidence]
    lines = [f"{what} can't be computed: {' and '.join(missing)} could not be read in {_file(findings[0])}."]
    lines += [f"- “{finding.evidence.text}” [{at}]" for at, finding in enumerate(found, start=1) if finding.evidence]
    return _outcome("\n".join(lines), found) if found else Outcome(about=(findings[0].document,))


def _outcome(text: str, findings: Sequence[Finding]) -> Outcome:
    evidence: list[Evidence] = [finding.evidence for finding in findings if finding.evidence]
    evidence += [item for finding in findings for item in finding.support]
    sure = min((finding.confidence for finding in findings), default=0.0)
    return Outcome(text, tuple(evidence), about=(findings[0].document,), confidence=sure)


def _quoted(finding: Finding) -> str:
    return f"“{' '.join(finding.words.split())}”"


def _file(finding: Finding) -> str:
    return PurePath(finding.document.path).name


def _day(text: str) -> date | None:
    days = read_question(text).dates
    return date.fromisoformat(days[0]) if days else None


def _length(text: str) -> Value | None:
    lengths = values_of(text, "duration")
    return lengths[0] if len(lengths) == 1 else None


def _written_length(length: Value) -> str:
    number = int(length.value)
    unit = length.unit.removesuffix("s")
    if unit == "month" and number % 12 == 0:
        number, unit = number // 12, "year"
    return f"{number} {unit}{'' if number == 1 else 's'}"
