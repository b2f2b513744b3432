"""Judges answers and counts them with intervals: citations, short answers, refusals, unsupported facts, times.

Each measure counts only the questions it applies to: citations of the answerable, refusal recall of the absent, refusal
precision of all that were refused, unsupported facts of all that were answered, short answers of those that have one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragnano.evaluation.answer_checks import short_right, unsupported
from ragnano.evaluation.contract_nli import affirms, denies
from ragnano.evaluation.intervals import Middle, Share, middle_of, share_of
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.evaluation.retrieval import is_hit, runs_of
from ragnano.evaluation.risk_coverage import Curve, Outcome, curve_of
from ragnano.evaluation.saved_answers import Reply


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome of one answer.

    `cited` is whether a cited quote of the right document overlaps a passage by more than half of either; `short` is
    None where no short answer is known. `right` is the overall outcome: an absent question refused; an answerable one
    answered with a right citation and no wrong short answer; for yes/no questions see
    `ragnano.evaluation.contract_nli`.
    """

    question: LabelledQuestion
    reply: Reply
    cited: bool
    short: bool | None
    unsupported: tuple[str, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """The scores of one system with one model. `missing` questions have no answer and count in nothing else.

    `medians` are seconds, prompt tokens (0 without a model call) and the characters quoted in an answer; `categories`
    repeats the shares for each category.
    """

    system: str
    model: str
    questions: int
    missing: int
    shares: Mapping[str, Share]
    medians: Mapping[str, Middle]
    most_citations: int
    categories: Mapping[str, Mapping[str, Share]]
    curve: Curve


def judge(question: LabelledQuestion, reply: Reply) -> Judged:
    """Judges one answer."""
    passages = [runs_of(passage) for passage in question.passages]
    quotes = [quote for name, quote in reply.quotes if name == question.document]
    cited = not reply.refused and any(is_hit(runs_of(quote), [passage]) for quote in quotes for passage in passages)
    # A refusal contains no answer, so a short answer that was asked for counts as wrong.
    short = short_right(question.short, "" if reply.refused else reply.answer, question.wanted) if passages else None
    facts = () if reply.refused else unsupported(reply.answer, " ".join(quote for _, quote in reply.quotes))
    if not passages:
        right = reply.refused
    elif question.says == "no":
        right = reply.refused or not affirms(reply.answer)
    elif question.says == "yes":
        right = cited and not denies(reply.answer)
    else:
        right = cited and short is not False
    return Judged(question, reply, cited, short, facts, right)


def shares_of(judged: Sequence[Judged]) -> dict[str, Share]:
    """Returns every share that can be computed from these answers."""
    answerable = [one for one in judged if one.question.passages]
    absent = [one for one in judged if not one.question.passages]
    found = {
        "right": share_of([one.right for one in judged]),
        "citation hit": share_of([one.cited for one in answerable]),
        "short answer right": share_of([one.short for one in answerable if one.short is not None]),
        "refusal recall": share_of([one.reply.refused for one in absent]),
        "refusal precision": share_of([not one.question.passages for one in judged if one.reply.refused]),
        "wrongly refused": share_of([one.reply.refused for one in answerable]),
        "unsupported fact": share_of([bool(one.unsupported) for one in judged if not one.reply.refused]),
    }
    return {name: share for name, share in found.items() if share is not None}


def score_answers(
    system: str, model: str, items: Sequence[LabelledQuestion], replies: Sequence[Reply | None]
) -> AnswerScores:
    """Returns the scores of one system and model; `replies` are in the order of `items`, None where missing."""
    judged = [judge(item, reply) for item, reply in zip(items, replies, strict=True) if reply is not None]
    answered = [one.reply for one in judged if not one.reply.refused]
    medians = {
        "total s": middle_of([one.reply.total_s for one in judged]),
        "first word s": middle_of([one.reply.first_token_s for one in judged]),
        "prompt tokens": middle_of([one.reply.prompt_tokens for one in judged]),
        "quoted characters": middle_of([sum(len(quote) for _, quote in reply.quotes) for reply in answered]),
    }
    categories = {}
    for category in sorted({one.question.category for one in judged}):
        categories[category] = shares_of([one for one in judged if one.question.category == category])
    return AnswerScores(
        system,
        model,
        len(items),
        len(items) - len(judged),
        shares_of(judged),
        {name: middle for name, middle in medians.items() if middle is not None},
        max((len(reply.quotes) for reply in answered), default=0),
        categories,
        curve_of(Outcome(one.reply.confidence, not one.reply.refused, one.right) for one in judged),
    )
