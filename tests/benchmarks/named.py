"""Measures how often the name check (ragnano.answering.named) would reject what answers, on the asked questions.

    python -m tests.benchmarks.named [--split tune] [--all]

Each answerable question's labelled sentences are found in its document and given as evidence, one by one and together.
The benchmark counts the questions that lose a sentence or are refused although they are answered, and, of the questions
that the documents don't answer, how many are refused by names alone. Nothing is embedded. `--all` searches all
documents at once, otherwise each question its own. `--show` prints each.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.discovery.file_types import TEXT
from ingest.document_builder import Job, read
from ragnano.answering.blank import left_blank
from ragnano.answering.clause_lookup import clause_asked
from ragnano.answering.named import check_named
from ragnano.evidence.sentences import extracts_of
from ragnano.store import Catalogue
from ragnano.text.query import read_question
from ragnano.types import Evidence, Hit, Scope

DATA = Path(__file__).parents[3] / "shared" / "data"
CHUNK_TOKENS = 220


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, its document's id, whether it is answered, and the sentences that answer."""

    question: str
    document: str
    kind: str
    answerable: bool
    gold: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description="How often the check of names rejects what answers.")
    parser.add_argument("--split", default="tune")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--all", action="store_true", help="search all documents at once")
    parser.add_argument("--show", action="store_true", help="print what is rejected, and why")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Catalogue(Path(folder)) as catalogue:
        items = take_in(options.data, options.split, catalogue)
        counts = Counter(outcome for item in items for outcome in outcomes(item, catalogue, options))
    for name, count in sorted(counts.items()):
        print(f"{name:40} {count}")
    asked = counts["answered: questions"]
    wrong = counts["answered: refused"] + counts["answered: lost a sentence"]
    print(f"wrongly rejected: {wrong} of {asked} = {100 * wrong / max(1, asked):.2f} %")


def take_in(data: Path, split: str, catalogue: Catalogue) -> list[Labelled]:
    """Stores the split's documents and returns its questions."""
    records = [json.loads(line) for line in (data / "asked" / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    records = [record for record in records if record["split"] == split]
    ids: dict[str, str] = {}
    for name in sorted({record["txt"] for record in records}):
        path = next(path for folder in ("asked", "cuad_train") if (path := data / folder / "txt" / name).exists())
        parsed = read(Job(str(path), TEXT, CHUNK_TOKENS), lambda texts: [len(text.split()) * 4 // 3 for text in texts])
        vectors = np.zeros((len(parsed.chunks), 4), dtype=np.float32)
        catalogue.add(parsed, vectors, collection="asked", path=str(path), size=1, mtime_ns=1)
        ids[name] = parsed.document.id
    return [_labelled(record, ids) for record in records]


def _labelled(record: dict[str, Any], ids: dict[str, str]) -> Labelled:
    return Labelled(
        record["question"], ids[record["txt"]], record["kind"], bool(record["answerable"]), tuple(record["gold"])
    )


def outcomes(item: Labelled, catalogue: Catalogue, options: argparse.Namespace) -> Iterator[str]:
    """Yields the outcomes that are counted for one question."""
    question = read_question(item.question)
    scope = Scope() if options.all else Scope(documents=(item.document,))
    gold = sentences_of(item, catalogue)
    named = check_named(question, gold, catalogue, scope)
    which = "answered" if item.answerable else "unanswered"
    yield f"{which}: questions"
    if item.answerable and not gold:
        yield "answered: sentence not found"
    if named.reason:
        yield f"{which}: refused"
    elif len(named.fitting) < len(gold):
        yield "answered: lost a sentence"
    if clause_asked(question):
        yield f"{which}: asks for a clause by number"
    blank = next((note for one in gold if (note := left_blank(one.text, question))), None)
    if blank:
        yield "answered: taken for blank"
    if options.show and (named.reason or blank or len(named.fitting) < len(gold) or clause_asked(question)):
        lost = [one.text[:150] for one in gold if one not in named.fitting]
        print(
            which, "|", item.kind, "|", item.question, "|", named.reason, "|", lost, "|", blank, clause_asked(question)
        )


def sentences_of(item: Labelled, catalogue: Catalogue) -> Sequence[Evidence]:
    """Returns the labelled sentences at their places in the document."""
    document = catalogue.document(item.document)
    gold_sentences = [_plain(sentence) for sentence in item.gold]
    found = []
    for chunk in catalogue.chunks_of(item.document) if gold_sentences else []:
        if any(sentence[:40] in _plain(chunk.text) or _plain(chunk.text) in sentence for sentence in gold_sentences):
            for extract in extracts_of(Hit(chunk, document, 1.0), catalogue):
                own = _plain(extract.text)
                if any(own in sentence or sentence in own for sentence in gold_sentences if len(own) > 8):
                    found.append(Evidence(extract.hit, extract.spans, extract.text, 1.0))
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


if __name__ == "__main__":
    main()
