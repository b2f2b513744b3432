"""Reads amounts of money with their currency (ISO 4217) and the period that they are paid for.

"GBP 42,000 a year", "$1.5 million", "2.480,50 €" and "thirty thousand dollars ($30,000)" are read. A bare number is not
money. The currencies are those of currencies.toml.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Literal

Per = Literal["", "day", "week", "month", "quarter", "year"]

MONTHS_IN: dict[Per, Fraction] = {
    "day": Fraction(12, 365),
    "week": Fraction(12, 52),
    "month": Fraction(1),
    "quarter": Fraction(3),
    "year": Fraction(12),
}
"""Length of each period in months; a week is one of 52 and a day one of 365 in a year."""

_NEAR = 60
"""Most characters between an amount and the period that it is paid for."""

_DIGITS = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SCALES = {"thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9}
_SCALE = r"(?:\s?(?P<scale{0}>thousand|million|billion|mn|bn|[km])\b)?"
_AFTER = re.compile(
    r"(?:\b(?:per|a|an|each|every|for (?:each|every))\s+(?:calendar\s+|full\s+|contract\s+|lease\s+)?"
    r"(?P<unit>day|week|month|quarter|year|annum)\b|/\s?(?P<slash>day|week|month|quarter|year)\b"
    r"|\b(?P<adverb>daily|weekly|monthly|quarterly|yearly|annually|p\.\s?a\.|p\.\s?m\.|pcm))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?P<adverb>daily|weekly|monthly|quarterly|yearly|annual|annually)\b"
    r"|\b(?:per|each|every)\s+(?:calendar\s+|contract\s+)?(?P<unit>day|week|month|quarter|year|annum)\b",
    re.IGNORECASE,
)
# "GBP 42,000, payable in quarterly parts" states when is paid, not what for.
_RHYTHM = re.compile(r"\b(?:payable|paid|due|invoiced|billed|instal\w+|in (?:equal|advance|arrears))\b", re.IGNORECASE)
_PERIODS: dict[str, Per] = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "p.m.": "month",
    "pcm": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "annum": "year",
    "p.a.": "year",
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, at the characters [start, end) of its text; `per` is "" if no period is stated."""

    currency: str
    amount: Fraction
    start: int
    end: int
    per: Per = ""


def money_in(text: str) -> tuple[Money, ...]:
    """Returns the amounts in a text, in order, each with the period stated closest to it in its sentence part."""
    amounts = list(_amounts(text))
    found: list[Money] = []
    used = 0  # end of the last amount, or of the period that belongs to it
    for at, (start, end, currency, amount) in enumerate(amounts):
        stop = amounts[at + 1][0] if at + 1 < len(amounts) else len(text)
        per, used = _period(text, used, start, end, stop)
        found.append(Money(currency, amount, start, end, per))
    return tuple(found)


def currency_named(text: str) -> str:
    """Returns the first currency that a text names ("in pounds" is GBP), "" if it names none."""
    first = min(
        (
            (match.start(), -len(match.group()), code)
            for code, pattern in _patterns()
            if (match := pattern.search(text)) is not None
        ),
        default=(0, 0, ""),
    )
    return first[2]


def _amounts(text: str) -> Iterator[tuple[int, int, str, Fraction]]:
    for match in _money_pattern().finditer(text):
        groups = match.groupdict()
        digits, scale = groups["digits1"] or groups["digits2"], groups["scale1"] or groups["scale2"]
        factor = _SCALES[scale.lower()] if scale else 1
        yield match.start(), match.end(), currency_named(match.group()), number_of(digits) * factor


def number_of(digits: str) -> Fraction:
    """Parses "1,250,000.50", "1.250.000,50" and "1 250 000": one or two digits at the end are decimals."""
    whole, decimals = digits, ""
    if part := re.fullmatch(r"(.*)[.,](\d{1,2})", digits):
        whole, decimals = part[1], part[2]
    return Fraction(re.sub(r"\D", "", whole) + (f".{decimals}" if decimals else ""))


def _period(text: str, first: int, start: int, end: int, stop: int) -> tuple[Per, int]:
    """Returns the period right after the amount at [start, end), or else the one right before it, and where it ends.

    Looked for within [first, stop), which no other amount's words reach into.
    """
    after = text[end : min(stop, end + _NEAR)]
    sentence = re.search(r"[.;](?:\s|$)", after)
    after = after[: sentence.start()] if sentence else after
    found = _AFTER.search(after)
    if found and not _RHYTHM.search(after, 0, found.start()):
        return _as_period(found), end + found.end()
    matches = list(_BEFORE.finditer(text, max(first, start - _NEAR), start))
    return (_as_period(matches[-1]) if matches else ""), end


def _as_period(match: re.Match[str]) -> Per:
    name = next(group for group in match.groups() if group).lower().replace(" ", "")
    return _PERIODS.get(name) or name  # type: ignore[return-value]


@cache
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = tomllib.loads(
        files("ragnano.text").joinpath("currencies.toml").read_text(encoding="utf-8")
    )
    return names


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, re.compile(_currency(code, names))) for code, names in _names().items())


def _currency(code: str, names: list[str]) -> str:
    """Returns a pattern for a currency: its code in capitals, its signs as they are, its names in any case."""
    words = [rf"(?i:\b{name}\b)" for name in names if name[0].isascii() and name[0].islower()]
    signs = [
        (r"(?<![A-Za-z])" if name[0].isalpha() else r"(?<![A-Za-z]\b)(?<![A-Z])") + re.escape(name)
        for name in names
        if not (name[0].isascii() and name[0].islower())
    ]
    return "|".join([rf"\b{code}\b", *signs, *words])


@cache
def _money_pattern() -> re.Pattern[str]:
    currency = "|".join(rf"(?:{pattern.pattern})" for _, pattern in _patterns())
    first = rf"(?:{currency})(?:\s?\$)?\s?(?P<digits1>{_DIGITS}){_SCALE.format(1)}"
    second = rf"(?<![\d.,])(?P<digits2>{_DIGITS}){_SCALE.format(2)}\s?(?:{currency})"
    return re.compile(rf"(?:{first})|(?:{second})")
