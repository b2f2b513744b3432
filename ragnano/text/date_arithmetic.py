"""Adds a period to a date: months by the calendar, days one by one, working days without weekends."""

import re
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from dateutil.relativedelta import relativedelta

_CALENDAR_MONTHS: dict[str, Fraction] = {
    "month": Fraction(1),
    "months": Fraction(1),
    "quarter": Fraction(3),
    "year": Fraction(12),
}
_DAYS: dict[str, Fraction] = {"day": Fraction(1), "days": Fraction(1), "week": Fraction(7)}


def shifted(day: date, number: Fraction, unit: str, *, back: bool = False) -> date | None:
    """Returns the date so many units after (or before) a day, which is not counted; None for parts of a day.

    `unit` is one of ragnano.text.quantities ("day", "business day", "month", "year" …). A month ends where the calendar
    ends it: one month after 31 January is the last day of February. Working days are Monday to Friday; holidays differ
    from place to place and are not taken off.
    """
    sign = -1 if back else 1
    working = unit.startswith("business ")
    unit = unit.removeprefix("business ")
    if (months := number * _CALENDAR_MONTHS.get(unit, Fraction(0))) and months.denominator == 1:
        moved: date = day + relativedelta(months=sign * int(months))
        return moved
    days = number * _DAYS.get(unit, Fraction(0))
    if not days or days.denominator != 1:
        return None
    if working:
        # With "backward" and "forward" a weekend counts as the working day that the counting leaves from.
        rolled = np.busday_offset(day.isoformat(), sign * int(days), roll="preceding" if not back else "following")
        return date.fromisoformat(str(rolled))
    return day + timedelta(days=sign * int(days))


def last_day_of_term(first_day: date, number: Fraction, unit: str) -> date | None:
    """Returns the last day of a term whose first day counts: three years from 1 May 2024 end on 30 April 2027."""
    after = shifted(first_day, number, unit)
    return after - timedelta(days=1) if after else None


def written(day: date) -> str:
    """Returns a date as people write it: "30 April 2027"."""
    return re.sub(r"^0", "", day.strftime("%d %B %Y"))
