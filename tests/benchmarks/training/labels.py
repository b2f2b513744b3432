"""Locates labels in passages: the gold's sentences, the short answer's words, the words most like an ideal answer.

Labels have their white space folded and may be cut from longer sentences, so they are found by runs of words.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragnano.models.reader import KINDS
from ragnano.text.words import WORD
from tests.benchmarks.training.contracts import DATA

_CONDITIONED = {"yes-if", "no-unless"}
_IDLE = frozenset("a an the of to in on at by for and or is are be shall will must may that this its it".split())
_NUMBERS = {
    name: str(number)
    for number, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90"}
SAID = re.compile(r"\W*(yes|no)\b(?=\s*(?:[,.;:–—-]|$))", re.IGNORECASE)
"""Yes or No at the start of an ideal answer: "No, unless …", not "No later than …"."""
LONGEST = 28  # words, at most, of an exact answer
LEAST_LIKE = 0.55  # token F1 with the ideal answer from which on words count as the answer's


@dataclass(frozen=True, slots=True)
class Label:
    """A question as people ask it, with its answer (../shared/data/asked)."""

    id: str
    kind: str
    document: str
    question: str
    answerable: bool
    type: str
    short: str
    gold: tuple[str, ...]
    direct: str

    @property
    def answer_kind(self) -> int:
        """The index of its kind in KINDS."""
        said = SAID.match(self.direct)
        if said is None:
            return 0
        names = ("yes-if", "no-unless") if self.type in _CONDITIONED else ("yes", "no")
        return KINDS.index(names[said[1].lower() == "no"])


def asked(split: str) -> list[Label]:
    """Returns the labelled questions of a split: train, tune or dev. `document` is a file name in asked/txt or cuad."""
    file = DATA / "asked" / ("dev.jsonl" if split == "dev" else "train.jsonl")
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [_label(record) for record in records if split == "dev" or record["split"] == split]


def _label(record: dict[str, Any]) -> Label:
    gold = tuple(record["gold"]) + tuple(record.get("also") or ())
    return Label(
        record["id"], record["kind"], record["txt"], record["question"], record["answerable"], record["type"],
        record["short"] or "", gold, record["direct"] or "",
    )  # fmt: skip


def text_of(document: str) -> Path:
    """Returns the file of a labelled document."""
    places = (DATA / "asked" / "txt", DATA / "cuad_train" / "txt", DATA / "cuad" / "txt")
    return next(folder / document for folder in places if (folder / document).exists())


def located(text: str, wanted: str, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Returns the range of `wanted` in text[start:end], ignoring white space and case; None where it is absent."""
    places = [at for at in range(start, len(text) if end is None else end) if not text[at].isspace()]
    bare = "".join(text[at] for at in places).lower()
    looked_for = re.sub(r"\s+", "", wanted).lower().strip(".,;")
    if len(bare) != len(places) or not looked_for:
        return None  # a letter whose lower case has two characters
    at = bare.find(looked_for)
    return None if at < 0 else (places[at], places[at + len(looked_for) - 1] + 1)


def likest(text: str, ideal: str, start: int, end: int) -> tuple[int, int] | None:
    """Returns the range of the words, at most LONGEST, in text[start:end] most like the ideal answer; None for none."""
    wanted = Counter(_content(re.sub(r"^\W*(?:yes|no)\b\W*", "", ideal, flags=re.I)))
    found = [(match, _normal(match.group())) for match in WORD.finditer(text, start, end)]
    best, place = LEAST_LIKE, None
    for first in range(len(found)):
        if found[first][1] not in wanted:
            continue
        same, own, size = 0, Counter[str](), 0
        for last in range(first, min(first + LONGEST, len(found))):
            word = found[last][1]
            if word in _IDLE:
                continue
            size, own[word] = size + 1, own[word] + 1
            if own[word] <= wanted[word]:
                same += 1
                like = 2 * same / (size + sum(wanted.values()))
                if like > best:
                    best, place = like, (found[first][0].start(), found[last][0].end())
    return place


def _normal(word: str) -> str:
    return _NUMBERS.get(word.lower(), word.lower())


def _content(text: str) -> list[str]:
    return [word for match in WORD.finditer(text) if (word := _normal(match.group())) not in _IDLE]


def answer_words(text: str, label: Label, places: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Returns the exact answer's range within the gold's ranges; None for a plain yes or no, or where unknown."""
    if KINDS[label.answer_kind] in ("yes", "no"):
        return None
    for start, end in places:
        found = located(text, label.short, start, end) if label.short and not label.answer_kind else None
        if found := found or likest(text, label.direct, start, end):
            return found
    return None
