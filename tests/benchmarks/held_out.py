"""Measures the constants of answering on contracts that ragnano is not measured on elsewhere: `make held-out`.

Uses the held-out contracts of ../shared/data/cuad_train (one in eight, by hash; no model was trained on them) and asks
each question of its own contract. One constant is changed at a time, all others keep their shipped values; the measures
are those of `ragnano eval answers`. Model replies are reused from one variant to the next, because none of the
constants changes the prompt; times are therefore meaningless here.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.cli.evaluation_index import index_of
from ragnano.evaluation.answers import OURS, measure_answers
from ragnano.evaluation.labelled_questions import LabelledQuestion, sample
from ragnano.evaluation.question_sets import read_set
from ragnano.evaluation.saved_answers import Replies
from ragnano.evidence import sentence_trimming
from ragnano.generation.prompt_builder import generate
from ragnano.models import ChatModel, Generation
from ragnano.models.offline import go_offline
from ragnano.text.query import Question
from ragnano.types import Evidence
from ragnano.verification import verify
from tests.benchmarks.training.contracts import DATA, held_out_records

SHARES = ("citation hit", "short answer right", "refusal recall", "refusal precision", "wrongly refused")


def main() -> None:
    parser = argparse.ArgumentParser(description="Change one constant of answering at a time, on held-out contracts.")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--answerable", type=int, help="questions that the contracts answer (default: all)")
    parser.add_argument("--absent", type=int, default=0, help="questions that they do not answer")
    parser.add_argument("--index", type=Path, help="keep the index here, for the next measurement")
    parser.add_argument("--shares", type=float, nargs="*", default=[0.0, 0.25, 0.5, 0.75], help="verify.LEAST_SHARE")
    parser.add_argument("--parts", type=float, nargs="*", default=[0.5, 0.7, 0.8, 0.9, 1.0], help="pointed.ANSWERING")
    options = parser.parse_args()
    go_offline()
    items, texts = held_out()
    items = sample(items, answerable=options.answerable, absent=options.absent, seed=1, limit=None)
    print(len(items), "questions about", len(texts), "contracts", flush=True)
    with index_of(texts, options.index) as assistant, patch("ragnano.answering.phrasing.generate", remembered()):
        for share in options.shares:
            with patch.object(verify, "LEAST_SHARE", share):
                report(f"LEAST_SHARE {share}", assistant, items, options.model)
        for part in options.parts:
            with patch.object(sentence_trimming, "ANSWERING", part):
                report(f"ANSWERING {part}", assistant, items, QUOTES_ONLY)


def held_out() -> tuple[tuple[LabelledQuestion, ...], dict[str, str]]:
    """Returns the questions about held-out contracts, and the contracts' texts by file name."""
    data = DATA / "cuad_train"
    paths = [data / str(record["txt"]) for record in held_out_records()]
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    return tuple(item for item in read_set(data).items if item.document in texts), texts


def remembered() -> Callable[..., Generation]:
    """Returns a `generate` that caches its replies by question and evidence."""
    kept: dict[tuple[str, ...], Generation] = {}

    def once(chat: ChatModel, question: Question, evidence: Sequence[Evidence], **options: Any) -> Generation:
        key = (question.text, *(item.text for item in evidence))
        if key not in kept:
            kept[key] = generate(chat, question, evidence, **options)
        return kept[key]

    return once


def report(name: str, assistant: Assistant, items: Sequence[LabelledQuestion], model: str) -> None:
    """Asks all questions and prints the scores."""
    with Replies() as replies:
        (scores,) = measure_answers(assistant, items, [model], replies).scores
        found = [reply for item in items if (reply := replies.get(item, OURS, model)) is not None]
    shares = ", ".join(f"{what} {scores.shares[what].share:.3f}" for what in SHARES if what in scores.shares)
    bad = scores.shares["unsupported fact"]
    length = statistics.median(len(quote) for reply in found for _, quote in reply.quotes)
    print(f"{name}: {shares}, unsupported {bad.right} of {bad.of}, a quote {length:.0f} characters", flush=True)


if __name__ == "__main__":
    main()
