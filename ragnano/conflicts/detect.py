"""Detects passages that answer one question differently. They are displayed side by side, never merged, and the later
document is labelled.

There are two methods. A clause and its amendment are matched by clause number (`ragnano.conflicts.amendments`).
Otherwise two passages of the evidence conflict when they state different values of the kind asked for about the same
thing; the criteria are strict, because false conflicts would appear in many answers. Uses the store, but no model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ragnano.conflicts.amendments import changed_by
from ragnano.conflicts.related_documents import belong_together, later_of
from ragnano.store import Catalogue
from ragnano.text.quantities import Value, values_of
from ragnano.text.query import AnswerKind, Question, synonym_stems
from ragnano.text.words import content_stems, words
from ragnano.types import Conflict, Document, Evidence, Scope, Side

NEAR = 0.25
"""Least share of the cited passage's score that the other passage must have (set by judgement on the samples)."""
AROUND = 60
"""Characters on each side of a value; the words in them show what the value is for."""
ALIKE = 0.8
"""Least share of words, apart from values, that two sentences must have in common if they are from one document or the
question asks for no kind of value."""
COMPARED: tuple[AnswerKind, ...] = ("duration", "amount", "share", "date")
"""Kinds of value compared when the question asks for none in particular."""


@dataclass(frozen=True, slots=True)
class ConflictingAnswer:
    """A replacement for an answer: evidence (possibly more), text with citation numbers, citations and conflicts.

    `whole` is true when everything that was cited is part of a conflict; otherwise the text is appended to the answer.
    """

    evidence: tuple[Evidence, ...]
    text: str
    cited: tuple[int, ...]
    conflicts: tuple[Conflict, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two conflicting passages; `facts` are the words that differ ("" for whole passages)."""

    sides: tuple[Evidence, Evidence]
    facts: tuple[str, str]
    later: int | None
    reason: str


def find_conflicts(
    question: Question,
    evidence: Sequence[Evidence],
    cited: Sequence[int],
    catalogue: Catalogue,
    scope: Scope,
    main: int | None = None,
) -> ConflictingAnswer | None:
    """Returns the cited evidence with what contradicts it, or None. At most one pair per citation.

    The answer rests on the first `main` citations (None: all of them); the others are only displayed beside it.
    """
    pairs: list[_Pair] = []
    for at in cited[:main]:
        pair = _amended(evidence[at], catalogue, scope) or _different(question, evidence, at)
        if pair and not any(_same_places(pair, known) for known in pairs):
            pairs.append(pair)
    if not pairs:
        return None
    everything = list(evidence)
    sides = [tuple(_place_of(side, everything) for side in pair.sides) for pair in pairs]
    in_conflict = dict.fromkeys(at for pair in sides for at in pair)
    whole = set(cited[:main]) <= set(in_conflict)
    displayed = tuple(in_conflict) if whole else tuple(dict.fromkeys([*cited, *in_conflict]))
    conflicts = tuple(
        Conflict(
            tuple(Side(displayed.index(at) + 1, fact) for at, fact in zip(places, pair.facts, strict=True)),
            pair.later,
            pair.reason,
        )
        for pair, places in zip(pairs, sides, strict=True)
    )
    text = "\n".join(line for conflict in conflicts for line in _lines(conflict, [everything[at] for at in displayed]))
    return ConflictingAnswer(tuple(everything), text, displayed, conflicts, whole)


def _amended(item: Evidence, catalogue: Catalogue, scope: Scope) -> _Pair | None:
    found = changed_by(item, catalogue, scope)
    if found is None:
        return None
    later = later_of(found.clause.hit.document, found.change.hit.document)
    # An amendment is the later document, unless the dates say otherwise.
    later = 1 if found.clause.hit.document.date is None or found.change.hit.document.date is None else later
    return _Pair((found.clause, found.change), ("", ""), later, f"one changes Section {found.number} of the other")


def _different(question: Question, evidence: Sequence[Evidence], at: int) -> _Pair | None:
    """Returns the best other passage with another value of the kind asked for, about the same thing."""
    cited = evidence[at]
    for other in evidence:
        if other is cited or min(other.score, cited.score) < NEAR * max(other.score, cited.score):
            continue
        for kind in (question.kind,) if question.kind != "other" else COMPARED:
            if (facts := _differ(question, cited, other, kind)) is not None:
                later = later_of(cited.hit.document, other.hit.document)
                return _Pair((cited, other), facts, later, f"they state a different {_NAMES[kind]}")
    return None


_NAMES: dict[AnswerKind, str] = {
    "duration": "period",
    "amount": "amount or number",
    "share": "percentage",
    "date": "date",
    "place": "place",
}


def _differ(question: Question, first: Evidence, second: Evidence, kind: AnswerKind) -> tuple[str, str] | None:
    """Returns the differing values of two passages as text; None if they agree or are about different things."""
    first_document, second_document = first.hit.document, second.hit.document
    first_values, second_values = (values_of(item.text, kind, question.stems) for item in (first, second))
    shared = {value.unit for value in first_values} & {value.unit for value in second_values}
    first_values, second_values = (
        tuple(value for value in values if value.unit in shared) for values in (first_values, second_values)
    )
    if not shared or {(value.unit, value.value) for value in first_values} & {
        (value.unit, value.value) for value in second_values
    }:
        return None
    if (
        first_document.id != second_document.id
        and belong_together(first_document, second_document)
        and question.kind != "other"
    ):
        alike = _same_subject(question, first, second) and _same_anchor(
            question, first, second, first_values, second_values
        )
    else:
        alike = (
            first_document.id == second_document.id or belong_together(first_document, second_document)
        ) and _same_words(first, second, first_values, second_values)
    return (_values_text(first, first_values), _values_text(second, second_values)) if alike else None


def _same_subject(question: Question, first: Evidence, second: Evidence) -> bool:
    """Whether both passages, with their headings, contain the same part of what is asked for."""
    named = {stem for item in (first, second) for stem in _names(item.hit.document)}
    asked_stems = [stem for stem in question.stems if stem not in named]
    first_stems, second_stems = ({stem for stem in asked_stems if _bears(item, stem)} for item in (first, second))
    return bool(first_stems & second_stems) and 2 * len(first_stems & second_stems) >= max(
        len(first_stems), len(second_stems)
    )


def _bears(item: Evidence, stem: str) -> bool:
    borne = set(content_stems(f"{item.hit.chunk.section} {item.text}"))
    return bool(borne & {stem, *synonym_stems(stem)})


def _same_anchor(
    question: Question, first: Evidence, second: Evidence, first_values: Sequence[Value], second_values: Sequence[Value]
) -> bool:
    """Whether the words close to the values show that they are values of the same thing.

    "Tenant pays a deposit of $900" and "Tenant pays $800 rent" share the words asked for and no others.
    """
    first_words, second_words = (
        _close_words(item, values) for item, values in ((first, first_values), (second, second_values))
    )
    asked = set(question.stems)
    return bool(first_words & second_words) and (
        bool(first_words & second_words - asked) or first_words <= asked or second_words <= asked
    )


def _close_words(item: Evidence, values: Sequence[Value]) -> set[str]:
    close: set[str] = set()
    for value in values:
        before, behind = item.text[max(0, value.start - AROUND) : value.start], item.text[value.end :][:AROUND]
        close.update(content_stems(f"{before.partition(' ')[2]} {behind.rpartition(' ')[0] or behind}"))
    return close - _names(item.hit.document)


def _same_words(
    first: Evidence, second: Evidence, first_values: Sequence[Value], second_values: Sequence[Value]
) -> bool:
    """Whether the passages have almost the same words apart from the values; all other numbers must be equal."""
    first_text, second_text = (
        _without_values(item, values) for item, values in ((first, first_values), (second, second_values))
    )
    if _numbers(first_text) != _numbers(second_text):
        return False
    stems, others = set(content_stems(first_text)), set(content_stems(second_text))
    return bool(stems) and len(stems & others) >= ALIKE * len(stems | others)


def _without_values(item: Evidence, values: Sequence[Value]) -> str:
    text = item.text
    for value in reversed(values):
        text = f"{text[: value.start]} {text[value.end :]}"
    return text


def _numbers(text: str) -> list[str]:
    return sorted(word for word in words(text) if any(character.isdigit() for character in word))


def _names(document: Document) -> set[str]:
    return set(content_stems(" ".join([document.title, *document.parties])))


def _values_text(item: Evidence, values: Sequence[Value]) -> str:
    return ", ".join(dict.fromkeys(item.text[value.start : value.end] for value in values))


def _place_of(side: Evidence, evidence: list[Evidence]) -> int:
    """Returns the passage's index in the evidence; appends the passage if it is missing."""
    for at, item in enumerate(evidence):
        if item.hit.document.id == side.hit.document.id and set(item.spans) & set(side.spans):
            return at
    evidence.append(replace(side, score=min((item.score for item in evidence), default=0.0)))
    return len(evidence) - 1


def _same_places(first: _Pair, second: _Pair) -> bool:
    places = [{(side.hit.document.id, side.spans) for side in pair.sides} for pair in (first, second)]
    return places[0] == places[1]


def _lines(conflict: Conflict, cited: Sequence[Evidence]) -> Iterator[str]:
    """Yields the conflict as text: ragnano's own words, and the documents' words in quotes."""
    sides = [cited[side.citation - 1] for side in conflict.sides]
    apart = len({side.hit.document.id for side in sides}) > 1
    yield f"The documents differ ({conflict.reason}):" if apart else f"The document differs ({conflict.reason}):"
    for at, (side, item) in enumerate(zip(conflict.sides, sides, strict=True)):
        document = item.hit.document
        dated = f", dated {document.date}" if document.date else ""
        later = ", the later document" if conflict.later == at else ""
        place = f"{PurePath(document.path).name}{dated}{later}"
        yield f"- {place}: “{item.text}” [{side.citation}]"
