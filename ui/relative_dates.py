"""When something was, for people. Knows times only."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from ragnano.types import ConversationInfo


def day_of(moment: str) -> date:
    """The day of a kept time (UTC), where the reader is."""
    return datetime.fromisoformat(moment).astimezone().date()


def period(day: date, today: date) -> str:
    """How long ago, as a heading: "Today", "Last seven days", "October 2026"."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last seven days" if day > today - timedelta(days=7) else f"{day:%B %Y}"


def by_period(infos: Sequence[ConversationInfo]) -> Iterator[tuple[str, list[ConversationInfo]]]:
    """The conversations under their headings, as they come."""
    today = date.today()
    for name, found in groupby(infos, key=lambda info: period(day_of(info.updated), today)):
        yield name, list(found)
