"""The reader's training data and their shares: mainly questions as people ask them, the rest for generalisation."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ragnano.models.embedder import Embedder
from ragnano.settings import Settings
from tests.benchmarks.training import reading_groups
from tests.benchmarks.training.asked_groups import AskedGroups, pick
from tests.benchmarks.training.clause_groups import clause_groups
from tests.benchmarks.training.labels import asked
from tests.benchmarks.training.own_questions import contract_labels, invented
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.polar_groups import made
from tests.benchmarks.training.typed_questions import typed
from tests.benchmarks.training.who_groups import who

PAIRS = 24  # per step
ASKED = {"contracts": 0.25, "office": 0.045, "tables": 0.045, "mergers": 0.01}
ABSENT = {"contracts": 0.035, "office": 0.01, "tables": 0.005, "mergers": 0.005}
CLAUSES = 0.3
MADE = 0.025
WHO = 0.015
INVENTED = 0.035
READING: dict[str, float] = {
    "squad": 0.16,
    "policies": 0.02,
    "reports": 0.02,
    "airlines": 0.01,
    "wiki_tables": 0.02,
    "disclosures": 0.03,
    "clauses": 0.01,
}
"""Shares of the groups; a group has one to three pairs."""
TYPED = 0.25  # of the groups have a question with a slip of the keyboard or without its small words


class Mix:
    """Draws steps; the same seed gives the same steps."""

    def __init__(self, settings: Settings, embedder: Embedder, seed: int, most_contracts: int | None = None) -> None:
        self._rng = random.Random(seed)
        self._asked = AskedGroups([*asked("train"), *contract_labels()], embedder, settings.chunk_tokens, seed)
        clauses = clause_groups(settings, embedder, seed, most_contracts)
        self._draws: dict[str, Callable[[], list[Pair]]] = {"labelled clauses": lambda: next(clauses)}
        self._weights = {"labelled clauses": CLAUSES}
        for kind, weight in ASKED.items():
            self._add(f"asked {kind}", weight, lambda kind=kind: self._asked.draw(kind))
        for kind, weight in ABSENT.items():
            self._add(f"absent {kind}", weight, lambda kind=kind: self._asked.absent(kind))
        cuts = [cut for own in self._asked.cuts.values() for cut in own]
        yes_or_no = made(cuts, self._rng)
        self._add("made for yes or no", MADE, lambda: next(yes_or_no))
        parties = who(self._asked.cuts, self._rng)
        self._add("made for who", WHO, lambda: next(parties))
        self._add_endless("invented", INVENTED, invented(self._rng))
        for name, weight in READING.items():
            self._add_endless(name, weight, getattr(reading_groups, name)(self._rng))

    def _add_endless(self, name: str, weight: float, groups: Iterable[list[Pair]]) -> None:
        endless = self._shuffled(list(groups))
        self._add(name, weight, lambda: next(endless))

    def _add(self, name: str, weight: float, draw: Callable[[], list[Pair]]) -> None:
        self._weights[name], self._draws[name] = weight, draw

    def _shuffled(self, groups: list[list[Pair]]) -> Iterator[list[Pair]]:
        """Yields all groups in random order, over and over."""
        groups = [group for group in groups if group]
        while True:
            self._rng.shuffle(groups)
            yield from groups

    def draw(self) -> list[list[Pair]]:
        """Returns groups of one question each, about PAIRS pairs."""
        groups: list[list[Pair]] = []
        while sum(map(len, groups)) < PAIRS:
            groups.append(self._typed(self._draws[pick(self._rng, self._weights)]()))
        return groups

    def _typed(self, group: list[Pair]) -> list[Pair]:
        """Returns some groups with their question as it may be typed in a hurry, the others as they are."""
        if not group or self._rng.random() >= TYPED:
            return group
        question = typed(group[0].question, self._rng)
        return [replace(pair, question=question) for pair in group]
