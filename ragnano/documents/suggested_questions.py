"""Suggests first questions for a library from titles and headings, without a model.

Each question is about a clause that exists.
"""

import re
from collections.abc import Callable, Sequence

from ragnano.types import Document

MOST = 4
"""Limit for suggested questions: they can be read at a glance."""

MOST_READ = 12
"""Limit for the documents whose headings are read: the latest ones."""

_LONGEST_TITLE = 80

# Pattern of a heading, and a question about such a clause. The most common questions come first.
TOPICS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), question)
    for pattern, question in (
        (r"\bterminat", "How can {name} be terminated?"),
        (r"\bgoverning law|\bapplicable law", "Which law governs {name}?"),
        (r"\brent\b", "How much is the rent under {name}?"),
        (r"\bsalary|\bcompensation\b|\bremuneration", "How much is paid under {name}?"),
        (r"\bfees?\b|\bpayments?\b|\bprices?\b", "When must invoices be paid under {name}?"),
        (r"\bconfidential", "What must be kept confidential under {name}?"),
        (r"\bliabilit", "How is liability limited in {name}?"),
        (r"\brenew", "How is {name} renewed?"),
        (r"\bterm\b", "How long does {name} last?"),
        (r"\binsurance", "Which insurance does {name} require?"),
        (r"\bassign", "May {name} be assigned?"),
        (r"\bnotices?\b", "How must notices be given under {name}?"),
    )
)


def first_questions(
    documents: Sequence[Document], headings_of: Callable[[str], list[tuple[int, str]]]
) -> tuple[str, ...]:
    """Returns at most MOST questions, each about a different topic and, where possible, a different document.

    `headings_of` returns (chunk, heading path) for a document's chunks. Documents that share a title are left out: a
    question would be ambiguous.
    """
    titles = [document.title for document in documents]
    clear = [one for one in documents if titles.count(one.title) == 1 and 0 < len(one.title) <= _LONGEST_TITLE]
    latest = sorted(clear, key=lambda one: (one.added, one.id), reverse=True)[:MOST_READ]
    topics = {one.id: _topics(headings_of(one.id)) for one in latest}
    made: list[str] = []
    used_topics: set[int] = set()
    for _ in range(MOST):
        for document in latest:
            topic = next((at for at in topics[document.id] if at not in used_topics), None)
            if topic is not None and len(made) < MOST:
                used_topics.add(topic)
                made.append(TOPICS[topic][1].format(name=_named(document.title)))
    return tuple(made)


def _topics(headings: list[tuple[int, str]]) -> list[int]:
    text = "\n".join(dict.fromkeys(heading for _, heading in headings))
    return [at for at, (pattern, _) in enumerate(TOPICS) if pattern.search(text)]


def _named(title: str) -> str:
    """Returns the title as a sentence uses it, with an article."""
    folded = " ".join(title.split())
    return folded if re.match(r"(?:the|an?)\b", folded, re.IGNORECASE) else f"the {folded}"
