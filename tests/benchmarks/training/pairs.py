"""Draws the pairs of one step of the reader's training: a question, a passage, and which of its words answer.

A pair is right (the passage answers, its answering words are known), near (a similar passage of the same contract that
does not answer, or the likeliest one of a contract without such a clause) or about something else (Natural Questions).
Headings and defined terms of the contracts themselves ask for more than the labelled categories.
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragnano.text.words import WORD, sentences
from tests.benchmarks.training.batches import ASKING, DEFINED, heading_of
from tests.benchmarks.training.contracts import DATA, Contract, for_gate, general

NEAREST = 8  # a near miss is one of this many nearest passages that don't answer
LEAST_WORDS = 6  # a run of a label's words that a passage shares counts from this length, or the label's own

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage.

    `answering` are character ranges of the passage; None where it is unknown which words answer. `span` are the exact
    answer's characters, None where there are none or they are unknown; `kind` is an index into labels.KINDS or None.
    """

    question: str
    passage: str
    answers: bool
    answering: Ranges | None
    span: tuple[int, int] | None = None
    kind: int | None = None


@dataclass(frozen=True, slots=True)
class GeneralPair:
    """A question about anything, its passage, and the short answers that occur in it."""

    question: str
    passage: str
    answers: tuple[str, ...]


def labelled_words(passage: str, labels: Sequence[str]) -> Ranges:
    """Returns where the passage says what a label says: the runs of words they share, in characters."""
    found = [(match.group().lower(), match.span()) for match in WORD.finditer(passage)]
    words = [word for word, _ in found]
    marked: set[int] = set()
    for label in labels:
        wanted = [match.group().lower() for match in WORD.finditer(label)]
        length = min(LEAST_WORDS, len(wanted))
        if not length:
            continue
        runs = {tuple(wanted[at : at + length]) for at in range(len(wanted) - length + 1)}
        for at in range(len(words) - length + 1):
            if tuple(words[at : at + length]) in runs:
                marked.update(range(at, at + length))
    ranges: list[tuple[int, int]] = []
    for at in sorted(marked):
        start, end = found[at][1]
        if ranges and at - 1 in marked:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    return tuple(ranges)


def labels_of() -> dict[str, dict[str, list[str]]]:
    """Returns contract -> category -> the lawyers' spans."""
    lines = (DATA / "cuad_train" / "contracts.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        Path(record["txt"]).name: {
            category: [span["text"] for span in clause["spans"]] for category, clause in record["clauses"].items()
        }
        for record in map(json.loads, lines)
    }


class Pairs:
    """Draws steps; `vectors` (the contracts' chunks) and `asked` (the wordings) determine which misses are near."""

    def __init__(
        self,
        found: Sequence[Contract],
        vectors: Sequence[NDArray[np.float32]],
        wordings: Mapping[str, Sequence[str]],
        asked: Mapping[str, NDArray[np.float32]],
        general: Sequence[GeneralPair],
        general_near: Sequence[Sequence[int]],
        seed: int,
    ) -> None:
        self._contracts, self._vectors, self._wordings, self._asked = found, vectors, wordings, asked
        self._general, self._general_near = general, general_near
        self._labels = labels_of()
        self._rng = random.Random(seed)
        self._with: dict[str, list[int]] = {name: [] for name in wordings}
        self._without: dict[str, list[int]] = {name: [] for name in wordings}
        for number, contract in enumerate(found):
            for name in wordings:
                if contract.answers.get(name):
                    self._with[name].append(number)
                elif not self._labels[contract.name].get(name):
                    self._without[name].append(number)
        self._categories = [name for name in wordings if self._with[name]]
        self._counts = [len(self._with[name]) ** 0.5 for name in self._categories]

    def draw(self, most: int) -> list[Pair]:
        """Returns at most so many pairs."""
        draws = [self._any_right, self._near, self._absent, self._heading, self._definition, self._other]
        kinds = self._rng.choices(draws, weights=[34, 14, 22, 8, 6, 16], k=most)
        return [pair for kind in kinds if (pair := kind()) is not None]

    def contrast(self) -> list[Pair]:
        """Returns a question with a passage that answers it, then up to two near misses of the same contract."""
        category = self._category()
        home = self._rng.choice(self._with[category])
        question = self._question(category)
        misses = [self._miss(category, home, NEAREST, question) for _ in range(2)]
        return [self._right(category, home, question), *dict.fromkeys(miss for miss in misses if miss is not None)]

    def _category(self) -> str:
        return self._rng.choices(self._categories, weights=self._counts)[0]

    def _any_right(self) -> Pair:
        category = self._category()
        return self._right(category, self._rng.choice(self._with[category]), self._question(category))

    def _question(self, category: str) -> str:
        return self._rng.choice(self._wordings[category])

    def _right(self, category: str, home: int, question: str) -> Pair:
        contract = self._contracts[home]
        place = self._rng.choice(contract.answers[category])
        text, start = self._text(contract, place)
        labels = self._labels[contract.name][category]
        shifted = [(a + start, b + start) for a, b in labelled_words(text[start:], labels)]
        return Pair(question, text, True, tuple(shifted) or None)

    def _near(self) -> Pair | None:
        category = self._category()
        return self._miss(category, self._rng.choice(self._with[category]), NEAREST, self._question(category))

    def _absent(self) -> Pair | None:
        category = self._category()
        if not self._without[category]:
            return None
        home = self._rng.choice(self._without[category])
        return self._miss(category, home, NEAREST // 2, self._question(category))

    def _miss(self, category: str, home: int, depth: int, question: str) -> Pair | None:
        contract = self._contracts[home]
        right = set(contract.answers.get(category, ()))
        labels = self._labels[contract.name].get(category, [])
        order = np.argsort(-(self._vectors[home] @ self._asked[question]), kind="stable")
        misses = [int(at) for at in order[: depth + len(right)] if int(at) not in right][:depth]
        if not misses:
            return None
        text, start = self._text(contract, self._rng.choice(misses))
        if labelled_words(text[start:], labels):
            return None  # part of an answer: neither right nor wrong
        return Pair(question, text, False, ())

    def _text(self, contract: Contract, place: int) -> tuple[str, int]:
        text = contract.texts[place]
        return text, len(text) - len(contract.bodies[place])

    def _heading(self) -> Pair | None:
        """Returns the clause under a heading, without the heading; or one that the heading does not ask for."""
        contract = self._rng.choice(self._contracts)
        place = self._rng.randrange(len(contract.texts))
        heading = heading_of(contract.sections[place])
        body = contract.bodies[place].replace(heading, "").strip() if heading else ""
        if len(body) < 80:
            return None
        question = self._rng.choice((heading.capitalize(), f"What does it say about {heading.lower()}?"))
        if self._rng.random() < 0.5:
            return Pair(question, body, True, None)
        other = self._rng.randrange(len(contract.texts))
        text = contract.texts[other]
        return None if heading.lower() in text.lower() else Pair(question, text, False, ())

    def _definition(self) -> Pair | None:
        contract = self._rng.choice(self._contracts)
        terms = [(place, match) for place, body in enumerate(contract.bodies) for match in DEFINED.finditer(body)]
        if not terms:
            return None
        place, match = self._rng.choice(terms)
        question = self._rng.choice(ASKING).format(match[1])
        text, start = self._text(contract, place)
        if self._rng.random() < 0.4:
            other = self._rng.choice(range(len(contract.texts)))
            mentions = [at for at, body in enumerate(contract.bodies) if match[1] in body and at != place]
            other = self._rng.choice(mentions) if mentions else other
            if other == place or f'"{match[1]}"' in contract.bodies[other] or f"“{match[1]}”" in contract.bodies[other]:
                return None
            return Pair(question, contract.texts[other], False, ())
        holding = [(a + start, b + start) for a, b in sentences(text[start:]) if a <= match.start() < b]
        return Pair(question, text, True, tuple(holding))

    def _other(self) -> Pair:
        place = self._rng.randrange(len(self._general))
        pair = self._general[place]
        if self._rng.random() < 0.5:
            miss = self._general[self._rng.choice(self._general_near[place])]
            return Pair(pair.question, miss.passage, False, ())
        lower = [answer.lower() for answer in pair.answers]
        holding = [
            (a, b) for a, b in sentences(pair.passage) if any(answer in pair.passage[a:b].lower() for answer in lower)
        ]
        span = _located(pair.passage, lower[0], holding)
        return Pair(pair.question, pair.passage, True, tuple(holding) or None, span, 0 if span else None)


def _located(passage: str, answer: str, holding: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    at = passage.lower().find(answer, holding[0][0]) if holding and answer else -1
    return (at, at + len(answer)) if at >= 0 and len(passage) == len(passage.lower()) else None


def general_pairs(*, gate: bool) -> list[GeneralPair]:
    """Returns Natural Questions with short answers, of the training half: those kept for the gate, or the others."""
    lines = (DATA / "nq" / "nq.jsonl").read_text(encoding="utf-8").splitlines()
    training = {pair.question for pair in general(training=True)}
    return [
        GeneralPair(record["question"], clean(record["nq_annotated_gold"]["long_answer"]), tuple(record["answers"]))
        for record in map(json.loads, lines)
        if record["question"] in training and for_gate(record["question"]) == gate
    ]


def clean(text: str) -> str:
    """Returns the passage without leftover markup, at most 1,200 characters."""
    return " ".join(re.sub(r"<[^<>]{1,40}>", " ", text).split())[:1200]
