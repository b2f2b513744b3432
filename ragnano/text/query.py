"""Parses a question into content words, synonyms, exact phrases, section numbers, names and the kind of answer."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from dateutil import parser

from ragnano.errors import QuestionError
from ragnano.text.file_names import ENDING
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD, MONTH
from ragnano.text.words import STOPWORDS, content_stems, fold, spelled_plainly, stem, words

AnswerKind = Literal["date", "duration", "amount", "share", "party", "place", "yes_no", "other"]

LONGEST_QUESTION = 2000
"""Characters. A question is a sentence or two; a longer one would leave no room for evidence in a small model's
prompt."""

_QUOTED = re.compile(r"[\"“]([^\"”]{2,200})[\"”]")
_SECTION = re.compile(
    rf"\b(?:{CLAUSE_WORD}|paragraph|{ATTACHMENT_WORD}|§)\s*§?\s*([0-9]+(?:\.[0-9]+)*|[ivxlc]+|[a-z])\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b[A-Z][\w&.'’-]*(?:(?:\s+|\s*,\s*)(?:(?:of|the|and|&|de|for)\s+)?(?:[A-Z][\w&.'’-]*|\([A-Z][^)]*\)))*"
)
# A name may hold spaces, so a match may begin with other words of the question: its end is what counts.
_FILE = re.compile(rf"(?<![\w.-])[\w()&+,'’-][\w()&+,'’ -]*{ENDING}", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+(?:day\s+)?of)?\s+{MONTH}\.?,?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)
_EXACT = re.compile(r"[$€£¥]\s?\d[\d,.]*|\b\d[\d,]*(?:\.\d+)?%?")

# Tried in order; the first match wins. Derived from the forms of English questions.
_KINDS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = (
    ("date", re.compile(r"\bwhen\b|\bdates?\b|\b(?:which|what) (?:day|year)\b|\bdeadline\b", re.I)),
    (
        "duration",
        re.compile(
            r"\bhow (?:long|many (?:days|weeks|months|years)|soon|quickly|often|much (?:notice|time))\b|\bperiod\b"
            r"|\bnotice (?:is|must|does|do)\b|\bterm of\b|\bduration\b|\blength of\b",
            re.I,
        ),
    ),
    (
        "share",
        re.compile(r"\bpercent(?:age)?\b|\bwhat share\b|%|\binterest rate\b|\bat what rate\b|\broyalty rate\b", re.I),
    ),
    (
        "amount",
        re.compile(
            r"\bhow (?:much|many)\b|\bamounts?\b|\b(?:price|salary|fees?|costs?|deposit|rent|cap)\b",
            re.I,
        ),
    ),
    (
        "place",
        re.compile(
            r"\b(?:which|what|whose) (?:law|state|country|courts?|jurisdiction|city)\b|\bgoverning law\b|\bwhere\b",
            re.I,
        ),
    ),
    (
        "party",
        re.compile(
            r"\bwho\b|\bwhom\b|\bwhose\b|\b(?:which|what) (?:party|parties|company|companies|entity|entities)\b",
            re.I,
        ),
    ),
    (
        "yes_no",
        re.compile(
            r"^(?:\W*in the [^:]{3,300}:)?\W*"
            r"(?:is|are|does|do|can|may|must|has|have|will|was|were|could|should|shall|did)\b",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A parsed question. `stems` are the stems of its content words; `names` its capitalised names, longest first.

    `dates` are the dates it contains (ISO 8601), `files` the words that may be a file name.
    """

    text: str
    stems: tuple[str, ...]
    phrases: tuple[str, ...]
    sections: tuple[str, ...]
    names: tuple[str, ...]
    exact: tuple[str, ...]
    kind: AnswerKind
    dates: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def read_question(text: str) -> Question:
    """Parses a question, with lookalike letters replaced by Latin ones. Raises QuestionError: empty or too long."""
    text = spelled_plainly(fold(text))
    if not any(character.isalnum() for character in text):
        raise QuestionError("the question is empty: ask something in words")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(f"the question has {len(text)} characters: ask in at most {LONGEST_QUESTION}")
    kind: AnswerKind = next((kind for kind, pattern in _KINDS if pattern.search(text)), "other")
    return Question(
        text=text,
        stems=tuple(content_stems(text)),
        phrases=tuple(fold(match) for match in _QUOTED.findall(text)),
        sections=tuple(match.upper() for match in _SECTION.findall(text)),
        names=_names(text),
        exact=(*_DATE.findall(text), *_EXACT.findall(_DATE.sub(" ", text))),
        kind=kind,
        dates=tuple(dict.fromkeys(day for match in _DATE.findall(text) if (day := _day(match)))),
        files=tuple(_FILE.findall(text)),
    )


def _day(text: str) -> str | None:
    """Returns a written date in ISO 8601, None if the date does not exist."""
    try:
        day: date = parser.parse(re.sub(r"\b(?:day\s+)?of\b", " ", text, flags=re.IGNORECASE)).date()
        return day.isoformat()
    except (ValueError, OverflowError):
        return None


def _names(text: str) -> tuple[str, ...]:
    """Returns runs of capitalised words, longest first, without leading stop words.

    A single word at the start of the text is left out: every sentence starts with a capital.
    """
    found = []
    for match in _NAME.finditer(text):
        run = match.group().strip(" ,.").split()
        parts = run
        while parts and parts[0].lower() in STOPWORDS:
            parts = parts[1:]
        opens = match.start() == 0 and len(run) == 1
        if parts and not opens:
            found.append(" ".join(parts))
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


@cache
def _synonym_groups() -> tuple[tuple[str, ...], ...]:
    data = tomllib.loads(files("ragnano.text").joinpath("synonyms.toml").read_text(encoding="utf-8"))
    return tuple(tuple(group) for group in data["groups"])


@cache
def _groups_by_stems() -> dict[tuple[str, ...], tuple[int, ...]]:
    """Maps the stems of each synonym to the numbers of its groups."""
    table: dict[tuple[str, ...], tuple[int, ...]] = {}
    for number, group in enumerate(_synonym_groups()):
        for phrase in group:
            key = tuple(stem(word) for word in words(phrase))
            table[key] = (*table.get(key, ()), number)
    return table


def synonyms(text: str) -> tuple[str, ...]:
    """Returns words and phrases that a document may use instead of those in `text`, without those `text` contains."""
    stems = [stem(word) for word in words(text)]
    found: dict[str, None] = {}
    for key, groups in _groups_by_stems().items():
        if any(tuple(stems[at : at + len(key)]) == key for at in range(len(stems) - len(key) + 1)):
            for group in groups:
                found.update(dict.fromkeys(_synonym_groups()[group]))
    present = " " + " ".join(stems) + " "
    return tuple(phrase for phrase in found if f" {' '.join(stem(word) for word in words(phrase))} " not in present)


@cache
def synonym_stems(word_stem: str) -> tuple[str, ...]:
    """Returns the stems of the single words that are synonyms of the word with this stem."""
    groups = _groups_by_stems().get((word_stem,), ())
    return tuple(stem(phrase) for group in groups for phrase in _synonym_groups()[group] if len(words(phrase)) == 1)
