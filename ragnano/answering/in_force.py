"""Sets a value against the amendments of its contract: the value in force stands first, the others beside it.

An amendment that names no section but changes a value ("the monthly fee is increased to GBP 9,300 from 1 July 2025") is
asked the same question as its contract. Nothing is settled in silence: the answer names every value and its document.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from ragnano.conflicts.families import effective, family_of
from ragnano.store import Catalogue
from ragnano.text.comparable_values import ComparableValue, read_value, values_in
from ragnano.text.date_arithmetic import written
from ragnano.text.points_in_time import point_in_time
from ragnano.text.query import AnswerKind, Question
from ragnano.types import Conflict, Document, Evidence, Scope, Side

KINDS: tuple[AnswerKind, ...] = ("date", "duration", "amount", "share")
"""Kinds of answers that amendments are asked for."""
REASON = "an amendment changes it"


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A passage that states the value, its exact words, and the day from which it counts (None if unknown)."""

    evidence: Evidence
    words: str
    since: date | None


@dataclass(frozen=True, slots=True)
class ValueHistory:
    """The value in force and the others, latest first."""

    current: StatedValue
    others: tuple[StatedValue, ...]

    def before(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Returns the evidence with the passages of the history first, each once."""
        own = [stated.evidence for stated in (self.current, *self.others)]
        known = {(item.hit.document.id, item.spans) for item in own}
        return (*own, *(item for item in evidence if (item.hit.document.id, item.spans) not in known))

    def conflict(self, numbers: Sequence[int]) -> Conflict:
        """Returns the conflict between the values, whose citations have these numbers; the first is in force."""
        stated = (self.current, *self.others)
        dated = [(value.since or date.min, at) for at, value in enumerate(stated)]
        sides = tuple(Side(number, value.words) for number, value in zip(numbers, stated, strict=True))
        return Conflict(sides, max(dated)[1], REASON, in_force=0)

    def text(self, numbers: Sequence[int]) -> str:
        """Returns the history in ragnano's words, with the documents' words in quotes and these citation numbers."""
        current = self.current
        since = f" since {written(current.since)}" if current.since else ""
        lines = [f"In force{since}: “{current.evidence.text}” [{numbers[0]}]"]
        for number, value in zip(numbers[1:], self.others, strict=True):
            name = PurePath(value.evidence.hit.document.path).name
            later = value.since and current.since and value.since > current.since
            when = f"From {written(value.since)}" if later and value.since else "Before"
            lines.append(f"{when} ({name}): “{value.evidence.text}” [{number}]")
        return "\n".join(lines)


def value_history(
    question: Question,
    evidence: Sequence[Evidence],
    catalogue: Catalogue,
    scope: Scope,
    read: Callable[[Document], Sequence[Evidence]],
    today: date,
) -> ValueHistory | None:
    """Returns the history of the value that the best evidence states; None if no amendment changes it.

    `read` returns the evidence that another document has for the question, best first, () if it does not answer.
    """
    if question.kind not in KINDS or not evidence or _stated(evidence[0], question.kind) is None:
        return None
    best = evidence[0]
    family = family_of(best.hit.document, catalogue, scope)
    if not family.amendments:
        return None
    stated = []
    for document in (family.contract, *family.amendments):
        found = (best,) if document.id == best.hit.document.id else tuple(read(document))
        own = next((value for item in found if (value := _stated(item, question.kind))), None)
        if own is not None:
            stated.append(own)
    if len({_value(value, question.kind) for value in stated}) < 2:
        return None
    first, *changes = stated
    ordered = [first, *sorted(changes, key=lambda value: value.since or date.min)]
    as_of = None if question.kind == "date" else point_in_time(question.text) or today
    begun = [value for value in ordered if value is first or as_of is None or (value.since or as_of) <= as_of]
    current = begun[-1]
    return ValueHistory(current, tuple(value for value in reversed(ordered) if value is not current))


def _stated(item: Evidence, kind: AnswerKind) -> StatedValue | None:
    """Returns the value that a passage states in its exact words; an end may also be stated as a duration."""
    words = _words(item)
    kinds: tuple[AnswerKind, ...] = ("date", "duration") if kind == "date" else (kind,)
    if not any(values_in(one, words) for one in kinds):
        return None
    return StatedValue(item, words, effective(item))


def _words(item: Evidence) -> str:
    """Returns the exact words of a passage's answer, "" if there are none."""
    return item.text[item.exact.start : item.exact.end] if item.exact else ""


def _value(stated: StatedValue, kind: AnswerKind) -> ComparableValue:
    value = read_value(kind, stated.words, "")
    return value if value.known else read_value("duration", stated.words, "")
