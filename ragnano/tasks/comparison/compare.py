"""Answers a question to several documents."""

from datetime import date

from ragnano.tasks.comparison.plan import Comparison
from ragnano.tasks.comparison.rows import document_row, read_all
from ragnano.tasks.comparison.wording import MOST_LINES, worded
from ragnano.tasks.task_context import Outcome, Tools


def compare(comparison: Comparison, tools: Tools) -> Outcome | None:
    """Reads every document and returns the computed result with its rows. Raises EngineError.

    Returns None if one document may have been meant and at most one says anything: the question is then a lookup.
    """
    if comparison.attribute is None:
        return _listed(comparison, tools)
    compared = read_all(comparison, tools, date.today(), tools.on_progress)
    if comparison.doubtful and sum(item.finding.found for item in compared) < 2:
        return None
    text, rows, citations = worded(comparison.query, comparison.attribute, compared)
    if not any(row.citation for row in rows):
        return Outcome(about=comparison.documents, rows=rows)
    matching = {row.document for row in rows if row.citation and row.matches is not False}
    if comparison.query.operation in ("greatest", "least") and rows[0].normalized:
        matching = {row.document for row in rows if row.normalized == rows[0].normalized}
    about = tuple(document for document in comparison.documents if document.id in matching)
    tools.show(text)
    sure = [item.finding.confidence for item in compared if item.finding.found]
    return Outcome(text, tuple(citations.evidence), about=about, confidence=min(sure, default=0.0), rows=rows)


def _listed(comparison: Comparison, tools: Tools) -> Outcome:
    """Lists documents of a sort without reading them."""
    rows = tuple(document_row(document) for document in comparison.documents)
    lines = [f"{len(rows)} {'document' if len(rows) == 1 else 'documents'}:"]
    lines += [f"- {row.title} ({row.path.rsplit('/', 1)[-1]})" for row in rows[:MOST_LINES]]
    text = "\n".join(lines)
    tools.show(text)
    return Outcome(text, about=comparison.documents, confidence=1.0, rows=rows)
