"""Formats dates relative to today."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from ragnano.types import ConversationInfo


def day_of(moment: str) -> date:
    """Return the local date of a stored time (UTC)."""
    return datetime.fromisoformat(moment).astimezone().date()


def period(day: date, today: date) -> str:
    """Return how long ago a day was, as a heading: "Today", "Last seven days", "October 2026"."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last seven days" if day > today - timedelta(days=7) else f"{day:%B %Y}"


def by_period(infos: Sequence[ConversationInfo]) -> Iterator[tuple[str, list[ConversationInfo]]]:
    """Group the conversations under their headings, in the given order."""
    today = date.today()
    for name, found in groupby(infos, key=lambda info: period(day_of(info.updated), today)):
        yield name, list(found)
