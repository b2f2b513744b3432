"""Word lists that several modules use, read from word_lists.toml, and the patterns made from them.

All words are in lower case; the patterns are without groups and boundaries, for use within one that ignores case.
"""

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

_LISTS = tomllib.loads(files("ragnano.text").joinpath("word_lists.toml").read_text(encoding="utf-8"))
_LONGEST_INITIALS = 4  # letters: "llc" is also written "l.l.c", "limited" is not


def _words(name: str) -> tuple[str, ...]:
    return tuple(str(_LISTS[name]).split())


def any_of(words: Iterable[str]) -> str:
    """Returns a pattern for one of the words, longer ones first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def _with_full_stops(form: str) -> str:
    return r"\.?".join(form) if len(form) <= _LONGEST_INITIALS else form


LEGAL_FORMS = _words("legal_forms")
LEGAL_FORM = "|".join(map(_with_full_stops, sorted(LEGAL_FORMS, key=lambda form: (-len(form), form))))
"""Pattern for a legal form, with or without full stops between its letters."""
WEAK_IN_NAMES = frozenset((*LEGAL_FORMS, *_words("legal_forms_also_words"), *_words("common_in_names")))
"""Words of company names that do not distinguish companies."""

CLAUSE_WORD = any_of(_words("clauses"))
ATTACHMENT_WORD = any_of(_words("attachments"))

DOCUMENT_NOUNS = frozenset((*_words("documents"), *_words("referred_to")))
"""What questions call documents, in the singular."""
TITLE_NOUNS = frozenset((*_words("documents"), *_words("titles")))
"""What titles call documents, in the singular."""

MONTHS = _words("months")
ONES = _words("ones")
"""Zero to nineteen: a number's word by its index."""
TENS = _words("tens")
"""Twenty, thirty, … ninety."""


def _month(name: str) -> str:
    short = name[:3]
    if name == "september":
        return "sept?(?:ember)?"
    return f"{short}(?:{name[3:]})?" if name != short else short


MONTH = f"(?:{'|'.join(map(_month, MONTHS))})"
"""Pattern for a month's name or its abbreviation, for one that ignores case."""
