"""What contracts are compared by: the attributes in attributes.toml, and which of them a question means.

The embedder matches a question to an attribute's phrasings by meaning; no word of the question decides.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ragnano.models import Embedder
from ragnano.text.query import AnswerKind


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing to compare. `questions` are put to each document until one finds a value; `kind` is the value's kind.

    `rate`: an amount per month or year. `term`: a date that may be stated as a duration from the start.
    """

    name: str
    kind: AnswerKind
    questions: tuple[str, ...]
    phrasings: tuple[str, ...] = ()
    rate: bool = False
    term: bool = False


@cache
def attributes() -> tuple[Attribute, ...]:
    """Returns all attributes, in the order of the file."""
    text = files("ragnano.tasks.comparison").joinpath("attributes.toml").read_text(encoding="utf-8")
    return tuple(
        Attribute(
            name=entry["name"],
            kind=entry["kind"],
            questions=tuple(entry["questions"]),
            phrasings=tuple(entry["phrasings"]),
            rate=entry.get("rate", False),
            term=entry.get("term", False),
        )
        for entry in tomllib.loads(text)["attributes"]
    )


def attribute_named(name: str) -> Attribute:
    """Returns the attribute with this name."""
    return next(attribute for attribute in attributes() if attribute.name == name)


class AttributeMatcher:
    """Finds the attribute that a text means. Embeds the phrasings once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        pairs = [(attribute, phrasing) for attribute in attributes() for phrasing in attribute.phrasings]
        self._attributes: Sequence[Attribute] = [attribute for attribute, _ in pairs]
        self._vectors: NDArray[np.float32] = embedder.embed_sentences([phrasing for _, phrasing in pairs])

    def best(self, text: str, kinds: Sequence[AnswerKind] = ()) -> tuple[Attribute | None, float]:
        """Returns the attribute with the likest phrasing and its cosine.

        `kinds` limits the choice to attributes with a value of one of these kinds; None if there is none.
        """
        likeness = self._vectors @ self._embedder.embed_query(text)
        order = np.argsort(-likeness, kind="stable")
        fitting = (int(at) for at in order if not kinds or self._attributes[int(at)].kind in kinds)
        at = next(fitting, None)
        return (None, 0.0) if at is None else (self._attributes[at], float(likeness[at]))
