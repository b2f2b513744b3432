"""Asks questions as people ask them, optionally through the plain pipeline too, and scores the answers.

The search results are measured too, so that a wrong answer can be distinguished from a passage that was not found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ragnano.assistant import Assistant
from ragnano.evaluation.answers import OURS, ask_all, known_documents, scope_of, systems_of, times_of
from ragnano.evaluation.asked_labels import Label
from ragnano.evaluation.asked_scores import DEPTHS, AskedScores, Found, score_asked
from ragnano.evaluation.baseline import PlainPipeline
from ragnano.evaluation.intervals import Middle
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.evaluation.retrieval import is_hit, runs_of
from ragnano.evaluation.saved_answers import Replies


@dataclass(frozen=True, slots=True)
class AskedReport:
    """The scores, ragnano's first, and the reasons for missing answers.

    `times` gives how many times as long as ragnano the plain pipeline took, by choice of questions.
    """

    scores: tuple[AskedScores, ...]
    times: Mapping[str, Middle]
    failed: tuple[str, ...]


def measure_asked(
    assistant: Assistant,
    labels: Sequence[Label],
    model: str,
    replies: Replies,
    *,
    plain: PlainPipeline | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AskedReport:
    """Asks every question that `replies` has no answer to yet, and scores all of them.

    Questions about documents that are not in the index count as missing. `progress` receives the number of answers so
    far and the total. Raises ConfigError when no question can be asked, and whatever opening a model raises.
    """
    items = [label.asked for label in labels]
    asked, failed = ask_all(assistant, items, [model], replies, plain=plain, progress=progress)
    hits = _found(assistant, asked)
    scores = [
        score_asked(
            system,
            model,
            labels,
            [replies.get(item, system, model) for item in items],
            hits if system == OURS else {},
        )
        for system in systems_of(plain, model)
    ]
    return AskedReport(tuple(scores), times_of(model, asked, replies), failed)


def _found(assistant: Assistant, asked: Sequence[LabelledQuestion]) -> Found:
    """Returns, for each answerable question, whether a right passage is among the first results, at each of DEPTHS."""
    known = known_documents(assistant)
    found = {}
    for item in asked:
        if item.passages:
            spans = [runs_of(passage) for passage in item.passages]
            hits = assistant.search(item.question, scope_of(item, known), k=max(DEPTHS))
            right = [is_hit(runs_of(hit.chunk.text), spans) for hit in hits]
            found[item.id] = tuple(any(right[:depth]) for depth in DEPTHS)
    return found
