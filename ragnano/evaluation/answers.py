"""Asks a question set with each model, optionally through the plain pipeline too, and scores the answers.

With one model, both systems answer each question before the next is asked, and they alternate in going first. Other
load on the machine then affects both alike, so the ratio of their times is fair.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.errors import ConfigError, EngineError, QuestionError
from ragnano.evaluation.baseline import PlainPipeline
from ragnano.evaluation.intervals import Middle, ratio_of
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.evaluation.saved_answers import Replies
from ragnano.evaluation.scores import AnswerScores, score_answers
from ragnano.types import Answer, Document, Scope

OURS = "ragnano"
PLAIN = "plain"
ALL = "all questions"
CALLED = "questions that both put to the model"


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """The scores by model and system, and the reasons for missing answers.

    `times` gives, by model, how many times as long as ragnano the plain pipeline took: the ratio of the medians over
    all questions (including refusals made without calling the model) and over the questions for which both called it.
    """

    scores: tuple[AnswerScores, ...]
    times: Mapping[str, Mapping[str, Middle]]
    failed: tuple[str, ...]


def measure_answers(
    assistant: Assistant,
    items: Sequence[LabelledQuestion],
    models: Sequence[str],
    replies: Replies,
    *,
    plain: PlainPipeline | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AnswerReport:
    """Asks every question that `replies` has no answer to yet, and scores all of them.

    Questions about documents that are not in the index are left out. `progress` receives the number of answers so far
    and the total. Raises ConfigError when no question is left, and whatever opening a model raises.
    """
    asked, failed = ask_all(assistant, items, models, replies, plain=plain, progress=progress)
    return _report(models, plain, asked, replies, failed)


def ask_all(
    assistant: Assistant,
    items: Sequence[LabelledQuestion],
    models: Sequence[str],
    replies: Replies,
    *,
    plain: PlainPipeline | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[LabelledQuestion, ...], tuple[str, ...]]:
    """Asks as `measure_answers` does; returns the questions asked, and the reasons for missing answers."""
    known = known_documents(assistant)
    asked = tuple(item for item in items if {*item.asked_of, item.document} - {""} <= known.keys())
    if not asked:
        raise ConfigError("no question is left to ask: none is about a document of the index; see --data and --index")
    planned = [
        (model, system, item)
        for model in models
        for place, item in enumerate(asked)
        for system in systems_of(plain, model)[:: -1 if place % 2 else 1]
    ]
    left = [(model, system, item) for model, system, item in planned if replies.get(item, system, model) is None]
    if plain is not None and any(system == PLAIN for _, system, _ in left):
        plain.prepare(_documents(asked, known))
    failed: list[str] = []
    warm = None
    for done, (model, system, item) in enumerate(left, start=len(planned) - len(left) + 1):
        if model != warm:
            _warm(assistant, model)
            warm = model
        ask = plain.ask if plain is not None and system == PLAIN else partial(_ours, assistant)
        try:
            replies.add(item, system, model, ask(item.question, scope_of(item, known), model))
        except (QuestionError, EngineError) as error:
            failed.append(f"{item.id}, {system}, {model}: {error}")
        if progress is not None:
            progress(done, len(planned))
    return asked, tuple(failed)


def known_documents(assistant: Assistant) -> dict[str, Document]:
    """Returns the documents of the index by their file names."""
    return {PurePath(path).name: document for document in assistant.documents() for path in document.paths}


def _ours(assistant: Assistant, question: str, scope: Scope, model: str) -> Answer:
    return assistant.ask(question, scope, model=model)


def _report(
    models: Sequence[str],
    plain: PlainPipeline | None,
    asked: Sequence[LabelledQuestion],
    replies: Replies,
    failed: tuple[str, ...],
) -> AnswerReport:
    scores = [
        score_answers(system, model, asked, [replies.get(item, system, model) for item in asked])
        for model in models
        for system in systems_of(plain, model)
    ]
    times = {model: ratio for model in models if (ratio := times_of(model, asked, replies))}
    return AnswerReport(tuple(scores), times, failed)


def systems_of(plain: PlainPipeline | None, model: str) -> tuple[str, ...]:
    """Returns the systems that answer with this model: the plain pipeline needs a chat model."""
    return (OURS,) if plain is None or model == QUOTES_ONLY else (OURS, PLAIN)


def _documents(asked: Sequence[LabelledQuestion], known: Mapping[str, Document]) -> list[Document]:
    """Returns each document that is asked about once; the whole index when any question is asked of all documents."""
    names = known if any(not item.asked_of for item in asked) else [name for item in asked for name in item.asked_of]
    return list({known[name].id: known[name] for name in names}.values())


def scope_of(item: LabelledQuestion, known: Mapping[str, Document]) -> Scope:
    """Returns the scope of documents that a question is asked of."""
    return Scope(documents=tuple(dict.fromkeys(known[name].id for name in item.asked_of))) if item.asked_of else Scope()


def _warm(assistant: Assistant, model: str) -> None:
    """Loads whatever the first question would otherwise have to wait for."""
    assistant.settle()
    assistant.search("warm", k=1)
    assistant.reader.read("warm", ["warm"])
    if model != QUOTES_ONLY:
        assistant.chat_model(model).count_tokens("warm")


def times_of(model: str, asked: Sequence[LabelledQuestion], replies: Replies) -> dict[str, Middle]:
    """Returns how many times as long as ragnano the plain pipeline took.

    The ratios are over all questions, and over those for which both called the model.
    """
    pairs = [
        (baseline_reply, own_reply)
        for item in asked
        if (baseline_reply := replies.get(item, PLAIN, model)) and (own_reply := replies.get(item, OURS, model))
    ]
    called = [pair for pair in pairs if all(reply.prompt_tokens for reply in pair)]
    ratios = {
        name: ratio_of(
            [baseline_reply.total_s for baseline_reply, _ in some], [own_reply.total_s for _, own_reply in some]
        )
        for name, some in ((ALL, pairs), (CALLED, called))
    }
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}
