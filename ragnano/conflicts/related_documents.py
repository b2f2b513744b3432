"""Finds documents that belong together: versions of one contract, its amendments, contracts between one pair of
parties.

Compares parties, titles, file names and dates, and for an amendment its opening text. Uses the store; looks at no
passages.
"""

import re
from functools import lru_cache
from pathlib import PurePath

from ragnano.store import Catalogue
from ragnano.text.word_lists import MONTH, WEAK_IN_NAMES
from ragnano.text.words import content_stems, stem, words
from ragnano.types import Document

FRONT_CHUNKS = 3
"""An amendment names what it amends within this many chunks."""
_FORMS = frozenset(map(stem, WEAK_IN_NAMES))
# Parts of a file name that differ between versions. A bare number distinguishes contracts, a year versions.
_VERSION = re.compile(
    r"(?i)(?<![a-z0-9])(?:(?:v|ver|version|rev|revision)[ ._-]?\d+(?:\.\d+)*|(?:19|20)\d\d(?:[ ._-]?\d\d){0,2}"
    r"|draft|final|signed|executed|copy|old|new)(?![a-z0-9])"
)
_DAY = rf"(?:{MONTH}\.?\s+\d{{1,2}},?|\d{{1,2}}\s+{MONTH}\.?,?)\s+\d{{4}}"
_DATED = re.compile(rf"\b(?:(?:dated|on)\s+)?{_DAY}", re.IGNORECASE)
_CALLED = re.compile(r"(?i)amend|addend|supplement|side.letter|variation|modif")


def belong_together(first: Document, second: Document) -> bool:
    """Whether both share two parties, or are versions of one file with the same title and parties."""
    first_parties, second_parties = _parties(first.parties), _parties(second.parties)
    if len(first_parties & second_parties) >= 2:
        return True
    return (
        first_parties == second_parties
        and first.title == second.title
        and _family(first) == _family(second) != frozenset()
    )


def may_amend(later: Document, original: Document) -> bool:
    """Whether calling `amends` is worthwhile, judged without reading: the name suggests it, and the parties fit."""
    if later.id == original.id or not _CALLED.search(f"{later.title} {later.path}"):
        return False
    later_parties, original_parties = _parties(later.parties), _parties(original.parties)
    return (
        not later_parties
        or not original_parties
        or len(later_parties & original_parties) >= min(2, len(later_parties), len(original_parties))
    )


def amends(later: Document, original: Document, catalogue: Catalogue) -> bool:
    """Whether `later` calls itself an amendment and opens with the title and the parties of `original` (where no
    parties are known: the words of its file name)."""
    if not may_amend(later, original):
        return False
    front, title = _front_stems(later, catalogue), frozenset(content_stems(original.title))
    if not title <= front:
        return False
    original_parties = _parties(original.parties)
    if original_parties and _parties(later.parties):
        return True
    if original_parties:
        return sum(name <= front for name in original_parties) >= min(2, len(original_parties))
    family = _family(original) - title
    return bool(family) and family <= front


def _front_stems(document: Document, catalogue: Catalogue) -> frozenset[str]:
    """Returns the stems of a document's title and first chunks."""
    opening = " ".join(chunk.text for chunk in catalogue.chunks_of(document.id)[:FRONT_CHUNKS])
    return frozenset(content_stems(f"{document.title} {opening}"))


def later_of(first: Document, second: Document) -> int | None:
    """Returns 0 or 1 for the document with the later date; None if a date is missing or both are equal."""
    if not first.date or not second.date or first.date == second.date:
        return None
    return int(second.date > first.date)


@lru_cache(maxsize=10_000)
def _parties(parties: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """Returns each party as the stems of its name without its legal form, ignoring case.

    A date parsed as part of a name ("Fernhill Mills Ltd on March 1, 2019") must not make versions look different.
    """
    named = (frozenset(map(stem, words(_DATED.sub(" ", party)))) - _FORMS for party in parties)
    return frozenset(name for name in named if name)


def _family(document: Document) -> frozenset[str]:
    """Returns the stems of the file name without the parts that differ between versions."""
    name = PurePath(document.path).stem.replace("_", " ").replace("-", " ")
    return frozenset(content_stems(_VERSION.sub(" ", name)))
