"""Measures retrieval: recall, precision and hits with intervals, and what each part of the search contributes.

Overlap is measured on words, so that the measures work with any parser's text of the same document: texts are folded to
lower-case words and compared as runs of four. Budgets are in characters, so that longer passages gain nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from ragnano.assistant import Assistant
from ragnano.errors import ConfigError
from ragnano.evaluation.labels import Labelled
from ragnano.retrieval.retriever import PARTS, Retriever
from ragnano.types import Hit, Scope

BUDGETS = (1_000, 2_500, 5_000)
"""Characters of retrieved text over which recall and precision are measured."""
DEPTHS = (1, 5)
"""A search is a hit when a right passage is among this many first results."""
PASSAGES = 20
"""Passages requested from the search: enough to fill the largest budget."""
SAMPLES = 1_000
SEED = 20

RUN = 4  # words
_WORD = re.compile(r"[a-z0-9]+")
_ENOUGH = 0.5  # share of a passage's runs in the expert's spans, or of a span's runs in the passage

Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its 95 % confidence interval.

    The interval is a bootstrap over documents, because the questions of one document are not independent.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """The scores of one way of searching: every measure over all questions; counts and means by category."""

    way: str
    questions: int
    measures: Mapping[str, Estimate]
    categories: Mapping[str, Mapping[str, float]]


def folded_words(text: str) -> list[str]:
    """Returns the text's words in order, in lower case, with ASCII letters and digits only."""
    return _WORD.findall(text.lower())


def runs_of(text: str) -> Runs:
    """Returns the text's runs of four words; a shorter text is one run."""
    words = folded_words(text)
    if not words:
        return frozenset()
    return frozenset(tuple(words[place : place + RUN]) for place in range(max(1, len(words) - RUN + 1)))


def share(part: Runs, whole: Runs) -> float:
    """Returns how much of `part` is in `whole`, 0 to 1."""
    return len(part & whole) / len(part) if part else 0.0


def judge(item: Labelled, hits: Sequence[Hit]) -> dict[str, float]:
    """Returns all measures of one question's hits, each 0 to 1."""
    wanted = [runs_of(passage) for passage in item.passages]
    every = frozenset().union(*wanted)
    right = [item.document in {PurePath(path).name for path in hit.document.paths} for hit in hits]
    found = {f"hit@{depth}": 0.0 for depth in DEPTHS}
    for place, (hit, is_right) in enumerate(zip(hits, right, strict=True)):
        if is_right and is_hit(runs_of(hit.chunk.text), wanted):
            found |= {f"hit@{depth}": 1.0 for depth in DEPTHS if place < depth}
    for budget in BUDGETS:
        got = _within(hits, right, budget)
        found[f"recall@{budget}"] = share(every, got)
        found[f"precision@{budget}"] = share(got, every)
    found["right document first"] = float(right[:1] == [True])
    return found


def is_hit(passage: Runs, spans: Sequence[Runs]) -> bool:
    """Returns whether the spans cover more than half of the passage, or the passage more than half of one span."""
    every = frozenset().union(*spans)
    return share(passage, every) > _ENOUGH or any(share(span, passage) > _ENOUGH for span in spans)


def _within(hits: Sequence[Hit], right: Sequence[bool], budget: int) -> Runs:
    """Returns the runs of the right document's passages within the first `budget` characters of all passages."""
    got: set[tuple[str, ...]] = set()
    for hit, is_right in zip(hits, right, strict=True):
        piece = hit.chunk.text[:budget]
        if is_right:
            got |= runs_of(piece)
        budget -= len(piece)
        if budget <= 0:
            break
    return frozenset(got)


def score_retrieval(
    way: str,
    questions: Iterable[Labelled],
    search: Callable[[Labelled], Sequence[Hit]],
    progress: Callable[[int], None] | None = None,
) -> RetrievalScores:
    """Searches for every question and measures the results. `progress` receives the number of questions done."""
    items: list[Labelled] = []
    judged: list[dict[str, float]] = []
    for done, item in enumerate(questions, start=1):
        items.append(item)
        judged.append(judge(item, search(item)))
        if progress:
            progress(done)
    if not items:
        return RetrievalScores(way, 0, {}, {})
    names = list(judged[0])
    table = np.array([[scores[name] for name in names] for scores in judged])
    documents = sorted({item.document for item in items})
    groups = [documents.index(item.document) for item in items]
    categories = {}
    for category in sorted({item.category for item in items}):
        rows = [place for place, item in enumerate(items) if item.category == category]
        means = np.round(table[rows].mean(axis=0), 4).tolist()
        categories[category] = {"questions": float(len(rows)), **dict(zip(names, means, strict=True))}
    return RetrievalScores(way, len(items), dict(zip(names, _estimates(table, groups), strict=True)), categories)


def _estimates(table: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", groups: Sequence[int]) -> list[Estimate]:
    """Estimates means by cluster bootstrap: documents drawn with replacement. Efron and Tibshirani 1993."""
    count = int(max(groups)) + 1
    sums = np.zeros((count, table.shape[1]))
    np.add.at(sums, groups, table)
    sizes = np.bincount(groups, minlength=count)
    drawn = np.random.default_rng(SEED).integers(0, count, size=(SAMPLES, count))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return [
        Estimate(round(float(mean), 4), round(float(least), 4), round(float(most), 4))
        for mean, least, most in zip(table.mean(axis=0), low, high, strict=True)
    ]


def score_ways(
    assistant: Assistant, items: Sequence[Labelled], *, named: bool, left_out: Sequence[str | None] = (None,)
) -> tuple[RetrievalScores, ...]:
    """Measures the whole search (None) and the search without each part in `left_out`, over the same questions.

    With `named` each question names its document and is asked of all; otherwise it is asked of its document alone.
    Questions whose document is not in the index, or cannot be named, are left out. Raises ConfigError when none is
    left.
    """
    known = {PurePath(path).name: document.id for document in assistant.documents() for path in document.paths}
    asked = [item for item in items if item.document in known and (item.named or not named)]
    if not asked:
        raise ConfigError("no labelled question is left: none is about a document of the index, or names one")
    scores = []
    for part in left_out:
        retriever = Retriever(
            assistant.catalogue,
            assistant.vectors,
            assistant.embedder,
            assistant.settings,
            parts=[name for name in PARTS if name != part],
        )

        def search(item: Labelled, retriever: Retriever = retriever) -> Sequence[Hit]:
            scope = Scope() if named else Scope(None, (known[item.document],))
            return retriever.search(item.named if named else item.question, scope, PASSAGES).hits

        scores.append(score_retrieval("whole" if part is None else f"without {part}", asked, search))
    return tuple(scores)
