"""What the legal embedder learns from: chunks of CUAD's training contracts, the questions they answer, and near misses.

Data: ../shared/data/cuad_train (The Atticus Project, CC BY 4.0), never the contracts ragnano is measured on, and half
of ../shared/data/nq, chosen by hash, so that nothing outside contracts is forgotten. Questions come in the data's own
wording, as the category's description, in the wordings of phrasings.json, and made from the clauses' own words. The
wordings of paraphrases.json are kept for measuring and never seen here.
"""

import csv
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.chunk import embedding_text
from ingest.reading import Job, read
from ragnano.config import Settings
from ragnano.evaluate.retrieval import is_hit, runs_of
from ragnano.models import open_embedder
from ragnano.models.embedder import Embedder
from ragnano.text import content_stems, words

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
CACHE = ROOT / ".cache" / "embedder"
HELD_OUT = 8  # one contract in so many is kept for choosing, by hash


@dataclass(slots=True)
class Contract:
    """One contract's chunks as they are embedded, and which of them answer a category's question."""

    name: str
    texts: list[str]
    bodies: list[str]
    answers: dict[str, list[int]] = field(default_factory=dict)

    @property
    def held_out(self) -> bool:
        return hashed(self.name) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, the text that answers it, a near miss ("" for none), and the category ("" for none)."""

    question: str
    answer: str
    miss: str
    category: str


def hashed(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def contracts(settings: Settings, embedder: Embedder, most: int | None = None) -> Iterator[Contract]:
    """The training contracts in chunks, as ragnano cuts them, with lawyers' spans laid over them."""
    folder = DATA / "cuad_train"
    for line in (folder / "contracts.jsonl").read_text(encoding="utf-8").splitlines()[:most]:
        record = json.loads(line)
        path = folder / record["txt"]
        parsed = read(Job(str(path), "text/plain", settings.chunk_tokens), embedder.count_tokens)
        found = Contract(path.name, [embedding_text(c) for c in parsed.chunks], [c.text for c in parsed.chunks])
        runs = [runs_of(body) for body in found.bodies]
        for category, clause in record["clauses"].items():
            spans = [runs_of(span["text"]) for span in clause["spans"] if len(span["text"].split()) >= 3]
            answers = [place for place, own in enumerate(runs) if is_hit(own, spans)]
            if answers:
                found.answers[category] = answers
        yield found


def wordings() -> dict[str, list[str]]:
    """The questions of each category: the data's own, its description, and ours."""
    folder = DATA / "cuad_train"
    found: dict[str, list[str]] = json.loads((Path(__file__).parent / "phrasings.json").read_text(encoding="utf-8"))
    for category, question in json.loads((folder / "queries.json").read_text(encoding="utf-8")).items():
        found.setdefault(category, []).append(question)
    names = {name.lower(): name for name in found}
    with (folder / "category_descriptions.csv").open(newline="", encoding="utf-8-sig") as stream:
        for row in list(csv.reader(stream))[1:]:
            name = names.get(row[0].split(":")[-1].strip().lower())
            if name:
                found[name].append(row[1].split(":", 1)[-1].strip())
    return found


def general_pairs(*, training: bool) -> list[Pair]:
    """Real users' questions with their passages: one half by hash to train with, the other to measure.

    By the hash's second bit: the file's questions were themselves chosen by the first.
    """
    lines = (DATA / "nq" / "nq.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [
        Pair(record["question"], record["nq_annotated_gold"]["long_answer"], "", "")
        for record in records
        if (hashed(record["question"]) // 2 % 2 == 0) == training
    ]


class Pairs:
    """Draws pairs from contracts whose chunks' vectors, by the model before training, tell which misses are near."""

    def __init__(
        self, found: list[Contract], vectors: list[NDArray[np.float32]], embedder: Embedder, seed: int
    ) -> None:
        self._contracts, self._vectors = found, vectors
        self._wordings = wordings()
        self._questions = {
            text: embedder.embed_query(text) for category in self._wordings.values() for text in category
        }
        self._rng = random.Random(seed)
        self._labelled = [(number, category) for number, contract in enumerate(found) for category in contract.answers]

    def labelled(self) -> Pair:
        """A lawyer's label: one of the category's wordings, a chunk that answers it, a near miss beside it."""
        number, category = self._rng.choice(self._labelled)
        contract = self._contracts[number]
        question = self._rng.choice(self._wordings[category])
        right = contract.answers[category]
        nearest = np.argsort(-(self._vectors[number] @ self._questions[question]), kind="stable")
        misses = [int(place) for place in nearest[: 10 + len(right)] if place not in right]
        miss = contract.texts[self._rng.choice(misses)] if misses else ""
        return Pair(question, contract.texts[self._rng.choice(right)], miss, category)

    def from_clause(self) -> Pair:
        """A question made of some of a clause's own words, in their order."""
        contract = self._rng.choice(self._contracts)
        place = self._rng.randrange(len(contract.texts))
        kept = set(content_stems(contract.bodies[place]))
        said = [word for word in words(contract.bodies[place]) if set(content_stems(word)) & kept and len(word) > 3]
        if len(said) < 8:
            return self.labelled()
        start = self._rng.randrange(len(said) - 7)
        question = " ".join(word for word in said[start : start + 12] if self._rng.random() < 0.6)
        return Pair(question or said[0], contract.texts[place], "", "")


def prepare(settings: Settings, most: int | None) -> tuple[list[Contract], list[NDArray[np.float32]], Embedder]:
    """The contracts and their chunks' vectors by the plain embedder; the vectors are kept for the next run."""
    embedder = open_embedder(settings)
    found = list(contracts(settings, embedder, most))
    CACHE.mkdir(parents=True, exist_ok=True)
    vectors = []
    for contract in found:
        kept = CACHE / f"{hashed(embedder.fingerprint + chr(0).join(contract.texts)) % 16**16:016x}.npy"
        if not kept.exists():
            np.save(kept, embedder.embed_passages(contract.texts))
        vectors.append(np.load(kept))
    return found, vectors, embedder
