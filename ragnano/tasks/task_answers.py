"""Builds an answer from a task's outcome, in the same shape as for lookups."""

import time

from ragnano.answering.citations import cite, cite_hit
from ragnano.answering.refusal import refusal
from ragnano.receipts import Trace, receipt
from ragnano.tasks.classification import Task
from ragnano.tasks.comparison import Comparison, compare
from ragnano.tasks.computed_dates import compute_date, computed_date_asked
from ragnano.tasks.lists import list_items
from ragnano.tasks.summaries import summarise
from ragnano.tasks.table_questions import answer_from_table
from ragnano.tasks.task_context import Outcome, Tools
from ragnano.types import Answer, Scope, Timings, Verdict


def serve(
    question: str, task: Task, scope: Scope, tools: Tools, *, model: str, begun: float, trace: Trace | None = None
) -> Answer:
    """Answers a summary or a list; `begun` is the time of the question (time.monotonic). Fills `trace`.

    Raises QuestionError, AmbiguousError, EngineError, ModelMissing.
    """
    outcome = (summarise if task.kind == "summary" else list_items)(task.focus, scope, tools)
    return _assembled(question, outcome, scope, tools, model=model, begun=begun, trace=trace)


def serve_comparison(
    comparison: Comparison, scope: Scope, tools: Tools, *, model: str, begun: float, trace: Trace | None = None
) -> Answer | None:
    """Answers a question to several documents, otherwise like `serve`; None if it turns out to be a lookup."""
    outcome = compare(comparison, tools)
    if outcome is None:
        return None
    return _assembled(comparison.query.question, outcome, scope, tools, model=model, begun=begun, trace=trace)


def serve_table(
    question: str, scope: Scope, tools: Tools, *, model: str, begun: float, trace: Trace | None = None
) -> Answer | None:
    """Answers a question to the rows of a table; None if it is none."""
    outcome = answer_from_table(question, scope, tools)
    if outcome is None:
        return None
    tools.show(outcome.text)
    return _assembled(question, outcome, scope, tools, model=model, begun=begun, trace=trace)


def serve_date(
    question: str, scope: Scope, tools: Tools, *, model: str, begun: float, trace: Trace | None = None
) -> Answer | None:
    """Answers a question for a date that code computes; None if it is none, or not clear of which document."""
    asked = computed_date_asked(question)
    outcome = compute_date(asked, question, scope, tools) if asked else None
    if outcome is None:
        return None
    tools.show(outcome.text)
    return _assembled(question, outcome, scope, tools, model=model, begun=begun, trace=trace)


def _assembled(
    question: str, outcome: Outcome, scope: Scope, tools: Tools, *, model: str, begun: float, trace: Trace | None
) -> Answer:
    if trace:
        trace.evidence = outcome.evidence
    verdict: Verdict = "not_found" if not outcome.text else "answered" if outcome.phrased else "quoted"
    done = time.monotonic()
    return Answer(
        question=question,
        answer=outcome.text or refusal(outcome.about or tools.catalogue.documents(scope)),
        verdict=verdict,
        confidence=round(outcome.confidence, 4),
        citations=cite(outcome.evidence, tools.catalogue),
        nearest=tuple(cite_hit(hit, tools.catalogue) for hit in outcome.nearest),
        timings=_timings(outcome, begun, done),
        tokens=outcome.tokens,
        model=model,
        receipt=receipt(question, scope, outcome.evidence, model, tools.settings),
        about=tuple(document.path for document in outcome.about),
        direct=outcome.direct,
        rows=outcome.rows,
    )


def _timings(outcome: Outcome, begun: float, done: float) -> Timings:
    first = None if outcome.first_token_at is None else outcome.first_token_at - begun
    return Timings(round((outcome.ready_at or done) - begun, 4), first, round(done - begun, 4))
