"""Extracts what a question names: people, companies, sites, numbered things, identifiers, terms, currencies, years.

Works on text alone. Words that identify nothing (roles, legal forms, words that open a sentence) are left out.
`ragnano.answering.named` checks whether a document contains a name.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from ragnano.text.legal_terms import is_part, is_place, is_role
from ragnano.text.query import Question
from ragnano.text.word_lists import MONTH, MONTHS, WEAK_IN_NAMES
from ragnano.text.words import STOPWORDS, words

ThingKind = Literal["name", "place", "label", "code", "term", "currency", "year"]

_TOKEN = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_LABEL = re.compile(
    r"\b(?P<head>[^\W\d_][\w’'-]*)\s+(?:(?i:no|nr|number|nummer|n°)\.?\s*|#\s*)?(?P<number>\d{1,7}[A-Za-z]?|[A-Z]\d{0,3})\b"
    r"(?![.,:/-]?\d|\s?[%€$£°]|(?<=[A-Z])\.)"
)
_CODE = re.compile(r"(?<![\w.,/-])(?=[\w/.-]*\d)(?=[\w/.-]*[^\W\d_]|\d+[-/]\d+[-/]?\d*)[^\W_][\w/.-]*[^\W_](?![\w])")
_NO_CODE = re.compile(
    r"\d+(?:st|nd|rd|th|s|k|m|bn|x|am|pm|kg|km|mm|cm|ml|gb|mb|kw|kwh|h|d|-[a-z]+)|[qh][1-4]|fy\d+|\d{1,4}(?:[-/.]\d{1,4})*[a-z]?"
    rf"|\d+[-/.](?:{'|'.join(month[:3] for month in MONTHS)})\w*[-/.]\d+|covid-?\d+|co2|b2b|b2c|24/7",
    re.IGNORECASE,
)
_YEAR = re.compile(
    rf"(?<![\w/.-])(?:in|for|during|of)\s+(?:the\s+year\s+)?((?:19|20)\d\d)(?![\w/-]|\.\d)|(?<!\w)FY\s?(20\d\d)\b(?!\s*{MONTH})"
)
_TERM = re.compile(
    r"\b[Ww]hat\s+(?:does|do)\s+(?:the\s+)?(?:defined\s+)?(?:term\s+|words?\s+|phrase\s+|expression\s+)?"
    r"(?:[\"“'‘](?P<quoted>[^\"”'’]{2,60})[\"”'’]|(?P<plain>[A-Z][\w-]*(?:\s+(?:of|and|in|for|or|to|[A-Z][\w-]*))*))\s+"
    r"(?:mean|stand\s+for|refer\s+to)\b"
)
_CURRENCY = re.compile(r"\bin\s+(?:us\s+|swiss\s+|british\s+|american\s+)?([a-z€$£¥₹]+)(?![\w-])", re.IGNORECASE)
_MEMBERSHIP = re.compile(
    r"^\W*(?:is|are|was|were|does|do|did)\b.*"
    r"\b(?:one of|part of|among|belong|listed|included|covered|named|mentioned|in the)\b",
    re.IGNORECASE,
)
_LEAST_TITLE_WORDS = 3  # words of four or more letters in a question that is Written Like a Heading
_TITLE_SHARE = 0.75
_LONGEST_HEAD_IN_CAPITALS = 4  # "CAL 120" may be money
_IN_A_PLACE = re.compile(r"\b(?:in|into|to|from|at|outside|within)\s+(?:the\s+)?$", re.IGNORECASE)
_LONGEST_ACRONYM = 5  # letters; a document may spell out "IP" and "GDPR"


@dataclass(frozen=True, slots=True)
class NamedThing:
    """Something that a question names, as written, and its words in lower case.

    `head` is the noun of a numbered thing: "unit" in "Unit 17", whose words are then ("17",).
    """

    kind: ThingKind
    text: str
    words: tuple[str, ...]
    head: str = ""


@cache
def word_list(name: str) -> frozenset[str]:
    """Returns a word list by its name in named.toml."""
    return frozenset(str(_data()[name]).split())


@cache
def weak_in_names() -> frozenset[str]:
    """Returns the words in names that tell nobody apart, in lower case."""
    return WEAK_IN_NAMES | word_list("weak")


@cache
def _data() -> dict[str, object]:
    return tomllib.loads(files("ragnano.answering").joinpath("named.toml").read_text(encoding="utf-8"))


@cache
def currencies() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Returns, for each currency, the words that ask for it and the signs that amounts have."""
    listed = _data()["currencies"]
    assert isinstance(listed, list)
    return tuple((frozenset(one["asked"]), frozenset(one["shown"])) for one in listed)


@cache
def same_places(place: str) -> tuple[str, ...]:
    """Returns the names of a place in lower case, the given one first."""
    groups = _data()["places"]
    assert isinstance(groups, list)
    return next((tuple(group) for group in groups if place.lower() in group), (place.lower(),))


def things_named(question: Question) -> tuple[NamedThing, ...]:
    """Returns what the question names, each once, ordered by kind."""
    text = question.text
    labels = list(_labels(text))
    found = [*_terms(text), *labels, *_codes(text), *_currencies(text), *_years(text)]
    taken = " ".join(thing.text for thing in found)
    if not _is_heading(text) and not (question.kind == "yes_no" and _MEMBERSHIP.search(text)):
        found += [name for name in _names(text, question.kind == "yes_no") if name.text not in taken]
    return tuple(dict.fromkeys(found))


def names_a_paper(text: str, thing: NamedThing) -> bool:
    """Whether the thing is the first part of a document's name: "Services" in "the Services Agreement"."""
    papers = "|".join(word_list("papers"))
    following = rf"{re.escape(thing.text)}\s+(?:[A-Z]\w+\s+)?(?:{papers})s?\b"
    return thing.kind == "name" and re.search(following, text, re.IGNORECASE) is not None


def _terms(text: str) -> Iterator[NamedThing]:
    if found := _TERM.search(text):
        term = found["quoted"] or found["plain"]
        yield NamedThing("term", term, tuple(words(term)))


def _labels(text: str) -> Iterator[NamedThing]:
    for found in _LABEL.finditer(text):
        head, number = found["head"].lower(), found["number"]
        after = _TOKEN.match(text, found.end() + 1)
        letter = not number[0].isdigit()
        counts = after is not None and after[0].lower().rstrip("s") in word_list("units") and not letter
        ordinary = (
            (found["head"].isupper() and len(head) < _LONGEST_HEAD_IN_CAPITALS)
            or head in word_list("no_heads")
            or head in STOPWORDS
            or re.fullmatch(MONTH, head, re.IGNORECASE)
        )
        named = not letter or (head[0] != found["head"][0] and not after_capital(text, found.end()))
        if not (counts or ordinary or is_part(head) or re.fullmatch(r"(?:19|20)\d\d", number)) and named:
            yield NamedThing("label", found[0], (number.lower(),), head)


def after_capital(text: str, end: int) -> bool:
    """Whether the next word is capitalised: "Plan B Ltd" is not a label."""
    following = _TOKEN.match(text, end + 1)
    return following is not None and following[0][0].isupper()


def codes_in(text: str) -> list[str]:
    """Returns the identifiers in a text: "TX-9", "2025-00381"."""
    found = (match[0].rstrip(".") for match in _CODE.finditer(text))
    return [code for code in found if not _NO_CODE.fullmatch(code)]


def _codes(text: str) -> Iterator[NamedThing]:
    return (NamedThing("code", code, tuple(re.findall(r"[^\W_]+", code.lower()))) for code in codes_in(text))


def _currencies(text: str) -> Iterator[NamedThing]:
    for found in _CURRENCY.finditer(text):
        if any(found[1].lower() in asked for asked, _ in currencies()):
            yield NamedThing("currency", found[0].partition(" ")[2], (found[1].lower(),))


def _years(text: str) -> Iterator[NamedThing]:
    for found in _YEAR.finditer(text):
        year = found[1] or found[2]
        yield NamedThing("year", year, (year,))


def _names(text: str, place: bool) -> Iterator[NamedThing]:
    """Yields the names; with `place`, what follows "in" or "to" may be any place: "May we sell in Cyprus?"."""
    for run in _runs(text):
        parts = [part for part, _ in run if part.lower().rstrip(".") not in word_list("titles")]
        distinctive = [part for part in parts if _is_distinctive(part)]
        name = " ".join(parts)
        if is_place(name):
            yield NamedThing("place", name, tuple(words(name)))
        elif distinctive and not (
            len(distinctive) == 1 and (_is_ordinary(text, run) or (place and _IN_A_PLACE.search(text[: run[0][1]])))
        ):
            yield NamedThing("name", name, tuple(part.lower() for part in distinctive))


def _runs(text: str) -> Iterator[list[tuple[str, int]]]:
    """Yields runs of adjacent capitalised words with their offsets; a sentence's first word only before another one."""
    run: list[tuple[str, int]] = []
    end = -2
    for found in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", found[0])
        capital = _is_written_as_name(word)
        between = text[end : found.start()]
        if run and (not capital or between not in (" ", ". ", "-")):
            yield run
            run = []
        if capital and not (not run and _opens(text, found, word)):
            run.append((word, found.start()))
        end = found.end() if found[0] == word else -2
    if run:
        yield run


def _is_written_as_name(word: str) -> bool:
    """Whether a word is capitalised and neither an abbreviation ("IP", "RSUs", "I'm") nor a compound ("US-sold")."""
    first = re.split(r"['’-]", word)[0]
    short = word.removesuffix("s").isupper() and len(word) <= _LONGEST_ACRONYM
    made = "-" in word and not all(part[:1].isupper() for part in word.split("-"))
    return word[:1].isupper() and len(first) > 1 and not (short or made) and first.lower() not in STOPWORDS


def _opens(text: str, found: re.Match[str], word: str) -> bool:
    """Whether a word is capitalised only because it opens a sentence, and is not part of a name."""
    before = text[: found.start()].rstrip(" \"“‘'([")
    if before and before[-1] not in ".?!:;–—-":
        return word.lower() in STOPWORDS
    following = _TOKEN.match(text, found.end() + 1)
    alone = following is None or not following[0][0].isupper() or found[0] != word
    return alone or word.lower() in STOPWORDS or word.lower() in word_list("openers")


def _is_distinctive(word: str) -> bool:
    low = word.lower()
    month = re.fullmatch(rf"{MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)days?", low)
    return len(word) > 1 and not (
        low in STOPWORDS
        or low in weak_in_names()
        or low in word_list("peoples")
        or is_role(low)
        or is_part(low)
        or is_place(low)
        or month
    )


def _is_ordinary(text: str, run: list[tuple[str, int]]) -> bool:
    """Whether a single word after an article is a term ("the Broker"), not the name of something ("the Elm lease")."""
    before = _TOKEN.findall(text[: run[0][1]])[-1:]
    following = _TOKEN.match(text, run[-1][1] + len(run[-1][0]) + 1)
    borne = following is not None and following[0].lower().rstrip("s") in word_list("bearers")
    return (
        len(run) == 1 and before != [] and before[0].lower() in ("the", "a", "an", "any", "each", "every") and not borne
    )


def _is_heading(text: str) -> bool:
    long = [word for word in _TOKEN.findall(text)[1:] if len(word) > 3]
    capitals = sum(word[0].isupper() for word in long)
    return text.isupper() or (len(long) >= _LEAST_TITLE_WORDS and capitals >= _TITLE_SHARE * len(long))
