"""Words the answer to a comparison: the result that code computes, then one line per document."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import PurePath

from ragnano.tasks.comparison.attributes import Attribute
from ragnano.tasks.comparison.query import COMPARABLE, ComparisonQuery
from ragnano.tasks.comparison.rows import Citations, Compared, row_of
from ragnano.text.comparable_values import ComparableValue, period_asked
from ragnano.text.money import MONTHS_IN, Per
from ragnano.types import Row

MOST_LINES = 30
"""Most documents that the text lists; the rows contain all of them."""
MOST_NAMES = 10
"""Most documents that a closing line names."""


def worded(
    query: ComparisonQuery, attribute: Attribute, compared: Sequence[Compared]
) -> tuple[str, tuple[Row, ...], Citations]:
    """Returns the text of the answer, its rows in order, and the evidence they rest on."""
    citations = Citations()
    ordered = _ordered(query, attribute, compared)
    filtered = _filtered(query, attribute)
    matching = [item for item in ordered if (item.matches is True if filtered else item.finding.found)]
    unclear = [item for item in ordered if item.finding.found and filtered and item.matches is None]
    silent = [item for item in ordered if not item.finding.found and item not in matching]
    rows = {id(item): row_of(item, citations) for item in (*matching, *unclear)}
    lines = [_result(query, attribute, matching, rows, len(compared), filtered)]
    lines += [_line(rows[id(item)]) for item in matching[:MOST_LINES]]
    if len(matching) > MOST_LINES:
        lines.append(f"… and {len(matching) - MOST_LINES} more, in the table.")
    if unclear:
        lines.append(f"Not clear in {len(unclear)}:")
        lines += [_line(rows[id(item)]) for item in unclear[:MOST_LINES]]
    if silent:
        lines.append(f"Nothing about it was found in {len(silent)}: {_names(silent)}.")
    others = [item for item in ordered if id(item) not in rows]
    rest = [row_of(item, citations) for item in others]
    return "\n".join(filter(None, lines)), (*rows.values(), *rest), citations


def _filtered(query: ComparisonQuery, attribute: Attribute) -> bool:
    """Whether only documents that meet something are meant: a condition, a yes, a value that is stated, or none."""
    if not query.condition.empty or not query.condition.yes:
        return True
    return query.operation == "count" or (attribute.kind == "yes_no" and query.operation == "list")


def _ordered(query: ComparisonQuery, attribute: Attribute, compared: Sequence[Compared]) -> list[Compared]:
    """Returns the documents in the order asked for; those without a comparable value come last."""
    if query.operation not in ("greatest", "least", "order"):
        return list(compared)
    keyed = [(key, item) for item in compared if (key := _key(query, attribute, item.finding.value)) is not None]
    others = [item for item in compared if _key(query, attribute, item.finding.value) is None]
    keyed.sort(key=lambda pair: pair[0], reverse=query.descending)
    return [*(item for _, item in keyed), *others]


def _key(query: ComparisonQuery, attribute: Attribute, value: ComparableValue) -> Fraction | None:
    """Returns the number that a value is ordered by: days, or an amount for the period asked for."""
    if value.day is not None:
        return Fraction(value.day.toordinal())
    if value.number is None:
        return None
    if attribute.rate:
        return in_period(value, period_asked(query.question) or "month")
    return value.number


def in_period(value: ComparableValue, per: Per) -> Fraction | None:
    """Returns an amount for another period; None if the value has no period."""
    if value.number is None or not value.per or not per:
        return None
    return value.number / MONTHS_IN[value.per] * MONTHS_IN[per]


def _result(
    query: ComparisonQuery,
    attribute: Attribute,
    matching: Sequence[Compared],
    rows: dict[int, Row],
    total: int,
    filtered: bool,
) -> str:
    """Returns the first line: what was computed from the rows."""
    if attribute.kind not in COMPARABLE and query.kinds:
        return "The values are shown as they stand; they cannot be compared or added:"
    if query.operation in ("greatest", "least"):
        return _extreme(query, attribute, matching, rows)
    if query.operation == "sum":
        return "\n".join(_sums(query, attribute, matching))
    documents = "document" if total == 1 else "documents"
    if filtered:
        return f"{len(matching)} of {total} {documents}:" if matching else f"None of {total} {documents}."
    return f"{attribute.name.capitalize()} in {len(matching)} of {total} {documents}:"


def _extreme(query: ComparisonQuery, attribute: Attribute, matching: Sequence[Compared], rows: dict[int, Row]) -> str:
    """Returns the document with the greatest or the least value, and all that share it."""
    keyed = [(item, key) for item in matching if (key := _key(query, attribute, item.finding.value)) is not None]
    units = {item.finding.value.unit for item, _ in keyed}
    if not keyed:
        return "No value that can be compared was found:"
    if attribute.kind == "amount" and len(units) > 1:
        return "The amounts are in different currencies and are not compared with each other:"
    best = [item for item, key in keyed if key == keyed[0][1]]
    names = ", ".join(PurePath(item.finding.document.path).name for item in best)
    row = rows[id(best[0])]
    word = "Greatest" if query.operation == "greatest" else "Least"
    if attribute.kind == "date":
        word = "Latest" if query.operation == "greatest" else "Earliest"
    if attribute.kind == "duration":
        word = "Longest" if query.operation == "greatest" else "Shortest"
    return f"{word} {attribute.name}: {names}, {_value(row)} [{row.citation}]. All of them in order:"


def _sums(query: ComparisonQuery, attribute: Attribute, matching: Sequence[Compared]) -> list[str]:
    """Returns the sum of each currency, computed in one line each."""
    asked = period_asked(query.question) if attribute.rate else ""
    periods = {item.finding.value.per for item in matching if item.finding.value.number is not None}
    per: Per = asked or (periods.pop() if attribute.rate and len(periods) == 1 else "month" if attribute.rate else "")
    totals: dict[str, list[Fraction]] = {}
    left_out = []
    for item in matching:
        value = item.finding.value
        number = in_period(value, per) if attribute.rate else value.number
        if number is None:
            left_out.append(item)
        else:
            totals.setdefault(value.unit, []).append(number)
    lines = []
    for currency, numbers in totals.items():
        parts = " + ".join(_amount(number) for number in numbers)
        total = f"{currency} {_amount(sum(numbers, Fraction(0)))}{f' a {per}' if per else ''}"
        lines.append(f"{total} in total ({parts})." if len(numbers) > 1 else f"{total} (one document).")
    if len(totals) > 1:
        lines.append("Amounts of different currencies are not added.")
    if left_out:
        lines.append(
            f"Not added, because no {'amount for a period' if per else 'amount'} could be read: {_names(left_out)}."
        )
    return lines or ["No amounts that can be added were found:"]


def _amount(number: Fraction) -> str:
    text = f"{float(number):,.2f}"
    return text.removesuffix(".00")


def _line(row: Row) -> str:
    if not row.citation:
        return f"- {PurePath(row.path).name}: nothing about it was found"
    note = f" ({row.note})" if row.note else ""
    return f"- {PurePath(row.path).name}: {_value(row)} [{row.citation}]{note}"


def _value(row: Row) -> str:
    words = " ".join(row.value.split())
    return f"{words[:240]}…" if len(words) > 240 else words


def _names(items: Sequence[Compared]) -> str:
    names = [PurePath(item.finding.document.path).name for item in items]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
