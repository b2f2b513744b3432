"""Reads the day that a question asks about: "as of 1 September 2025", "in March 2025", "from April 2026 on"."""

import re
from datetime import date

from dateutil import parser

from ragnano.text.word_lists import MONTH

_LED = (
    r"\b(?:as (?:of|at|from|on)|back in|in|at|on|during|for|since|from|until|by)\s+"
    r"(?:the (?:beginning|start|end) of\s+)?"
)
_DAY = re.compile(
    rf"{_LED}(?P<day>{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\.?,?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}})\b",
    re.IGNORECASE,
)
_MONTH = re.compile(rf"{_LED}(?P<day>{MONTH}\.?,?\s+\d{{4}})\b", re.IGNORECASE)


def point_in_time(text: str) -> date | None:
    """Returns the day that a question asks about, of a month its first; None if it names none."""
    for pattern in (_DAY, _MONTH):
        if found := pattern.search(text):
            words = re.sub(r"\bof\b", " ", found["day"], flags=re.IGNORECASE)
            try:
                day: date = parser.parse(words, default=parser.parse("2000-01-01")).date()
            except (ValueError, OverflowError):
                return None
            return day
    return None
