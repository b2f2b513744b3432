"""What contracts are compared by: the attributes in attributes.toml.

recognition.py has learnt which of them a question means; no word of the question decides.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ragnano.text.query import AnswerKind


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing to compare. `questions` are put to each document until one finds a value; `kind` is the value's kind.

    `rate`: an amount per month or year. `once`: one that is never paid per month or year. `term`: a date that may be
    stated as a duration from the start.
    """

    name: str
    kind: AnswerKind
    questions: tuple[str, ...]
    rate: bool = False
    once: bool = False
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
            rate=entry.get("rate", False),
            once=entry.get("once", False),
            term=entry.get("term", False),
        )
        for entry in tomllib.loads(text)["attributes"]
    )


def attribute_named(name: str) -> Attribute:
    """Returns the attribute with this name."""
    return next(attribute for attribute in attributes() if attribute.name == name)


def free_attribute(question: str) -> Attribute:
    """Returns an attribute for what the file lacks: each document is asked the question itself."""
    return Attribute(name="what each says", kind="other", questions=(question,))
