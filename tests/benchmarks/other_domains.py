"""Measures search outside the training domain: non-disclosure agreements (ContractNLI) and Natural Questions.

Each set is made into a folder that `ragnano eval retrieval` reads, and searched in three ways: a plain pipeline
(passages of 1,000 characters, all-MiniLM-L6-v2, a document's best by cosine; and by cosine and BM25 fused), ragnano
with that embedder, and ragnano as it ships.

    .venv/bin/python -m tests.benchmarks.other_domains

ContractNLI: Koreeda and Manning 2021, CC BY 4.0; each hypothesis is asked as a question of one agreement, and the spans
that entail or contradict it are right. Natural Questions: the half, by hash, that no model here was trained on; each
question is asked of all passages.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from ingest.pipeline import ingest
from ragnano.assistant import Assistant
from ragnano.evaluation.labels import Labelled, read_labels
from ragnano.evaluation.retrieval import PASSAGES, RetrievalScores, score_retrieval, score_ways
from ragnano.models import open_embedder
from ragnano.models.offline import go_offline
from ragnano.retrieval.retriever import fuse
from ragnano.settings import Settings
from ragnano.store import quote_term
from ragnano.text.words import words
from ragnano.types import Chunk, Document, Hit, Span
from tests.benchmarks.training.contracts import DATA, ROOT, general, hashed

HOME = ROOT / ".cache" / "other-domains"
PLAIN = "all-MiniLM-L6-v2"
CHARACTERS = 1000  # per passage of the plain pipeline
CANDIDATES = 40
SHOWN = ("hit@1", "hit@5", "recall@2500")


def main() -> None:
    go_offline()
    for name, make, named in (("contractnli", make_contractnli, False), ("nq", make_nq, True)):
        folder = HOME / name
        (folder / "documents").mkdir(parents=True, exist_ok=True)
        make(folder)
        items = read_labels(folder)
        for scores in (*plain(folder, items, named), *ours(folder, items, named)):
            shown = ", ".join(f"{measure} {scores.measures[measure].mean:.3f}" for measure in SHOWN)
            print(f"{name}, {scores.questions} questions, {scores.way}: {shown}", flush=True)


def make_contractnli(folder: Path) -> None:
    data = json.loads((DATA / "contractnli" / "dev.json").read_text(encoding="utf-8"))
    asked = json.loads((DATA / "contractnli" / "legalbenchrag_queries.json").read_text(encoding="utf-8"))
    lines = []
    for document in data["documents"]:
        name = Path(document["file_name"]).stem + ".txt"
        (folder / "documents" / name).write_text(document["text"], encoding="utf-8")
        for label, annotation in document["annotation_sets"][0]["annotations"].items():
            spans = [document["spans"][at] for at in annotation["spans"]]
            passages = [document["text"][start:end] for start, end in spans]
            if passages and label in asked:
                lines.append({"question": asked[label], "category": label, "document": name, "passages": passages})
    write_lines(folder, lines)


def make_nq(folder: Path) -> None:
    lines = []
    for pair in general(training=False):
        name = f"{hashed(pair.passage) % 10**12}.txt"
        (folder / "documents" / name).write_text(pair.passage, encoding="utf-8")
        lines.append({"question": pair.question, "document": name, "passages": [pair.passage], "named": pair.question})
    write_lines(folder, lines)


def write_lines(folder: Path, lines: Sequence[dict[str, object]]) -> None:
    (folder / "retrieval.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")


def ours(folder: Path, items: Sequence[Labelled], named: bool) -> list[RetrievalScores]:
    found = []
    for embedder in (PLAIN, Settings.load().embedder):
        with (
            TemporaryDirectory() as home,
            Assistant(Settings.load(data_dir=Path(home), embedder=embedder)) as assistant,
        ):
            ingest(
                [folder / "documents"],
                settings=assistant.settings,
                catalogue=assistant.catalogue,
                vectors=assistant.vectors,
                embedder=lambda assistant=assistant: assistant.embedder,  # type: ignore[misc]
            )
            (scores,) = score_ways(assistant, items, named=named)
            found.append(replace(scores, way=f"ragnano with {embedder}"))
    return found


def plain(folder: Path, items: Sequence[Labelled], named: bool) -> list[RetrievalScores]:
    """Returns the plain pipeline's scores, by cosine alone and fused with BM25."""
    texts: list[tuple[str, str]] = []
    for path in sorted((folder / "documents").iterdir()):
        text = path.read_text(encoding="utf-8")
        texts += [(path.name, text[start : start + CHARACTERS]) for start in range(0, len(text), CHARACTERS)]
    embedder = open_embedder(Settings.load(embedder=PLAIN))
    vectors = embedder.embed_passages([text for _, text in texts])
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE passages USING fts5 (text, tokenize = 'porter unicode61')")
    index.executemany("INSERT INTO passages (rowid, text) VALUES (?, ?)", enumerate(text for _, text in texts))
    homes = np.array([name for name, _ in texts])

    def dense(item: Labelled) -> list[int]:
        return best(vectors @ embedder.embed_query(item.question), inside(item))

    def both(item: Labelled) -> list[int]:
        allowed = set(inside(item).tolist())
        expression = " OR ".join(map(quote_term, words(item.question)))
        rows = index.execute("SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank", (expression,))
        lexical = [row for (row,) in rows if row in allowed][:CANDIDATES]
        return [place for place, _ in fuse({"dense": dense(item)[:CANDIDATES], "words": lexical})]

    def inside(item: Labelled) -> NDArray[np.int64]:
        return np.arange(len(texts)) if named else np.flatnonzero(homes == item.document)

    def scored(way: str, search: Callable[[Labelled], list[int]]) -> RetrievalScores:
        return score_retrieval(way, items, lambda item: [as_hit(*texts[place]) for place in search(item)[:PASSAGES]])

    return [scored("plain pipeline, dense", dense), scored("plain pipeline, dense and BM25", both)]


def best(scores: NDArray[np.float32], places: NDArray[np.int64]) -> list[int]:
    return [int(places[at]) for at in np.argsort(-scores[places], kind="stable")]


def as_hit(name: str, text: str) -> Hit:
    document = Document(name, name, "text/plain", 1, 1, paths=(name,))
    return Hit(Chunk(name, 0, text, (Span(1, 0, len(text)),)), document, 0.0)


if __name__ == "__main__":
    main()
