"""Draws groups of questions as people ask them: one question with a passage that answers and some that don't.

In these labels the wording of a question gives away whether it has an answer, so the reader must never learn from a
question alone: each question with an answer comes with its passage, and with the same passage without the sentences
that answer, or with another passage of the document.
"""

import pickle
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragnano.evaluation.retrieval import Runs, folded_words, runs_of, share
from ragnano.models.embedder import Embedder
from tests.benchmarks.training.contracts import CACHE, hashed
from tests.benchmarks.training.labels import Label, answer_words, text_of
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Cut, Nearness, cuts_of
from tests.benchmarks.training.polar_groups import turned

NEAREST = 7  # a near miss is one of this many nearest passages that don't answer
TRIMMED = 0.8  # of the passages are cut to a few sentences: more of them are read in the same time
TRIMMED_TO = 520  # characters
POLAR = 0.3  # of the draws come from yes-or-no questions only, whose four kinds are hard to tell apart
WITHOUT = 0.7  # of the groups contain the passage without its answer
LEAST_LEFT = 60  # characters of a passage without its answer


@dataclass(frozen=True, slots=True)
class Known:
    """A label, its document's passages by nearness, and which extracts of which passages answer."""

    label: Label
    document: str
    right: dict[int, tuple[int, ...]]
    near: tuple[int, ...]


class AskedGroups:
    """Draws groups from labels; caches the documents' passages between runs."""

    def __init__(self, labels: Sequence[Label], embedder: Embedder, chunk_tokens: int, seed: int) -> None:
        self.cuts: dict[str, list[Cut]] = {}
        self.known = self._kept(labels, embedder, chunk_tokens)
        self._rng = random.Random(seed)
        # Questions without an answer serve only as misses, so that a type that is often absent is not learnt as absent.
        self._by_kind: dict[str, list[Known]] = defaultdict(list)
        self._absent: dict[str, list[Known]] = defaultdict(list)
        self._polar: dict[str, list[Known]] = defaultdict(list)
        for item in self.known:
            if item.right and item.label.answer_kind:
                self._polar[item.label.kind].append(item)
            if item.right:
                self._by_kind[item.label.kind].append(item)
            elif not item.label.answerable:
                self._absent[item.label.kind].append(item)

    def _kept(self, labels: Sequence[Label], embedder: Embedder, chunk_tokens: int) -> list[Known]:
        names = "".join(label.id for label in labels)
        kept = CACHE / f"asked-{hashed(names + embedder.fingerprint + str(chunk_tokens)) % 16**12:012x}.pickle"
        if not kept.exists():
            by_document = defaultdict(list)
            for label in labels:
                by_document[label.document].append(label)
            known = []
            for document, own in by_document.items():
                self.cuts[document] = cuts_of(text_of(document), embedder, chunk_tokens)
                known += known_of(document, own, self.cuts[document])
            kept.write_bytes(pickle.dumps((known, self.cuts)))
        known, self.cuts = pickle.loads(kept.read_bytes())
        return list(known)

    def draw(self, kind: str) -> list[Pair]:
        """Returns a question about one kind of document: its passage, then two that don't answer, or the opposite."""
        polar = self._polar[kind] if self._rng.random() < POLAR else []
        item = self._rng.choice(polar or self._by_kind[kind])
        cuts = self.cuts[item.document]
        at = self._rng.choice(list(item.right))
        missed = [place for place in item.near[: NEAREST + len(item.right)] if place not in item.right]
        pairs = [self.right(item, at)]
        if opposite := turned(pairs[0]):
            return [pairs[0], opposite]
        without = self.without(item, at)
        pairs += [without] if without and self._rng.random() < WITHOUT else []
        for place in self._rng.sample(missed, min(3 - len(pairs), len(missed))):
            pairs.append(Pair(item.label.question, self._some(cuts[place])[0], False, ()))
        return pairs

    def absent(self, kind: str) -> list[Pair]:
        """Returns a question that its document does not answer, with two of its nearest passages."""
        item = self._rng.choice(self._absent[kind])
        near = item.near[:NEAREST]
        places = self._rng.sample(near, min(2, len(near)))
        cuts = self.cuts[item.document]
        return [Pair(item.label.question, self._some(cuts[place])[0], False, ()) for place in places]

    def right(self, item: Known, at: int, *, trim: bool = True) -> Pair:
        """Returns the question with a passage that answers, and what is known of the answer."""
        cut, gold = self.cuts[item.document][at], item.right[at]
        text, chosen, places = self._some(cut, gold) if trim else _whole(cut)
        own = [places[chosen.index(extract)] for extract in gold if extract in chosen]
        return Pair(
            item.label.question, text, True, tuple(own), answer_words(text, item.label, own), item.label.answer_kind
        )

    def without(self, item: Known, at: int, *, trim: bool = True) -> Pair | None:
        """Returns the question and that passage without its answering extracts; None where too little is left."""
        cut = self.cuts[item.document][at]
        rest = [extract for extract in range(len(cut.texts)) if extract not in item.right[at]]
        if sum(len(cut.texts[extract]) for extract in rest) < LEAST_LEFT:
            return None
        if trim:
            rest = self._window(cut, rest, self._rng.choice(rest)) if self._rng.random() < TRIMMED else rest
        return Pair(item.label.question, cut.composed(rest)[0], False, ())

    def _some(self, cut: Cut, gold: Sequence[int] = ()) -> tuple[str, list[int], list[tuple[int, int]]]:
        if self._rng.random() >= TRIMMED:
            return _whole(cut)
        every = list(range(len(cut.texts)))
        chosen = self._window(cut, every, self._rng.choice(list(gold) or every))
        return cut.composed(chosen)[0], chosen, cut.composed(chosen)[1]

    def _window(self, cut: Cut, among: list[int], around: int) -> list[int]:
        """Returns consecutive extracts around `around`, about TRIMMED_TO characters of them."""
        first = last = among.index(around)
        length = len(cut.read_as[around])
        while length < TRIMMED_TO and (first > 0 or last + 1 < len(among)):
            forwards = last + 1 < len(among) and (first == 0 or self._rng.random() < 0.5)
            first, last = (first, last + 1) if forwards else (first - 1, last)
            length += len(cut.read_as[among[last if forwards else first]])
        return among[first : last + 1]


def _whole(cut: Cut) -> tuple[str, list[int], list[tuple[int, int]]]:
    every = list(range(len(cut.texts)))
    text, places = cut.composed(every)
    return text, every, places


def known_of(document: str, labels: Sequence[Label], cuts: Sequence[Cut]) -> list[Known]:
    """Returns the labels of one document with the extracts that answer them."""
    nearness = Nearness([f"{cut.head} {' '.join(cut.read_as)}" for cut in cuts])
    runs = [[runs_of(text) for text in cut.texts] for cut in cuts]
    said = [[f" {' '.join(folded_words(text))} " for text in cut.texts] for cut in cuts]
    every = [frozenset().union(*own) for own in runs]
    found = []
    for label in labels:
        right: dict[int, tuple[int, ...]] = {}
        for gold in label.gold:
            wanted, phrase = runs_of(gold), f" {' '.join(folded_words(gold))} "
            for at, own in enumerate(runs):
                if not every[at] & wanted and phrase not in " ".join(said[at]):
                    continue
                holding = {
                    place for place, extract in enumerate(own) if _answers(extract, said[at][place], wanted, phrase)
                }
                if holding:
                    right[at] = tuple(sorted({*right.get(at, ()), *holding}))
        found.append(Known(label, document, right, tuple(nearness.nearest(label.question)[: NEAREST * 3])))
    return found


def _answers(extract: Runs, said: str, wanted: Runs, phrase: str) -> bool:
    """Returns whether most of one is contained in the other; a short gold must be contained word for word."""
    return share(extract, wanted) > 0.5 or share(wanted, extract) > 0.5 or (len(phrase.split()) < 4 and phrase in said)


def pick(rng: random.Random, weights: dict[str, float]) -> str:
    """Returns one of the names, drawn by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def nearest_texts(texts: Sequence[str], question: str, nearness: Nearness, most: int) -> list[str]:
    """Returns the texts nearest to a question."""
    return [texts[int(at)] for at in np.asarray(nearness.nearest(question)[:most])]
