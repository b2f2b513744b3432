"""Questions whose sentences were read and judged: the training data of evidence selection and gate.

The contracts are those of CUAD's training set on which neither embedder nor reader was trained; each question is asked
of one contract, in several wordings, and is answerable where lawyers marked a clause. Questions as people ask them come
from the tune split's documents; each one with an answer is also asked of its document without the answer. Natural
Questions add the quarter of their training half that the reader has not seen: asked of all their passages, with the one
that answers, without it, and with what is left of it without its answer.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragnano.assistant import Assistant
from ragnano.evaluation.erasure import erased_text
from ragnano.evaluation.retrieval import RUN, folded_words, runs_of, share
from ragnano.evidence import Candidates, Signals, read_candidates, signals_of
from ragnano.retrieval.retriever import Found
from ragnano.text.words import sentences
from ragnano.types import Scope
from tests.benchmarks.training.contracts import (
    CACHE,
    DATA,
    General,
    for_gate,
    general,
    hashed,
    held_out_records,
    wordings,
)
from tests.benchmarks.training.labels import Label, asked, text_of
from tests.benchmarks.training.pairs import clean, general_pairs
from tests.benchmarks.training.ranking import index, passage_files

SEED = 7
WORDINGS = 1  # of each question
THINNED = 4  # one in so many of the questions as people ask them, and of the general ones, is asked
LEAST_LEFT = 80  # characters of a passage whose answer was removed
CATEGORIES = 8  # one in so many is asked of each contract


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: what was found and read, and which sentences a person would accept as the answer."""

    group: str
    kind: str
    category: str
    answerable: bool
    found: Found
    candidates: Candidates
    right: NDArray[np.bool_]

    def signals(self, scores: NDArray[np.float64]) -> Signals:
        """Returns the gate's signals for these scores of the sentences."""
        return signals_of(self.candidates, scores)


def answers(text: str, spans: Sequence[str]) -> bool:
    """Returns whether a quote counts as one of the lawyers' spans: most of one is contained in the other.

    A span of fewer than four words, a date or a title, must occur in the quote word for word.
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
    """Returns what a question's answer is chosen from, as the answering pipeline has it: in the order of retrieval."""
    found = helper._retrieve(question, scope, helper.settings.candidates)
    return found, read_candidates(found, helper.catalogue, helper.reader)


def contract_questions() -> Iterator[Judged]:
    rng, wording, records = random.Random(SEED), wordings(), held_out_records()
    with index("contracts", [DATA / "cuad_train" / record["txt"] for record in records]) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        for record in records:
            name = Path(record["txt"]).name
            for category, texts in list(wording.items())[hashed(name) % CATEGORIES :: CATEGORIES]:
                spans = [span["text"] for span in record["clauses"].get(category, {}).get("spans", [])]
                for text in rng.sample(texts, min(WORDINGS, len(texts))):
                    found, candidates = judge(helper, text, Scope(None, (by_name[name],)))
                    right = np.array([answers(item.text, spans) for item in candidates.extracts], dtype=np.bool_)
                    yield Judged(name, "contracts", category, bool(spans), found, candidates, right)


def asked_questions(start: int = 0, thinned: int = THINNED) -> Iterator[Judged]:
    """Yields questions as people ask them, one in `thinned` from `start` on.

    Each is asked of its document; those with an answer are also asked of the document without it.
    """
    labels = asked("tune")
    erased = erase(labels, CACHE / "erased")
    files = {name: text_of(name) for name in dict.fromkeys(label.document for label in labels)}
    with index("asked", [*files.values(), *erased.values()]) as helper:
        by_name = {Path(path).resolve(): one.id for one in helper.documents() for path in one.paths}
        for label in labels[start::thinned]:
            places = [(label.answerable, files[label.document])]
            places += [(False, erased[label.document])] if label.answerable else []
            for answerable, path in places:
                scope = Scope(None, (by_name[path.resolve()],))
                found, candidates = judge(helper, label.question, scope)
                right = np.array(
                    [answerable and answers(item.text, label.gold) for item in candidates.extracts], dtype=np.bool_
                )
                yield Judged(label.document, f"asked {label.kind}", label.type, answerable, found, candidates, right)


def erase(labels: Sequence[Label], folder: Path) -> dict[str, Path]:
    """Writes the labelled documents without the sentences that answer their questions; returns name to file."""
    folder.mkdir(parents=True, exist_ok=True)
    gold: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        gold[label.document] += label.gold
    made = {}
    for name, own in gold.items():
        text = text_of(name).read_text(encoding="utf-8")
        made[name] = folder / f"{Path(name).stem}.erased.txt"
        made[name].write_text(erased_text(text, own), encoding="utf-8")
    return made


def general_questions() -> Iterator[Judged]:
    """Yields Natural Questions asked of all passages, of all but the right one, and with that one's answer removed."""
    wanted = {pair.question: pair for pair in general_pairs(gate=True)}
    pairs = [pair for pair in general(training=True) if for_gate(pair.question)]
    asked_of_all = pairs[::THINNED]
    files = passage_files([General(pair.question, clean(pair.passage)) for pair in pairs])
    rests = {pair.question: without(clean(pair.passage), wanted[pair.question].answers) for pair in asked_of_all}
    rest_files = passage_files([General(question, rest) for question, rest in rests.items() if len(rest) >= LEAST_LEFT])
    with index("general-gate", [*files.values(), *rest_files.values()]) as helper:
        by_name = {Path(document.path).name: document.id for document in helper.documents()}
        whole = tuple(by_name[file.name] for file in files.values())
        for pair in asked_of_all:
            own = by_name[files[clean(pair.passage)].name]
            others = tuple(identifier for identifier in whole if identifier != own)
            scopes = [(True, whole), (False, others)]
            if rest := rest_files.get(rests[pair.question]):
                scopes.append((False, (*others, by_name[rest.name])))
            for answerable, documents in scopes:
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


def without(passage: str, answers: Sequence[str]) -> str:
    """Returns the passage without the sentences that contain one of the answers."""
    lower = [answer.lower() for answer in answers]
    kept = [passage[start:end] for start, end in sentences(passage)]
    return " ".join(sentence for sentence in kept if not any(answer in sentence.lower() for answer in lower))
