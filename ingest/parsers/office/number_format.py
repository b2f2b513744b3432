"""Formats a cell's value by its number format: dates, currencies, percentages, thousands, decimals.

Supports the Excel number format codes that documents use; values in other formats (fractions) are shown plainly. The
parsers of XLSX and XLS supply values and codes.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ragnano.text.word_lists import MONTHS

Value = str | bool | int | float | datetime | date | time | timedelta | None

_PARTS = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|General|E[+-]0+|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|.', re.S
)
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_DATE_LETTERS = re.compile(r"[yYdDhHsS]|(?<![#0?.])[mM]")
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|E[+-]')
_MOST_DIGITS = 10  # after the decimal point in the format "General", as in Excel
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def is_date_format(code: str) -> bool:
    """Return whether a number in this format is a date or time."""
    first = code.split(";")[0]
    return bool(_ELAPSED.search(first) or _DATE_LETTERS.search(_LITERALS.sub("", first)))


def formatted(value: Value, code: str) -> str:
    """Return the value as a sheet displays it, "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    if isinstance(value, timedelta):
        return _elapsed(value)
    if isinstance(value, datetime | date | time):
        return _moment(value, code)
    return _number(value, code)


def _general(value: int | float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    text = f"{value:.{_MOST_DIGITS}f}".rstrip("0").rstrip(".")
    return text if abs(value) >= 10**-_MOST_DIGITS * 100 and abs(value) < 1e15 else f"{value:.6G}"


def _sections(code: str) -> list[str]:
    """Split a code into its parts for positive, negative and zero, ignoring semicolons inside literals."""
    sections = [""]
    for part in _PARTS.findall(code):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return sections


def _number(value: int | float, code: str) -> str:
    sections = _sections(code)
    section, sign = sections[0], "-" if value < 0 else ""
    if value < 0 and len(sections) > 1 and sections[1].strip():
        section, sign = sections[1], ""
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    if not re.search(r"[0#?]", _LITERALS.sub("", section)):
        plain = next((part for part in ("General", "@") if part in section), None)
        literal = _literal(section.replace("@", "General"))
        return sign + (literal.replace("General", _general(abs(value))) if plain else literal).strip()
    return _digits(abs(value), section, sign)


class _Format(NamedTuple):
    """A parsed section: the text around the digits, the number of decimals and the least number shown."""

    before: str
    behind: str
    decimals: int
    least: int
    whole: int
    thousands: bool
    divided: int
    percent: bool
    exponent: bool


def _read(section: str) -> _Format:
    before = behind = digits = ""
    for part in _PARTS.findall(section):
        is_digit = part in "0#?" or (part in ".," and (digits or part == "."))
        if is_digit or part.startswith(("E+", "E-")):
            digits += part
        elif digits:
            behind += _literal(part)
        else:
            before += _literal(part)
    mantissa, _, exponent = digits.partition("E")
    whole, _, decimals = mantissa.partition(".")
    scaled = re.search(r",*$", mantissa)
    return _Format(
        before,
        behind,
        len(re.findall(r"[0#?]", decimals)),
        decimals.count("0"),
        whole.count("0"),
        "," in whole.rstrip(","),
        len(scaled[0]) if scaled else 0,
        "%" in before + behind,
        bool(exponent),
    )


def _digits(value: float, section: str, sign: str) -> str:
    if "/" in _LITERALS.sub("", section):
        return sign + _general(value)  # a fraction: shown as a decimal number
    how = _read(section)
    amount = value * (100 if how.percent else 1) / 1000**how.divided
    if how.exponent:
        text = f"{amount:.{how.decimals}E}"
    else:
        text = f"{amount:{',' if how.thousands else ''}.{how.decimals}f}"
        whole, point, decimals = text.partition(".")
        kept = decimals[: how.least] + decimals[how.least :].rstrip("0")
        whole = whole.zfill(how.whole) if how.whole or whole != "0" else ""
        text = whole + (point + kept if kept else "")
    nothing = not any(character in "123456789" for character in text)
    return f"{'' if nothing else sign}{how.before}{text}{how.behind}".strip()


def _literal(code: str) -> str:
    """Return the characters that a code displays as they are, without fill characters and width placeholders."""
    text = ""
    for part in _PARTS.findall(_CURRENCY.sub(lambda found: f'"{found[1]}"', code)):
        if part.startswith('"'):
            text += part[1:-1]
        elif part.startswith("\\"):
            text += part[1:]
        elif not part.startswith(("_", "*", "[", "@")):
            text += part
    return text


def _moment(value: datetime | date | time, code: str) -> str:
    """Format a date or time by its code, or as ISO 8601 if the code has no letters for it."""
    section = _sections(code)[0]
    parts = [part for part in _PARTS.findall(_CURRENCY.sub("", section)) if part]
    if not is_date_format(section):
        return _iso(value)
    half = any(part in ("AM/PM", "A/P") for part in parts)
    moment = value if isinstance(value, datetime) else _as_datetime(value)
    text, before = "", ""
    for at, part in enumerate(parts):
        letter = part[0].lower()
        if part in ("AM/PM", "A/P"):
            text += ("AM" if moment.hour < 12 else "PM")[: len(part.split("/")[0])]
        elif letter in "ymdhs" and part[0] not in '"\\':
            after = next((later[0].lower() for later in parts[at + 1 :] if later[0].lower() in "ymdhs"), "")
            minutes = letter == "m" and len(part) < 3 and (before == "h" or after == "s")
            text += _field(moment, "minutes" if minutes else letter, len(part.split(".")[0]), half)
            before = letter
        else:
            text += _literal(part)
    return text.strip()


def _field(moment: datetime, letter: str, width: int, half: bool) -> str:
    if letter == "y":
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if letter == "m" and width > 2:
        name = MONTHS[moment.month - 1].capitalize()
        return name[:3] if width == 3 else name[0] if width == 5 else name
    if letter == "d" and width > 2:
        name = _DAYS[moment.weekday()]
        return name[:3] if width == 3 else name
    hour = (moment.hour % 12 or 12) if half else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "minutes": moment.minute, "s": moment.second}[letter]
    return f"{number:02d}" if width > 1 else str(number)


def _as_datetime(value: date | time) -> datetime:
    if isinstance(value, time):
        return datetime.combine(date(1900, 1, 1), value)
    return datetime.combine(value, time())


def _iso(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat()


def _elapsed(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
