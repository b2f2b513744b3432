"""Questions whose sentences were read and judged: what evidence and gate are learnt from.

Contracts are those of CUAD's training set that neither embedder nor reader has learnt from; each question is asked of
one contract, in several wordings, answerable where lawyers marked a clause. Natural Questions add the quarter of their
training half that the reader has not seen: asked of all their passages, with and without the one that answers. And
questions are made of those contracts: of their headings, their definitions and their sentences.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragnano.assistant import Assistant
from ragnano.config import Settings
from ragnano.evaluate.retrieval import RUN, folded_words, runs_of, share
from ragnano.evidence import Candidates, Signals, read_candidates, signals_of
from ragnano.extracts import Extract
from ragnano.models import open_embedder
from ragnano.retrieve import Found
from ragnano.text import content_stems
from ragnano.types import Scope
from tests.benchmarks.training.batches import ASKING, DEFINED, heading_of
from tests.benchmarks.training.contracts import (
    DATA,
    General,
    contracts,
    for_gate,
    general,
    held_out_records,
    vectors_of,
    wordings,
)
from tests.benchmarks.training.invented import invented_of
from tests.benchmarks.training.pairs import clean, general_pairs
from tests.benchmarks.training.ranking import index, passage_files

SEED = 7
MADE = 5  # definitions and as many headings of each contract
ABOUT = ("What does it say about {}?", "{}", "What is agreed about {}?")
WORDINGS = 1  # of each question


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: what was found and read, and which sentences a reader would accept as the answer."""

    group: str
    kind: str
    category: str
    answerable: bool
    found: Found
    candidates: Candidates
    right: NDArray[np.bool_]

    def signals(self, scores: NDArray[np.float64]) -> Signals:
        """What the gate sees, by these scores of the sentences."""
        return signals_of(self.candidates, scores)


def answers(text: str, spans: Sequence[str]) -> bool:
    """Whether a quote counts as one of the lawyers' spans: most of either stands in the other.

    A span of fewer than four words, a date or a title, must stand in the quote word for word.
    """
    own, said = runs_of(text), f" {' '.join(folded_words(text))} "
    for span in spans:
        wanted = folded_words(span)
        runs = runs_of(span)
        if len(wanted) < RUN and f" {' '.join(wanted)} " in said:
            return bool(wanted)
        if share(own, runs) > 0.5 or share(runs, own) > 0.5:
            return True
    return False


def judge(helper: Assistant, question: str, scope: Scope) -> tuple[Found, Candidates]:
    found = helper.find(question, scope, helper.settings.candidates)
    return found, read_candidates(found, helper.catalogue, helper.reader)


def contract_questions() -> Iterator[Judged]:
    rng, asked, records = random.Random(SEED), wordings(), held_out_records()
    with index("contracts", [DATA / "cuad_train" / record["txt"] for record in records]) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for record in records:
            name = Path(record["txt"]).name
            for category, texts in asked.items():
                spans = [span["text"] for span in record["clauses"].get(category, {}).get("spans", [])]
                for text in rng.sample(texts, min(WORDINGS, len(texts))):
                    found, candidates = judge(helper, text, Scope(None, (by_name[name],)))
                    right = np.array([answers(item.text, spans) for item in candidates.extracts], dtype=np.bool_)
                    yield Judged(name, "contracts", category, bool(spans), found, candidates, right)


def made_questions() -> Iterator[Judged]:
    """Definitions and headings of the contracts, asked of their own contract and of the next, if it has none such.

    They stand for what is asked beside the labelled categories, in words that the document uses.
    """
    rng = random.Random(SEED)
    with index("contracts", [DATA / "cuad_train" / record["txt"] for record in held_out_records()]) as helper:
        documents = sorted(helper.documents(), key=lambda document: document.path)
        chunks = {document.id: helper.catalogue.chunks_of(document.id) for document in documents}
        texts = {
            own: " ".join(f"{chunk.section} {chunk.text}" for chunk in found).lower() for own, found in chunks.items()
        }
        for place, document in enumerate(documents):
            other = documents[(place + 1) % len(documents)]
            terms = {match[1] for chunk in chunks[document.id] for match in DEFINED.finditer(chunk.text)}
            headings = {name for chunk in chunks[document.id] if (name := heading_of(chunk.section))}
            asked = [
                (term, rng.choice(ASKING).format(term)) for term in rng.sample(sorted(terms), min(MADE, len(terms)))
            ]
            chosen = rng.sample(sorted(headings), min(MADE, len(headings)))
            asked += [(name, rng.choice(ABOUT).format(name.lower())) for name in chosen]
            for name, question in asked:
                for answerable, own in ((True, document), (False, other)):
                    if not answerable and name.lower() in texts[own.id]:
                        continue
                    found, candidates = judge(helper, question, Scope(None, (own.id,)))
                    right = np.array([answerable and _says(item, name) for item in candidates.extracts], dtype=np.bool_)
                    yield Judged(Path(document.path).name, "made", name, answerable, found, candidates, right)


def _says(extract: Extract, name: str) -> bool:
    """Whether the extract defines the name, or stands under the heading."""
    defined = any(match[1] == name for match in DEFINED.finditer(extract.text))
    return defined or heading_of(extract.hit.chunk.section) == name


def invented_questions() -> Iterator[Judged]:
    """Questions made of sentences of the contracts: asked of the contract, and of the next one.

    The next one counts as silent where it lacks one of the question's content words.
    """
    settings = Settings.load()
    embedder = open_embedder(settings)
    plain = open_embedder(Settings.load(embedder="all-MiniLM-L6-v2"))
    found = [contract for contract in contracts(settings, plain) if contract.held_out]
    made = invented_of(found, vectors_of(found, embedder), embedder, MADE)
    stems = [set(content_stems(" ".join(contract.texts))) for contract in found]
    embedder.close()
    plain.close()
    with index("contracts", [DATA / "cuad_train" / record["txt"] for record in held_out_records()]) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for place, contract in enumerate(found):
            other = (place + 1) % len(found)
            for item in made[place]:
                sentence = contract.bodies[item.place][item.start : item.end]
                for answerable, own in ((True, place), (False, other)):
                    if not answerable and set(content_stems(item.question)) <= stems[own]:
                        continue
                    scope = Scope(None, (by_name[found[own].name],))
                    hits, candidates = judge(helper, item.question, scope)
                    right = np.array(
                        [answerable and answers(extract.text, [sentence]) for extract in candidates.extracts],
                        dtype=np.bool_,
                    )
                    yield Judged(contract.name, "invented", "", answerable, hits, candidates, right)


def general_questions() -> Iterator[Judged]:
    wanted = {pair.question: pair for pair in general_pairs(gate=True)}
    pairs = [pair for pair in general(training=True) if for_gate(pair.question)]
    files = passage_files([General(pair.question, clean(pair.passage)) for pair in pairs])
    with index("general-gate", list(files.values())) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for pair in pairs:
            own = by_name[files[clean(pair.passage)].name]
            others = tuple(identifier for identifier in by_name.values() if identifier != own)
            for answerable, documents in ((True, tuple(by_name.values())), (False, others)):
                found, candidates = judge(helper, pair.question, Scope(None, documents))
                said = [answer.lower() for answer in wanted[pair.question].answers]
                right = np.array(
                    [
                        extract.hit.document.id == own and any(answer in extract.text.lower() for answer in said)
                        for extract in candidates.extracts
                    ],
                    dtype=np.bool_,
                )
                yield Judged(pair.question, "general", "", answerable, found, candidates, right)
