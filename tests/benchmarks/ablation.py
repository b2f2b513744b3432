"""Measures what each part of an answer contributes: gate, evidence cut, grammar and verification, removed in turn.

    .venv/bin/python -m tests.benchmarks.ablation [--model M] [--answerable N] [--absent N] [--index DIR]

Uses the contracts of ../shared/data/cuad and asks each question of its own contract. The measures are those of
`ragnano eval answers`. The variants run one after the other, so their times are not comparable.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest.mock import patch

from ragnano.answering import pipeline
from ragnano.cli.evaluation_index import index_of
from ragnano.evaluation.answers import measure_answers
from ragnano.evaluation.labelled_questions import documents_of, sample
from ragnano.evaluation.question_sets import read_set
from ragnano.evaluation.saved_answers import Replies
from ragnano.evidence import SHOWN, Signals
from ragnano.evidence.answerability import Gate
from ragnano.models import Reader
from ragnano.models.offline import go_offline
from ragnano.retrieval.retriever import Found
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.text.query import Question
from ragnano.text.words import fold
from ragnano.types import Evidence
from ragnano.verification.verify import NOTHING, Verified, says_not_found

DATA = Path(__file__).parents[3] / "shared" / "data" / "cuad"
SHARES = ("citation hit", "short answer right", "refusal recall", "refusal precision", "wrongly refused")


def uncut(found: Found, catalogue: Catalogue, reader: Reader) -> tuple[tuple[Evidence, ...], Signals]:
    """Returns the first chunks unchanged, judged by the signals of their sentences."""
    _, signals = select(found, catalogue, reader)
    return tuple(Evidence(hit, hit.chunk.spans, hit.chunk.text, 0.5) for hit in found.hits[:SHOWN]), signals


select = pipeline.select


def believed(reply: str, question: Question, evidence: Sequence[Evidence]) -> Verified:
    """Returns the model's reply unverified, with the first piece of evidence as its citation."""
    return NOTHING if says_not_found(reply) else Verified(fold(reply), "answered", (0,))


VARIANTS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "whole": nullcontext,
    "without the gate": lambda: patch.object(Gate, "least_confidence", lambda self, risk: 0.0),
    "without the evidence cut": lambda: patch("ragnano.answering.pipeline.select", uncut),
    "without the grammar": lambda: patch(
        "ragnano.generation.prompt_builder.answer_grammar", lambda evidence, kind: None
    ),
    "without verification": lambda: patch("ragnano.answering.phrasing.verify", believed),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Take parts of an answer away in turn.")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--answerable", type=int, default=40)
    parser.add_argument("--absent", type=int, default=40)
    parser.add_argument("--index", type=Path)
    options = parser.parse_args()
    go_offline()
    found = read_set(DATA)
    items = sample(found.items, answerable=options.answerable, absent=options.absent, seed=1, limit=None)
    # Three whole chunks with their headings, and the answer, need room.
    with index_of(documents_of(found, items), options.index, context_tokens=4096, evidence_tokens=2000) as assistant:
        roomy = assistant.settings
        usual = roomy.model_copy(update={"evidence_tokens": Settings.load().evidence_tokens})
        for name, variant in VARIANTS.items():
            assistant.settings = roomy if "cut" in name else usual
            with variant(), Replies() as replies:
                (scores,) = measure_answers(assistant, items, [options.model], replies).scores
            shares = ", ".join(f"{what} {scores.shares[what].share:.3f}" for what in SHARES if what in scores.shares)
            bad = scores.shares["unsupported fact"]
            print(f"{name}: {shares}, unsupported {bad.right} of {bad.of}", flush=True)


if __name__ == "__main__":
    main()
