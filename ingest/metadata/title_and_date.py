"""Finds a document's title and date in its first blocks. Each stays empty where unsure.

`ingest.metadata.parties` finds the parties.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple

from dateutil import parser as dates

from ingest.characters.hidden import visible
from ingest.characters.sanitize import clean
from ingest.metadata.parties import BODY, parties_of
from ingest.parsers.base.interface import LoadedFile
from ingest.structure.headings import is_capitals, is_title
from ragnano.text.word_lists import MONTH, TITLE_NOUNS, any_of
from ragnano.types import Block

_FRONT_CHARACTERS = 6_000  # where a contract's parties and date are: its first two pages
_TITLE_BLOCKS = 14

# Names of kinds of documents, as title lines use them.
_INSTRUMENT = re.compile(rf"\b(?:{any_of(TITLE_NOUNS)})s?\b", re.I)
_JUNK_TITLE = re.compile(r"^(?:microsoft|untitled|document\d*$|doc\d*$)|\.(?:docx?|pdf|rtf|txt|wpd|htm)$|[\\/]", re.I)
_IN_TEXT = re.compile(
    r"^(?:THIS|This)\s+(?P<title>(?:[A-Z][\w&’'/-]*\s+|(?:and|of|to|for|the)\s+){1,8}?"
    r"(?:AGREEMENT|Agreement|CONTRACT|Contract|LEASE|Lease|AMENDMENT|Amendment|DEED|Deed))\b"
)


class Front(NamedTuple):
    """What a document says about itself; `date` is ISO 8601 or None."""

    title: str
    parties: tuple[str, ...]
    date: str | None


def front_of(blocks: Sequence[Block], loaded: LoadedFile, path: str) -> Front:
    """Returns title (never empty: at worst the file's name), parties and date; `loaded.front` says where to look."""
    if loaded.front == "archive":
        return Front(_from_name(path), (), None)
    found = _from_words(blocks, loaded.title, path)
    if loaded.front == "message":
        return Front(loaded.title or _from_name(path), found.parties, loaded.date)
    return found._replace(date=found.date or loaded.date)


def _from_words(blocks: Sequence[Block], metadata_title: str, path: str) -> Front:
    text = "\n".join(block.text for block in blocks[:60])[:_FRONT_CHARACTERS]
    title = _title(blocks[:_TITLE_BLOCKS]) or _from_metadata(metadata_title) or _from_name(path)
    body = BODY.search(text, 200)
    return Front(title, parties_of(text), date_of(text[: body.start()] if body else text))


def _title(blocks: Sequence[Block]) -> str:
    for place, block in enumerate(blocks):
        text = block.text.strip("# .:[]*_")
        if _is_title_line(block, text) and _INSTRUMENT.search(text):
            above = blocks[place - 1] if place else None
            # "AMENDED AND RESTATED" / "SUPPLY AGREEMENT": a title may take two lines of capitals.
            if above and above.kind == "heading" and not above.number and len(above.text.split()) <= 6:
                joins = is_capitals(above.text) and is_capitals(text) and not _INSTRUMENT.search(above.text)
                text = f"{above.text} {text}" if joins else text
            return _readable(text)
    for block in blocks:
        if found := _IN_TEXT.match(block.text):
            return _readable(found["title"])
    return next((_readable(b.text.strip("# ")) for b in blocks[:2] if b.text.startswith("# ")), "")


def _is_title_line(block: Block, text: str) -> bool:
    if block.kind == "table" or len(text) > 120 or (block.number and not block.number[0].isupper()):
        return False
    return not block.number and is_title(text)


def _from_metadata(title: str) -> str:
    usable = len(title) > 4 and " " in title and not _JUNK_TITLE.search(title)
    return title if usable else ""


def _from_name(path: str) -> str:
    """Returns the file's name as a title, without characters that a terminal obeys or that reverse what follows."""
    return " ".join(visible(clean(re.sub(r"[_]+", " ", PurePath(path).stem))).split()) or "Untitled"


def _readable(text: str) -> str:
    """Returns text in capitals in title case; spaced-out letters and other text stay unchanged."""
    text = " ".join(text.split())
    if not is_capitals(text):
        return text
    small = {"and", "of", "the", "for", "to", "in", "on", "by", "with", "or", "a", "an"}
    words = [word.lower() if word.lower() in small else word.capitalize() for word in text.split()]
    return " ".join([words[0].capitalize(), *words[1:]])


_MONTH = rf"{MONTH}\.?"
_DATE = re.compile(
    rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>(?:19|20)\d\d)"
    rf"|(?P<day2>\d{{1,2}})\s*(?:st|nd|rd|th)?\s*(?:day\s+)?(?:of\s+)?(?P<month2>{_MONTH})"
    r"\s*,?\s*(?:of\s+)?(?P<year2>(?:19|20)\d\d)"
    r"|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)",
    re.I,
)
_BEARS = re.compile(r"\b(?:dated|effective|made|entered|executed|signed|concluded|date|as\s+of)\b", re.I)
_REACH = 110  # characters between "made and entered into as of this" and the date itself


def date_of(text: str) -> str | None:
    """Returns the document's date as ISO 8601, None unless the wording leaves no doubt."""
    for found in _DATE.finditer(text):
        bears = _BEARS.search(text[max(0, found.start() - _REACH) : found.start()])
        if not bears and not _stands_alone(found, text):
            continue
        day, month, year = (found[name] or found[f"{name}2"] for name in ("day", "month", "year"))
        try:
            parsed: datetime = dates.parse(found["iso"] or f"{day} {month} {year}", default=datetime(2000, 1, 1))
        except (dates.ParserError, OverflowError):
            continue
        return parsed.date().isoformat()
    return None


def _stands_alone(found: re.Match[str], text: str) -> bool:
    """Whether a date is a line by itself, as a letter's is."""
    before, after = text[: found.start()].rpartition("\n")[2], text[found.end() :].partition("\n")[0]
    return not before.strip() and not after.strip(" .\t")
