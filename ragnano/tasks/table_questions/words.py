"""The words of words.toml, by their stems."""

import tomllib
from functools import cache
from importlib.resources import files

from ragnano.text.words import stem


@cache
def word_stems(name: str) -> frozenset[str]:
    """Returns the stems of a list of words.toml."""
    text = files("ragnano.tasks.table_questions").joinpath("words.toml").read_text(encoding="utf-8")
    return frozenset(map(stem, str(tomllib.loads(text)[name]).split()))
