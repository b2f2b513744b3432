"""Recognises a question that is put to several documents, and what it asks: learnt from questions, not from word lists.

Linear models over the words of a question (hashed) and its embedding. The weights (recognition.npz) are trained by
tests/benchmarks/training/comparison_questions.py; LOG.md has their accuracy. Works without documents.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ragnano.models import Embedder

Operation = Literal["list", "count", "greatest", "least", "order", "sum"]

OPERATIONS: tuple[Operation, ...] = get_args(Operation)
OTHER, NOTHING = "other", "nothing"
"""Attributes that are none: one that attributes.toml lacks, and none, because documents are only listed or counted."""
SIZE = 1 << 13
"""Features of the words; n-grams are hashed into them by CRC-32."""
LONGEST = 3
"""Words of an n-gram."""
PIECES = (3, 4)
"""Letters of a piece of a word, which make slips of the keyboard harmless."""
PIECE_WEIGHT = 0.6
"""Length of the vector of all pieces relative to that of all n-grams, which is 1. By judgement."""

_NAME = re.compile(r"(?<=[a-z0-9,] )[A-Z][\w’'-]*")
_WORD = re.compile(r"[a-z0]+|\?")


@dataclass(frozen=True, slots=True)
class Recognised:
    """Estimated probabilities, 0 to 1. `attributes` are by name, OTHER and NOTHING included."""

    several: float
    operation: Operation
    negated: float
    attributes: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Head:
    """Weights of one output column each, (features, columns), and their biases (columns)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(features @ self.weights + self.bias, dtype=np.float32)


class Recogniser:
    """The models for one embedder; for an embedder that they were not trained with, those that read words alone."""

    def __init__(
        self, heads: dict[str, _Head], attributes: tuple[str, ...], embed: Callable[[str], NDArray[np.float32]]
    ):
        self._heads, self._attributes, self._embed = heads, attributes, embed

    @classmethod
    def for_embedder(cls, embedder: Embedder) -> "Recogniser":
        """Opens the shipped weights."""
        data = _shipped()
        known = str(data["embedder"]) == embedder.fingerprint
        prefix = "both" if known else "words"
        heads = {
            name: _Head(data[f"{prefix} {name}"].astype(np.float32), data[f"{prefix} {name} bias"].astype(np.float32))
            for name in ("several", "operation", "negated", "attribute")
        }
        embed = embedder.embed_query if known else lambda _text: np.zeros(0, dtype=np.float32)
        return cls(heads, tuple(map(str, data["attributes"])), embed)

    def recognise(self, question: str) -> Recognised:
        """Returns what a question asks."""
        row = np.concatenate([word_features(question), self._embed(question)])
        logits = {name: head.logits(row) for name, head in self._heads.items()}
        chances = np.exp(logits["attribute"] - logits["attribute"].max())
        chances /= chances.sum()
        return Recognised(
            several=_sigmoid(logits["several"][0]),
            operation=OPERATIONS[int(logits["operation"].argmax())],
            negated=_sigmoid(logits["negated"][0]),
            attributes=dict(zip(self._attributes, chances.tolist(), strict=True)),
        )


def word_features(question: str) -> NDArray[np.float32]:
    """Returns the features (SIZE,) of a question's words. Names and figures are replaced by placeholders."""
    row = np.zeros(SIZE, dtype=np.float32)
    words = ["^", *_words(question), "$"]
    for grams, length in ((set(_grams(words)), 1.0), (set(_pieces(words)), PIECE_WEIGHT)):
        for gram in grams:
            row[zlib.crc32(gram.encode()) % SIZE] += length / len(grams) ** 0.5
    return row


def _words(question: str) -> list[str]:
    masked = re.sub(r"\d", "0", _NAME.sub("Xname", question))
    return _WORD.findall(re.sub(r"['’]", "", masked.lower()))


def _grams(words: list[str]) -> Iterator[str]:
    for length in range(1, LONGEST + 1):
        for at in range(len(words) - length + 1):
            yield "w" + " ".join(words[at : at + length])
    for at in range(len(words) - 2):
        yield f"s{words[at]} _ {words[at + 2]}"


def _pieces(words: list[str]) -> Iterator[str]:
    for word in words:
        for length in PIECES:
            for at in range(len(word) + 3 - length):
                yield "c" + f"<{word}>"[at : at + length]


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


@cache
def _shipped() -> dict[str, NDArray[np.generic]]:
    with files("ragnano.tasks.comparison").joinpath("recognition.npz").open("rb") as file:
        return dict(np.load(file, allow_pickle=False))
