"""Measures the reader on documents it was not trained on: labels of the tune split, and CUAD's wording."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from ragnano.models.embedder import Embedder
from ragnano.models.reader import KINDS
from ragnano.settings import Settings
from tests.benchmarks.training.asked_groups import AskedGroups, Known
from tests.benchmarks.training.clause_groups import held_out_pairs
from tests.benchmarks.training.labels import asked, located
from tests.benchmarks.training.pairs import Pair

SEED = 5
QUESTIONS = {"contracts": 90, "office": 40, "tables": 30}  # of each kind of document
READ = 6  # nearest passages of a question in addition to the one that answers
CLAUSES = 400  # pairs in CUAD's wording
BEST_WORDS = 8
LONGEST = 30  # tokens of a span


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its right pair first, its misses, and the right passage without its answer (None: nothing left)."""

    item: Known
    right: Pair
    misses: list[Pair]
    without: Pair | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The pairs that are read for measuring."""

    asked: list[Asked]
    clauses: list[tuple[str, Pair]]

    @classmethod
    def of(cls, settings: Settings, embedder: Embedder) -> "Measured":
        groups = AskedGroups(asked("tune"), embedder, settings.chunk_tokens, SEED)
        rng, found = random.Random(SEED), []
        for kind, most in QUESTIONS.items():
            own = [item for item in groups.known if item.right and item.label.kind == kind]
            for item in rng.sample(own, min(most, len(own))):
                at = min(item.right)
                cuts = groups.cuts[item.document]
                near = [place for place in item.near if place not in item.right][:READ]
                misses = [
                    Pair(item.label.question, cuts[place].composed(range(len(cuts[place].texts)))[0], False, ())
                    for place in near
                ]
                right = groups.right(item, at, trim=False)
                found.append(Asked(item, right, misses, groups.without(item, at, trim=False)))
        pairs = held_out_pairs(settings, embedder)
        return cls(found, rng.sample(pairs, min(CLAUSES, len(pairs))))


def scores(model: Any, measured: Measured) -> dict[str, float]:
    """Returns shares and areas under ROC, 0 to 1, by kind of document."""
    line: dict[str, float] = {}
    for kind in QUESTIONS:
        own = [entry for entry in measured.asked if entry.item.label.kind == kind]
        line |= {f"{kind}: {name}": value for name, value in _of_questions(model, own).items()}
    outputs = model.run([pair for _, pair in measured.clauses])
    for kind in ("seen", "paraphrased"):
        rows = [row for row, (own, _) in enumerate(measured.clauses) if own == kind]
        right = [measured.clauses[row][1].answers for row in rows]
        line[f"{kind} clauses"] = round(float(roc_auc_score(right, outputs[rows, 0])), 3)
    return line


def _of_questions(model: Any, entries: Sequence[Asked]) -> dict[str, float]:
    pairs, bounds = [], [0]
    for entry in entries:
        pairs += [entry.right, *entry.misses, *([entry.without] if entry.without else [])]
        bounds.append(len(pairs))
    outputs = model.run(pairs)
    first, spans, kinds, polar, which, present, erased = [], [], [], [], [], [], []
    for number, entry in enumerate(entries):
        rows = outputs[bounds[number] : bounds[number + 1]]
        others = rows[1 : 1 + len(entry.misses), 0]
        first.append(rows[0, 0] > others.max(initial=-99))
        present.append(max(rows[0, 0], others.max(initial=-99)))
        erased.append(max([*others, *(rows[1 + len(entry.misses) :, 0])], default=-99.0))
        if entry.item.label.short:
            spans.append(located(span_of(model, entry.right, rows[0]), entry.item.label.short) is not None)
        kind = int(np.argmax(rows[0, 1 : 1 + len(KINDS)]))
        if entry.item.label.answer_kind:
            yes, no = (
                np.logaddexp.reduce([rows[0, 1 + at] for at, name in enumerate(KINDS) if name.startswith(own)])
                for own in ("yes", "no")
            )
            which.append((yes > no) == KINDS[entry.item.label.answer_kind].startswith("yes"))
        (polar if entry.item.label.answer_kind else kinds).append(kind == entry.item.label.answer_kind)
    return {
        "passage first": round(float(np.mean(first)), 3),
        "short answer in the span": round(float(np.mean(spans)), 3),
        "kind, spans": round(float(np.mean(kinds)), 3),
        "kind, yes or no": round(float(np.mean(polar or [0])), 3),
        "yes from no": round(float(np.mean(which or [0])), 3),
        "present or erased": round(
            float(roc_auc_score([1] * len(present) + [0] * len(erased), [*present, *erased])), 3
        ),
    }


def span_of(model: Any, pair: Pair, row: NDArray[np.float32]) -> str:
    """Returns the likeliest words of the passage."""
    _, start, offsets = model.encoded(pair)
    tokens = row[1 + len(KINDS) :].reshape(-1, 3)[start : start + len(offsets)]
    together = tokens[:, 1][:, None] + tokens[:, 2][None, :]
    together = np.where(
        np.triu(np.ones_like(together)) * (1 - np.triu(np.ones_like(together), LONGEST)) > 0, together, -99
    )
    first, last = np.unravel_index(int(np.argmax(together)), together.shape)
    return pair.passage[offsets[first][0] : offsets[last][1]]
