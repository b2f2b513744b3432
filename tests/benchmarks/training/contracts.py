"""Training data of the legal models: chunks of CUAD's training contracts and the questions they answer.

The data are ../shared/data/cuad_train (The Atticus Project, CC BY 4.0), never the contracts that ragnano is measured
on, and half of ../shared/data/nq, chosen by hash, so that nothing outside contracts is forgotten. Questions come in the
data's own wording, as the category's description and in the wordings of phrasings.json. The wordings of
../paraphrases.json are kept for measuring and never seen here.
"""

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.chunking.chunker import embedding_text
from ingest.document_builder import Job, read
from ragnano.evaluation.retrieval import is_hit, runs_of
from ragnano.models.embedder import Embedder
from ragnano.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DATA = ROOT.parent / "shared" / "data"
CACHE = ROOT / ".cache" / "training"
HELD_OUT = 8  # one contract in so many, by hash, is held out for tuning


@dataclass(slots=True)
class Contract:
    """One contract's chunks, and which of them answer a category's question.

    `texts` are the chunks as they are embedded, `bodies` without their heading path, `sections` the heading paths.
    """

    name: str
    texts: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)

    @property
    def held_out(self) -> bool:
        return hashed(self.name) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class General:
    """A question about anything, and the passage that answers it."""

    question: str
    passage: str


def hashed(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def contracts(settings: Settings, embedder: Embedder, most: int | None = None) -> list[Contract]:
    """Returns the training contracts in ragnano's own chunks, matched with the lawyers' spans; cached."""
    folder = DATA / "cuad_train"
    lines = (folder / "contracts.jsonl").read_text(encoding="utf-8").splitlines()[:most]
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = CACHE / f"contracts-{hashed(chr(0).join(lines) + embedder.fingerprint) % 16**12:012x}.json"
    if not kept.exists():
        found = [asdict(_contract(json.loads(line), folder, settings, embedder)) for line in lines]
        kept.write_text(json.dumps(found), encoding="utf-8")
    return [Contract(**record) for record in json.loads(kept.read_text(encoding="utf-8"))]


def held_out_records() -> list[dict[str, Any]]:
    """Returns the labelled records of the training contracts that the embedder is not trained on."""
    lines = (DATA / "cuad_train" / "contracts.jsonl").read_text(encoding="utf-8").splitlines()
    records: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [record for record in records if hashed(Path(record["txt"]).name) % HELD_OUT == 0]


def _contract(record: dict[str, object], folder: Path, settings: Settings, embedder: Embedder) -> Contract:
    path = folder / str(record["txt"])
    chunks = read(Job(str(path), "text/plain", settings.chunk_tokens), embedder.count_tokens).chunks
    found = Contract(
        path.name, [embedding_text(c) for c in chunks], [c.text for c in chunks], [c.section for c in chunks]
    )
    runs = [runs_of(body) for body in found.bodies]
    for category, clause in dict(record["clauses"]).items():  # type: ignore[call-overload]
        spans = [runs_of(span["text"]) for span in clause["spans"] if len(span["text"].split()) >= 3]
        answers = [place for place, own in enumerate(runs) if is_hit(own, spans)]
        if answers:
            found.answers[category] = answers
    return found


def wordings() -> dict[str, list[str]]:
    """Returns the questions of each category: the data's own, its description, and ours."""
    folder = DATA / "cuad_train"
    found: dict[str, list[str]] = json.loads((HERE / "phrasings.json").read_text(encoding="utf-8"))
    for category, question in json.loads((folder / "queries.json").read_text(encoding="utf-8")).items():
        found.setdefault(category, []).append(question)
    names = {name.lower(): name for name in found}
    with (folder / "category_descriptions.csv").open(newline="", encoding="utf-8-sig") as stream:
        for row in list(csv.reader(stream))[1:]:
            name = names.get(row[0].split(":")[-1].strip().lower())
            if name:
                found[name].append(row[1].split(":", 1)[-1].strip())
    return found


def paraphrases() -> dict[str, str]:
    """Returns another wording of each category's question, for measuring only, never for training."""
    found: dict[str, str] = json.loads((HERE.parent / "paraphrases.json").read_text(encoding="utf-8"))
    return found


def general(*, training: bool) -> list[General]:
    """Returns real users' questions with their passages: one half, by hash, for training, the other for measuring.

    Uses the hash's second bit: the file's questions were themselves selected by the first.
    """
    lines = (DATA / "nq" / "nq.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [
        General(record["question"], record["nq_annotated_gold"]["long_answer"])
        for record in records
        if (hashed(record["question"]) // 2 % 2 == 0) == training
    ]


def for_gate(question: str) -> bool:
    """Returns whether a training question is withheld from the reader, for the gate: one in four, by hash."""
    return hashed(question) // 4 % 4 == 0


def vectors_of(found: Sequence[Contract], embedder: Embedder) -> list[NDArray[np.float32]]:
    """Returns the vectors of each contract's chunks; cached for the next run."""
    vectors = []
    for contract in found:
        kept = CACHE / f"{hashed(embedder.fingerprint + chr(0).join(contract.texts)) % 16**16:016x}.npy"
        if not kept.exists():
            np.save(kept, embedder.embed_passages(contract.texts))
        vectors.append(np.load(kept))
    return vectors
