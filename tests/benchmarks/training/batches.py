"""Draws the batch of one training step: questions, passages, which passages answer, and which prove nothing.

All questions of a batch are compared with all its passages, so each contract contributes several labelled categories,
each in two wordings, with near misses of the same contract beside the answers. Three kinds of question are made from
the contracts themselves, so that the model learns more than the labelled categories: a heading asks for the clause
under it (the clause comes without its heading), some of a clause's words ask for the clause, and a defined term asks
for its definition.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ragnano.text.words import content_stems, words
from tests.benchmarks.training.contracts import Contract, General

CONTRACTS = 2  # per batch
LABELS = 6  # labelled questions per contract and batch
WORDINGS = 2  # of each labelled question
GENERAL = 5  # questions about other things per batch
NEAREST = 12  # a near miss is one of this many nearest passages that don't answer

DEFINED = re.compile(r"[\"“]([A-Z][\w &'’-]{2,40})[\"”]\s+(?:shall\s+)?(?:means?|has the meaning|refers? to)\b")
_NUMBER = re.compile(r"^(?:section|article)?\s*[\dIVXivx.()]+\s*", re.IGNORECASE)
ASKING = ('What does "{}" mean?', 'How is "{}" defined?', "definition of {}", "What is meant by {}?")


def heading_of(section: str) -> str:
    """Returns the innermost heading of a path without its number; "" where it makes too short or long a question."""
    heading = _NUMBER.sub("", section.split(" > ")[-1]).strip(" .:")
    return heading if 4 <= len(heading) <= 60 else ""


@dataclass(slots=True)
class Batch:
    """`answers` and `unknown` are bool (questions, passages): right, and neither right nor known to be wrong."""

    questions: list[str]
    passages: list[str]
    answers: NDArray[np.bool_]
    unknown: NDArray[np.bool_]


@dataclass(slots=True)
class _Asked:
    """A question, and the indices of its contract's chunks that answer it or are not known to be wrong."""

    text: str
    home: int
    right: set[int]
    unknown: set[int] = field(default_factory=set)
    category: str = ""


class Batches:
    """Draws batches; `vectors` (the contracts' chunks) and `asked` (the wordings) determine which misses are near."""

    def __init__(self, found: Sequence[Contract], wordings: Mapping[str, Sequence[str]], seed: int) -> None:
        self._contracts, self._wordings = found, wordings
        self._rng = random.Random(seed)
        self._labelled = [number for number, contract in enumerate(found) if contract.answers]
        self._vectors: Sequence[NDArray[np.float32]] = []
        self._asked: Mapping[str, NDArray[np.float32]] = {}

    def look(self, vectors: Sequence[NDArray[np.float32]], asked: Mapping[str, NDArray[np.float32]]) -> None:
        """Sets the vectors by which near misses are chosen from now on."""
        self._vectors, self._asked = vectors, asked

    def draw(self, general: Sequence[General]) -> Batch:
        passages: dict[tuple[int, int], str] = {}
        asked: list[_Asked] = []
        for home in self._rng.sample(self._labelled, CONTRACTS):
            for question in [*self._by_label(home), *self._from_contract(home, passages)]:
                asked.append(question)
                self._choose(question, passages)
        places = list(passages)
        texts = list(passages.values())
        replayed = self._rng.sample(general, GENERAL)
        shape = (len(asked) + GENERAL, len(texts) + GENERAL)
        answers, unknown = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        for row, question in enumerate(asked):
            for column, (number, place) in enumerate(places):
                if number == question.home:
                    answers[row, column] = place in question.right
                    unknown[row, column] = place in question.unknown
                elif question.category:
                    unknown[row, column] = place in self._contracts[number].answers.get(question.category, ())
        for number in range(GENERAL):
            answers[len(asked) + number, len(texts) + number] = True
        questions = [question.text for question in asked] + [pair.question for pair in replayed]
        return Batch(questions, texts + [pair.passage for pair in replayed], answers, unknown)

    def _by_label(self, home: int) -> list[_Asked]:
        contract = self._contracts[home]
        chosen = self._rng.sample(list(contract.answers), min(LABELS, len(contract.answers)))
        return [
            _Asked(text, home, set(contract.answers[category]), category=category)
            for category in chosen
            for text in self._rng.sample(self._wordings[category], min(WORDINGS, len(self._wordings[category])))
        ]

    def _choose(self, question: _Asked, passages: dict[tuple[int, int], str]) -> None:
        """Adds an answer of the question to the passages, and a near miss for a labelled one."""
        home, contract = question.home, self._contracts[question.home]
        if not any((home, place) in passages for place in question.right):
            place = self._rng.choice(sorted(question.right))
            passages[home, place] = contract.texts[place]
        if question.category:
            nearest = np.argsort(-(self._vectors[home] @ self._asked[question.text]), kind="stable")
            misses = [int(place) for place in nearest[: NEAREST + len(question.right)] if place not in question.right]
            if misses:
                place = self._rng.choice(misses)
                passages.setdefault((home, place), contract.texts[place])

    def _from_contract(self, home: int, passages: dict[tuple[int, int], str]) -> list[_Asked]:
        made = [self._by_heading(home, passages), self._by_words(home), self._by_definition(home)]
        return [question for question in made if question]

    def _by_heading(self, home: int, passages: dict[tuple[int, int], str]) -> _Asked | None:
        contract = self._contracts[home]
        place = self._rng.randrange(len(contract.texts))
        heading = heading_of(contract.sections[place])
        if not heading or (home, place) in passages:
            return None
        body = contract.bodies[place].replace(heading, "").strip()
        if len(body) < 80:
            return None
        passages[home, place] = body
        return _Asked(heading.capitalize(), home, {place}, self._about(contract, heading))

    def _about(self, contract: Contract, phrase: str) -> set[int]:
        """Returns the chunks that contain the phrase: they may answer too."""
        return {place for place, text in enumerate(contract.texts) if phrase.lower() in text.lower()}

    def _by_words(self, home: int) -> _Asked | None:
        contract = self._contracts[home]
        place = self._rng.randrange(len(contract.texts))
        kept = set(content_stems(contract.bodies[place]))
        said = [word for word in words(contract.bodies[place]) if set(content_stems(word)) & kept and len(word) > 3]
        if len(said) < 12:
            return None
        start = self._rng.randrange(len(said) - 11)
        picked = [word for word in said[start : start + 12] if self._rng.random() < 0.5]
        return _Asked(" ".join(picked or said[:3]), home, {place})

    def _by_definition(self, home: int) -> _Asked | None:
        contract = self._contracts[home]
        terms = [(place, term) for place, body in enumerate(contract.bodies) for term in DEFINED.findall(body)]
        if not terms:
            return None
        _, term = self._rng.choice(terms)
        right = {other for other, name in terms if name == term}
        return _Asked(self._rng.choice(ASKING).format(term), home, right)
