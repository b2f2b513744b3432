"""Reads the places that a text names, in one form: "Norwegian law" and "the laws of Norway" both name norway."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from ragnano.text.legal_terms import place_names

_STATE_OF = re.compile(r"\b(?:state|commonwealth|republic|province|kingdom|federal republic)\s+of\s+(?:the\s+)?", re.I)


def places_in(text: str) -> tuple[str, ...]:
    """Returns the places in a text by their common names in lower case, in order; a place's adjective counts as it."""
    plain = _STATE_OF.sub("", text)
    found = (match.group().lower() for match in _pattern().finditer(plain))
    return tuple(dict.fromkeys(_names().get(name, name) for name in found))


def only_a_place(name: str) -> bool:
    """Whether a name is that of a place and no more: "English" and "State of Ohio" are, "Ohio Mills" is not."""
    plain = _STATE_OF.sub("", name)
    return bool(_pattern().search(plain)) and not re.search(r"[^\W_]", _pattern().sub("", plain))


def lies_in(place: str, other: str) -> bool:
    """Whether a place is another or a part of it: delaware lies in united states."""
    return place == other or place in _data()["parts"].get(other, ())


@cache
def _names() -> dict[str, str]:
    """Maps each adjective and each other name of a place to its common name."""
    return {**_data()["adjectives"], **_data()["other_names"]}


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("ragnano.text").joinpath("places.toml").read_text(encoding="utf-8"))


@cache
def _pattern() -> re.Pattern[str]:
    # Abbreviations count in capitals only: "us" is a pronoun.
    names = sorted({*place_names(), *_names()}, key=len, reverse=True)
    long = "|".join(re.escape(name) for name in names if len(name) > 3)
    short = "|".join(re.escape(name.upper()) for name in names if len(name) <= 3)
    return re.compile(rf"\b(?:(?i:{long})|{short})\b")
