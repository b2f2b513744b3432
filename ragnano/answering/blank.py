"""Detects values that a document leaves blank or blacks out: "Fee: ______", "$[***]", "[redacted]". Text only."""

import re
from collections.abc import Iterator

from ragnano.text.entities import AMOUNT, DATE, DURATION, PARTY, PLACE, SHARE
from ragnano.text.query import AnswerKind, Question
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import content_stems

_MARKS = r"*•●_.…█–—"
_BLANK = re.compile(
    r"_{3,}"
    rf"|\[[ \t]*[{re.escape(_MARKS)}](?:[ \t{re.escape(_MARKS)}])*\]"  # "[***]", "[* * *]", "[…***…]", "[●]"
    r"|\[[ \t]{3,}\]"  # "[ ]" is a check box
    r"|\[(?:redacted|omitted|deleted|blank|amount|date|number|name|address)\]"
    r"|\[(?:to be|insert|confidential)\b[^\[\]]{0,40}\]"
    r"|(?<![\w*])\*{3,}(?![\w*])"
    r"|[█▇■▓]{2,}|(?<![█▇■▓])█(?![█▇■▓])"
    r"|…{2,}|(?<=[$€£¥])[ \t]*…|(?:\.[ \t]?){5,}(?![ \t.]*\d{1,4}\s*$)"  # dots that lead to a page number do not count
    r"|\b(?:TBD|TBA|TBC)\b",
    re.IGNORECASE,
)
_LONGEST = 160
"""Most characters of a sentence that is displayed whole."""
_BEFORE, _AFTER = 90, 50  # characters displayed around the blank of a longer one
_BESIDE = 4  # characters between a blank and the words that the reader takes for the answer

_VALUES: dict[AnswerKind, tuple[re.Pattern[str], ...]] = {
    "date": (DATE, re.compile(r"\b(?:19|20)\d\d\b")),
    "duration": (DURATION,),
    "amount": (AMOUNT,),
    "share": (SHARE,),
    "party": (PARTY, re.compile(r"\b[A-Z][\w’'-]+ [A-Z][\w’'-]+")),
    "place": (PLACE, re.compile(r"\b(?:in|at|of) [A-Z]\w+")),
}
# The words beside a blank show what would fill it.
_MONEY = r"dollars?|euros?|pounds?|francs?|USD|EUR|GBP|CHF"
_SURELY: tuple[tuple[AnswerKind, re.Pattern[str], re.Pattern[str]], ...] = (
    ("amount", re.compile(rf"(?:[$€£¥]|\b(?:{_MONEY}))\s*$", re.I), re.compile(rf"\s*(?:[$€£¥]|(?:{_MONEY})\b)", re.I)),
    ("share", re.compile(r"(?!)"), re.compile(r"\s*(?:%|per\s?cent)", re.I)),
    (
        "duration",
        re.compile(r"(?!)"),
        re.compile(
            r"[\s(]*(?:\S{1,9}\)\s*)?(?:business\s+|calendar\s+|working\s+|full\s+)*(?:hour|day|week|month|quarter|year)s?\b",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(r"\b(?:dated?|day of|dated as of)\s*:?\s*$", re.I),
        re.compile(r"\s*(?:day of\b|,?\s*(?:19|20)\d?\d?\b)"),
    ),
)
# Words that precede a value of no particular kind; a label with its blank is a short text.
_EXPECTS = re.compile(
    r"(?:[:=]|\b(?:is|are|was|be|at|of|to|on|by|until|from|before|after|since|than|exceed|equals?|pays?|receives?|least|most|"
    r"within|for|in))\s*(?:the\s+|a\s+|an\s+|approximately\s+)?[\[(\"“]*$",
    re.IGNORECASE,
)
_LABEL = 60  # characters
_CLAUSE_NUMBER = re.compile(
    rf"^\W*(?:\d+(?:\.\d+)*|[a-z]|[ivx]+)[.)]\s|\b(?:{CLAUSE_WORD}|{ATTACHMENT_WORD})s?\s+[\d.]+\S*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")


def left_blank(text: str, question: Question, at: tuple[int, int] | None = None) -> str | None:
    """Returns a note if the text leaves the value asked for blank: "Left blank in the document: “Fee: ____”".

    None if no value is asked for, nothing is blank, or the text states the value after all. `at` is the range of
    characters that the reader takes for the answer: if given, only a blank in or beside it counts.
    """
    if question.kind not in _VALUES:
        return None
    blanks = [blank for blank in _blanks(text) if _fits(text, blank, question.kind)]
    if at is not None:
        blanks = [blank for blank in blanks if _touch(blank, at)]
        stated = text[slice(*at)]
    else:
        stated = _without_blanks(text)
    if not blanks or _states_value(stated, text, blanks, question.kind):
        return None
    blank = max(blanks, key=lambda found: (_words_asked_near(text, found, question), -found[0]))
    return f"Left blank in the document: “{_excerpt(text, blank)}”"


def has_blank(text: str) -> bool:
    """Whether the text leaves anything blank or blacked out."""
    return next(_blanks(text), None) is not None


def _blanks(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _BLANK.finditer(text))


def _without_blanks(text: str) -> str:
    return _BLANK.sub(" ", text)


def _fits(text: str, blank: tuple[int, int], kind: AnswerKind) -> bool:
    """Whether a value of this kind may fill the blank."""
    sure = _kind_of(text, blank)
    if sure is not None:
        return sure == kind
    return _EXPECTS.search(text[: blank[0]]) is not None or len(_without_blanks(text)) < _LABEL


def _kind_of(text: str, blank: tuple[int, int]) -> AnswerKind | None:
    """Returns the kind of value that the words around a blank suggest; None if they suggest none."""
    before, after = text[: blank[0]], text[blank[1] :]
    return next((kind for kind, ahead, behind in _SURELY if ahead.search(before) or behind.match(after)), None)


def _touch(blank: tuple[int, int], at: tuple[int, int]) -> bool:
    return blank[0] < at[1] + _BESIDE and at[0] < blank[1] + _BESIDE


def _states_value(stated: str, text: str, blanks: list[tuple[int, int]], kind: AnswerKind) -> bool:
    """Whether the words contain a value of the kind; for an amount, any figure, unless a blank is surely one."""
    if any(pattern.search(stated) for pattern in _VALUES[kind]):
        return True
    sure = any(_kind_of(text, blank) == kind for blank in blanks)
    figures = kind == "amount" and not sure and _DIGITS.search(DURATION.sub(" ", _CLAUSE_NUMBER.sub(" ", stated)))
    return bool(figures)


def _words_asked_near(text: str, blank: tuple[int, int], question: Question) -> int:
    """Returns how many of the question's words occur around the blank."""
    near = text[max(0, blank[0] - _BEFORE) : blank[1] + _AFTER]
    return len(set(content_stems(near)) & set(question.stems))


def _excerpt(text: str, blank: tuple[int, int]) -> str:
    """Returns the text, or the words around the blank of a long one."""
    if len(text) <= _LONGEST:
        return text.strip()
    start, end = max(0, blank[0] - _BEFORE), min(len(text), blank[1] + _AFTER)
    if start:
        start = text.find(" ", start, blank[0]) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", blank[1], end), blank[1])
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"
