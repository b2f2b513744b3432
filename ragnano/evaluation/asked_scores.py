"""Scores answers to questions as people ask them, with intervals: overall, by type of question, by kind of document.

Each measure counts only the questions it applies to: citations and words of the answerable ones; refusals of the
absent, the erased and the answerable; search hits where a search was made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragnano.evaluation.asked_checks import answer_right, direct_right, quote_right
from ragnano.evaluation.asked_labels import Label
from ragnano.evaluation.calibration import Calibration, calibration_of
from ragnano.evaluation.intervals import Middle, Share, middle_of, share_of
from ragnano.evaluation.retrieval import folded_words
from ragnano.evaluation.risk_coverage import Curve, Outcome, curve_of
from ragnano.evaluation.saved_answers import Reply

DEPTHS = (1, 5, 8)
"""A search is scored on whether a right passage is among this many first results."""
ALL = "all"
_LOOKED_AT = 3  # citations that a person looks at; confidence promises that one of them is right

Found = Mapping[str, tuple[bool, ...]]
"""By a question's id: whether a right passage is among the first 1, 5 and 8."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer's outcome: whether each citation (in order), the direct answer and the model's words are right."""

    label: Label
    reply: Reply
    citations: tuple[bool, ...]
    direct: bool
    worded: bool

    @property
    def first(self) -> bool:
        """Whether the first citation is right."""
        return self.citations[:1] == (True,)


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures over a group of questions. `missing` ones have no answer and count in nothing else."""

    questions: int
    missing: int
    shares: Mapping[str, Share]
    medians: Mapping[str, Middle]


@dataclass(frozen=True, slots=True)
class AskedScores:
    """The scores of one system with one model.

    `calibration` covers the answers that were given, overall and by kind of document: confidence against whether one of
    the first three citations is right, which is never so for an absent or erased question. In `curve` an answer is
    wrong when its first citation is, and always for an absent or erased question.
    """

    system: str
    model: str
    scores: Measures
    by_type: Mapping[str, Measures]
    by_kind: Mapping[str, Measures]
    calibration: Mapping[str, Calibration]
    curve: Curve


def judge(label: Label, reply: Reply) -> Judged:
    """Judges an answer. When the document does not answer the question, nothing in the answer is right."""
    if not label.answerable:
        return Judged(label, reply, tuple(False for _ in reply.quotes), False, False)
    quotes = () if reply.refused else reply.quotes
    right = tuple(quote_right(quote, label.passages) for _, quote in quotes)
    return Judged(label, reply, right, direct_right(label, reply), answer_right(label, reply))


def score_asked(
    system: str, model: str, labels: Sequence[Label], replies: Sequence[Reply | None], found: Found
) -> AskedScores:
    """Returns the scores of one system and model; `replies` are in the labels' order, None where missing."""
    pairs = zip(labels, replies, strict=True)
    judged = {label.id: judge(label, reply) for label, reply in pairs if reply is not None}
    types = _parts(labels, [label.type for label in labels])
    kinds = _parts(labels, [label.kind for label in labels])
    return AskedScores(
        system,
        model,
        _measures(labels, judged, found),
        {name: _measures(some, judged, found) for name, some in types.items()},
        {name: _measures(some, judged, found) for name, some in kinds.items()},
        _calibration(judged.values(), list(kinds)),
        curve_of(Outcome(one.reply.confidence, not one.reply.refused, one.first) for one in judged.values()),
    )


def _parts(labels: Sequence[Label], names: Sequence[str]) -> dict[str, list[Label]]:
    """Groups the labels by their names, in alphabetical order."""
    return {
        name: [label for label, called in zip(labels, names, strict=True) if called == name]
        for name in sorted(set(names))
    }


def _measures(labels: Sequence[Label], outcomes: Mapping[str, Judged], found: Found) -> Measures:
    judged = [outcomes[label.id] for label in labels if label.id in outcomes]
    searched = [found[label.id] for label in labels if label.id in found]
    words = [
        sum(len(folded_words(quote)) for _, quote in one.reply.quotes)
        for one in judged
        if one.label.answerable and not one.reply.refused
    ]
    shares = shares_of(judged)
    shares |= {f"hit@{depth}": share_of([hits[at] for hits in searched]) for at, depth in enumerate(DEPTHS)}
    medians = {"words shown": middle_of(words)}
    return Measures(
        len(labels),
        len(labels) - len(judged),
        {name: share for name, share in shares.items() if share is not None},
        {name: middle for name, middle in medians.items() if middle is not None},
    )


def shares_of(judged: Sequence[Judged]) -> dict[str, Share | None]:
    """Returns every share, None where there is nothing to count.

    "refusals that were right" covers absent and answerable questions; "of pairs" covers the answerable questions and
    the same questions asked of their erased documents, where the question's words alone give no clue.
    """
    answerable = [one for one in judged if one.label.answerable]
    absent = [one for one in judged if not (one.label.answerable or one.label.erased)]
    erased = [one for one in judged if one.label.erased]
    return {
        "first citation right": share_of([one.first for one in answerable]),
        "any citation right": share_of([any(one.citations) for one in answerable]),
        "right share of citations": share_of([right for one in answerable for right in one.citations]),
        "direct right": share_of([one.direct for one in answerable]),
        "answer right": share_of([one.worded for one in answerable]),
        "wrongly refused": share_of(_refused(answerable)),
        "erased refused": share_of(_refused(erased)),
        "absent refused": share_of(_refused(absent)),
        "refusals that were right": _right_refusals([*absent, *answerable]),
        "refusals that were right, of pairs": _right_refusals([*erased, *answerable]) if erased else None,
    }


def _refused(judged: Iterable[Judged]) -> list[bool]:
    return [one.reply.refused for one in judged]


def _right_refusals(judged: Iterable[Judged]) -> Share | None:
    return share_of([not one.label.answerable for one in judged if one.reply.refused])


def _calibration(judged: Iterable[Judged], kinds: Sequence[str]) -> dict[str, Calibration]:
    """Returns the calibration overall and by kind, without the kinds for which nothing was answered."""
    given = [one for one in judged if not one.reply.refused]
    found = {ALL: given} | {kind: [one for one in given if one.label.kind == kind] for kind in kinds}
    measured = {
        name: calibration_of((one.reply.confidence, any(one.citations[:_LOOKED_AT])) for one in some)
        for name, some in found.items()
    }
    return {name: calibration for name, calibration in measured.items() if calibration is not None}
