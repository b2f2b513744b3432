"""Patterns for facts that can be checked: numbers, amounts, dates, durations, percentages and names in a text.

Used to check whether a sentence can contain an answer of the expected kind, and whether the cited words contain what
an answer states.
"""

import re

from ragnano.text.query import AnswerKind
from ragnano.text.word_lists import LEGAL_FORM, MONTH, ONES, TENS, any_of

_COUNT = rf"(?:\d[\d,.]*|{any_of((*ONES[1:], *TENS, 'hundred'))})"

DATE = re.compile(
    rf"\b{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:day\s+)?(?:of\s+)?{MONTH}\.?,?\s+\d{{4}}\b"
    rf"|\b{MONTH}\.?\s+\d{{1,2}}\b|\b{MONTH},?\s+\d{{4}}\b|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b",
    re.IGNORECASE,
)
DURATION = re.compile(
    rf"\b{_COUNT}(?:[\s-]+\w+)?(?:\s*\(\s*[\w.]+\s*\))?[\s-]*(?:consecutive\s+|calendar\s+|business\s+|working\s+|full\s+)*"
    r"(?:days?|weeks?|months?|years?|hours?|quarters?)\b|\b(?:annual|monthly|quarterly|perpetual|indefinite)",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"[$€£¥]\s?\d[\d,.]*(?:\s?(?:million|billion|thousand))?|\b(?:US|USD|EUR|GBP|CAD)\s?\$?\d[\d,.]*"
    r"|\b\d[\d,.]*\s?(?:dollars|euros?|pounds|USD|EUR|GBP)\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"\b\d[\d.]*\s?%|\bper\s?cent\b|\bpercent\b", re.IGNORECASE)
NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")
PLACE = re.compile(r"\b(?:laws?|courts?|State|Commonwealth|Province|Republic)\s+of\b|\blocated\s+(?:in|at)\b")
PARTY = re.compile(
    rf"\b(?:(?=[A-Z])(?i:{LEGAL_FORM})|Party|Parties)\b|\b(?:[A-Z][a-z]+\s+){{1,3}}(?:shall|will|may|must)\b"
)

_OF_KIND: dict[AnswerKind, tuple[re.Pattern[str], ...]] = {
    "date": (DATE,),
    "duration": (DURATION,),
    "amount": (AMOUNT, NUMBER),
    "share": (SHARE,),
    "place": (PLACE,),
    "party": (PARTY,),
}


def fits_kind(text: str, kind: AnswerKind) -> bool:
    """Whether `text` contains something of the kind a question asks for. True for kinds that have no pattern."""
    patterns = _OF_KIND.get(kind)
    return patterns is None or any(pattern.search(text) for pattern in patterns)
