"""Labelled questions that are the project's own: on contracts of CUAD's training split, and on invented texts.

`questions/contracts.jsonl` holds no text of the contracts: `gold` (the sentences that answer), `short` (the exact
answer) and `words` (of a sentence without a short answer those that say it, the condition of a yes or no among them)
are character ranges of the file in ../shared/data/cuad_train/txt that `txt` names. `questions/invented.jsonl` holds
whole exercises: a passage that answers and three about the same thing that don't. Both were written with a language
model's help and checked by script: every range holds words, every short answer lies inside its gold.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.training.contracts import DATA, hashed
from tests.benchmarks.training.labels import Label, answer_words, located
from tests.benchmarks.training.pairs import Pair

FOLDER = Path(__file__).parent / "questions"
WITHOUT = 0.6  # of the groups contain the passage without its answering sentence
LEAST_LEFT = 80  # characters of a passage without its answer


def contract_labels() -> list[Label]:
    """Returns the questions on contracts."""
    texts: dict[str, str] = {}
    found = []
    for record in _lines("contracts"):
        name = record["txt"]
        if name not in texts:
            texts[name] = (DATA / "cuad_train" / "txt" / name).read_text(encoding="utf-8")
        text = texts[name]
        gold = tuple(text[start:end] for start, end in record["gold"])
        short, words = (text[slice(*record[key])] if record[key] else "" for key in ("short", "words"))
        direct = ", ".join(part for part in ((record["says"] or "").title(), short or words) if part)
        found.append(_label(name, record, gold, short, direct))
    return found


def invented(rng: random.Random) -> Iterator[list[Pair]]:
    """Yields groups: a question with the passage that answers, then near ones that don't."""
    for record in exercises():
        passage = record["passage"]
        places = [place for gold in record["gold"] if (place := located(passage, gold))]
        label = _label("", record, tuple(record["gold"]), record["short"] or "", record["direct"] or "")
        span = answer_words(passage, label, places)
        group = [Pair(label.question, passage, True, tuple(places), span, label.answer_kind)]
        rest = passage
        for start, end in sorted(places, reverse=True):
            rest = f"{rest[:start].rstrip()} {rest[end:].lstrip(' .')}"
        if len(rest) > LEAST_LEFT and rng.random() < WITHOUT:
            group.append(Pair(label.question, rest.strip(), False, ()))
        misses = rng.sample(record["misses"], 3 - len(group))
        yield group + [Pair(label.question, miss, False, ()) for miss in misses]


def exercises() -> Iterator[dict[str, Any]]:
    """Yields the invented exercises as they are stored."""
    yield from _lines("invented")


def _label(document: str, record: dict[str, Any], gold: tuple[str, ...], short: str, direct: str) -> Label:
    name = f"own-{hashed(document + json.dumps(record)) % 16**12:012x}"
    return Label(name, "contracts", document, record["question"], bool(gold), record["type"], short, gold, direct)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
