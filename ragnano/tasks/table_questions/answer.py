"""Answers a question to the rows of a table. Every row that counts is cited, and what could not be read is named."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from ragnano.answering.citations import cite
from ragnano.answering.direct_answer import in_quote
from ragnano.evidence import CHUNKS
from ragnano.store import Catalogue
from ragnano.tasks.table_questions.matching import Match, match
from ragnano.tasks.table_questions.table import Table, TableRow, tables_of
from ragnano.tasks.table_questions.values import CellValue, cell_value
from ragnano.tasks.task_context import Outcome, Tools
from ragnano.text.comparable_values import plain_number
from ragnano.text.query import AnswerKind, Question
from ragnano.types import Direct, Evidence, Exact, Row, Scope

_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
MOST_LINES = 40
"""Most rows that the text lists; the answer's rows contain all of them."""
SURE = 0.9
"""Confidence of an answer from a table. LOG.md has the share that was right."""


def answer_from_table(question: str, scope: Scope, tools: Tools) -> Outcome | None:
    """Returns the answer from the table whose words the question uses; None if there is no such table, or several that
    answer differently. Raises ModelMissing."""
    found = tools.find(question, scope, tools.settings.candidates)
    matches = [
        one for table in tables_of(found.hits[:CHUNKS], tools.catalogue) if (one := match(found.question.text, table))
    ]
    if not matches:
        return None
    least = min(one.unexplained for one in matches)
    best = [one for one in matches if one.unexplained == least]
    if len({one.table.document.id for one in best}) > 1:
        return None
    return _answered(max(best, key=lambda one: (one.named, len(one.columns))), found.question, tools.catalogue)


def _answered(matched: Match, question: Question, catalogue: Catalogue) -> Outcome | None:
    if matched.wanted == "cells":
        return _cells(matched, question.kind, catalogue)
    if not matched.table.whole:
        return None  # a row that was not read would be left out in silence
    if matched.wanted in ("rows", "count"):
        return _listed(matched, catalogue)
    return _compared(matched, question, catalogue)


def _cells(matched: Match, kind: AnswerKind, catalogue: Catalogue) -> Outcome | None:
    """Returns the cells asked for. A blank one is no answer: another place in the documents may have it."""
    cells = [row.cell(column) for row in matched.rows for column in matched.columns]
    if not all(cells) or (kind in ("place", "party") and not any(map(str.isalpha, "".join(cells)))):
        return None
    lines = [_line(row, matched.columns, number) for number, row in enumerate(matched.rows, start=1)]
    if len(matched.rows) > 1 or len(matched.columns) > 1:
        return _outcome(matched.table, matched.rows, matched.columns, lines)
    [row], [column] = matched.rows, matched.columns
    return _outcome(matched.table, matched.rows, matched.columns, lines, _direct(row, row.cell(column), catalogue))


def _listed(matched: Match, catalogue: Catalogue) -> Outcome:
    total = len(matched.rows)
    name = f" in “{matched.table.name}”" if matched.table.name else ""
    lines = [f"{total} {'row' if total == 1 else 'rows'}{name}:"]
    lines += [_line(row, matched.columns, number) for number, row in enumerate(matched.rows[:MOST_LINES], start=1)]
    if total > MOST_LINES:
        lines.append(f"… and {total - MOST_LINES} more, in the table.")
    only = total == 1 and matched.wanted == "rows"
    direct = _direct(matched.rows[0], matched.rows[0].key, catalogue) if only else None
    return _outcome(matched.table, matched.rows, matched.columns, lines, direct)


def _compared(matched: Match, question: Question, catalogue: Catalogue) -> Outcome | None:
    """Returns the row with the greatest or least value, or the sum; None if most values cannot be read."""
    [column] = matched.columns
    values = {id(row): cell_value(row.cell(column), column) for row in matched.rows}
    known = [(row, value) for row in matched.rows if (value := values[id(row)]) is not None]
    if 2 * len(known) <= len(matched.rows) or len({value.unit for _, value in known}) > 1:
        return None
    if matched.wanted == "sum":
        if known[0][1].unit in ("date", "%"):
            return None
        rows = [row for row, _ in known]
        lines, direct = [f"{_sum([value for _, value in known], column)}."], None
        stated = [row for row in matched.table.sums if row.cell(column)] if not matched.named else []
        if len(stated) == 1:
            return _stated_sum(matched, stated[0], rows, [*lines, *_left_out(matched, values)], catalogue)
    else:
        known.sort(key=lambda pair: pair[1].number, reverse=matched.wanted == "greatest")
        rows = [row for row, _ in known]
        best = [row for row, value in known if value.number == known[0][1].number]
        names = ", ".join(row.name for row in best)
        lines = [f"{matched.wanted.capitalize()} “{column}”: {names}, {rows[0].cell(column)} [1]. All in order:"]
        words = rows[0].name if _WHO.match(question.text) else rows[0].key
        direct = _direct(rows[0], words, catalogue) if len(best) == 1 else None
    lines += [_line(row, matched.columns, number) for number, row in enumerate(rows[:MOST_LINES], start=1)]
    if len(rows) > MOST_LINES:
        lines.append(f"… and {len(rows) - MOST_LINES} more, in the table.")
    lines += _left_out(matched, values)
    return _outcome(matched.table, rows, matched.columns, lines, direct)


def _left_out(matched: Match, values: Mapping[int, CellValue | None]) -> list[str]:
    """Names the rows whose value could not be read."""
    unread = [row.key for row in matched.rows if values[id(row)] is None]
    return [f"Left out, because no value could be read: {', '.join(unread)}."] if unread else []


def _stated_sum(
    matched: Match, sums: TableRow, rows: Sequence[TableRow], computed: Sequence[str], catalogue: Catalogue
) -> Outcome:
    """Returns the sum that the table states itself, and below it what its rows add up to."""
    [column] = matched.columns
    lines = [
        f"{sums.key} – {column}: {sums.cell(column)} [1]. The rows:",
        *(_line(row, matched.columns, number) for number, row in enumerate(rows[:MOST_LINES], start=2)),
        *computed,
    ]
    direct = _direct(sums, sums.cell(column), catalogue)
    return _outcome(matched.table, [sums, *rows], matched.columns, lines, direct)


def _sum(values: Sequence[CellValue], column: str) -> str:
    unit = values[0].unit
    total = sum((value.number for value in values), Fraction(0))
    parts = " + ".join(plain_number(value.number) for value in values)
    said = (
        f"{unit} {float(total):,.2f}".removesuffix(".00") if len(unit) == 3 else f"{plain_number(total)} {unit}".strip()
    )
    return f"{said} in total under “{column}” ({parts})"


def _line(row: TableRow, columns: Sequence[str], number: int) -> str:
    cells = "; ".join(f"{name}: {row.cell(name) or '(blank)'}" if name else row.cell(name) for name in columns)
    name = row.key if row.name == row.key or row.name in cells else f"{row.key}, {row.name}"
    return f"- {name}{f' – {cells}' if cells else ''} [{number}]"


def _evidence(row: TableRow, words: str) -> Evidence:
    """Returns a row as evidence, with the exact words of the answer in it."""
    extract = row.extract
    start = max(extract.text.find(words), 0) if words else 0
    exact = Exact("span", SURE, start, start + len(words), SURE)
    return Evidence(extract.hit, extract.spans, extract.text, SURE, exact)


def _direct(row: TableRow, words: str, catalogue: Catalogue) -> Direct | None:
    """Returns the words of one row as the direct answer; None if the row's text, as it stands, does not have them."""
    evidence = _evidence(row, words)
    if words not in evidence.text or evidence.exact is None:
        return None
    return Direct(words, 1, "span", *in_quote(evidence.exact, evidence, cite([evidence], catalogue)))


def _outcome(
    table: Table, rows: Sequence[TableRow], columns: Sequence[str], lines: Sequence[str], direct: Direct | None = None
) -> Outcome:
    shown = [_row(table, row, columns, number) for number, row in enumerate(rows, start=1)]
    words = direct.text if direct else ""
    evidence = tuple(_evidence(row, words if at == 0 else "") for at, row in enumerate(rows))
    return Outcome(
        "\n".join(lines),
        evidence,
        about=(table.document,),
        confidence=SURE,
        rows=tuple(shown) if len(shown) > 1 else (),
        direct=direct,
    )


def _row(table: Table, row: TableRow, columns: Sequence[str], number: int) -> Row:
    value = "; ".join(row.cell(name) for name in columns) or row.key
    read = cell_value(row.cell(columns[0]), columns[0]) if len(columns) == 1 else None
    normalized = f"{read.unit} {plain_number(read.number)}".strip() if read and read.unit != "date" else ""
    return Row(table.document.id, table.document.path, row.key, value, normalized, number, matches=True)
