"""Decides which rows and columns of a table a question names, and what it wants of them.

Every word of the question must be a word of the table, of its headings or of words.toml: a word that is none of these
may name something that the table does not have.
"""

import re
from dataclasses import dataclass
from typing import Literal

from ragnano.tasks.table_questions.table import Table, TableRow
from ragnano.tasks.table_questions.values import is_money
from ragnano.tasks.table_questions.words import word_stems
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import STOPWORDS, WORD, stem

Wanted = Literal["cells", "rows", "count", "greatest", "least", "sum"]

_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b|\bcount\b", re.IGNORECASE)
_LISTS = re.compile(r"^\W*(?:list|which|what|name|show|give)\b", re.IGNORECASE)
_PART = re.compile(rf"\b(?:{CLAUSE_WORD}|{ATTACHMENT_WORD}|part)\s+(?:\d+(?:\.\d+)*|[A-Z]\b)", re.IGNORECASE)
MOST_UNEXPLAINED = 1
"""Words of a question that may be nowhere in the table where it names its rows by whole cells: "cleaned daily"."""
_LEAST_LETTERS = 4  # of a cell that a word nowhere in the table may stand beside
# Values are shown for at most so many rows and columns that the question names together.
_MOST_ROWS, _MOST_COLUMNS = 12, 2


@dataclass(frozen=True, slots=True)
class Match:
    """What a question wants of a table. `columns` are those whose cells it asks for; `named` is whether it names rows
    by their cells; `unexplained` is how many of its words are nowhere in the table."""

    table: Table
    wanted: Wanted
    rows: tuple[TableRow, ...]
    columns: tuple[str, ...]
    named: bool
    unexplained: int


def match(question: str, table: Table) -> Match | None:
    """Returns what the question wants of the table; None if it is not about the table's rows."""
    if not table.rows or len(table.columns) < 2:
        return None
    terms = _Terms(question, table)
    rows = terms.rows()
    if terms.elsewhere or terms.unknown_name or rows is None:
        return None
    if terms.unexplained > (MOST_UNEXPLAINED if terms.whole_cell(rows) else 0):
        return None
    rows = terms.in_order(rows)
    key, others = table.columns[0], tuple(name for name in terms.columns if name != table.columns[0])
    if not others and terms.money:
        others = tuple(name for name in table.columns if is_money([row.cell(name) for row in table.rows], name))
        if len(others) != 1:
            return None
    named = bool(terms.row_stems)

    def found(wanted: Wanted, columns: tuple[str, ...]) -> Match:
        return Match(table, wanted, rows, columns, named, terms.unexplained)

    if terms.superlative and len(others) == 1:
        return found(terms.superlative, others)
    if terms.adds and len(others) == 1:
        return found("sum", others)
    if named and others and len(others) <= _MOST_COLUMNS and len(rows) <= (1 if terms.unexplained else _MOST_ROWS):
        return found("cells", others)
    about = key in terms.columns or terms.names_heading
    if terms.superlative or terms.adds or others or not about:
        return None
    if _HOW_MANY.search(question):
        return found("count", terms.filters(rows))
    return found("rows", terms.filters(rows)) if _LISTS.search(question) else None


class _Terms:
    """The words of a question by what explains them: the table's columns, its rows, its headings, or words.toml."""

    def __init__(self, question: str, table: Table) -> None:
        self._table = table
        self.elsewhere = False
        for part in _PART.findall(question):
            self.elsewhere |= not re.search(rf"\b{re.escape(part)}(?![\w.])", table.headings, re.IGNORECASE)
        words = [found.group() for found in WORD.finditer(_PART.sub("", question))]
        content = {stem(word): word for word in words if word.lower() not in STOPWORDS or word.lower() == "most"}
        self._stems = [stem(word) for word in words]
        self._first = words[0] if words else ""
        every_column = frozenset().union(*table.column_stems.values())
        every_row = frozenset().union(*(row.stems for row in table.rows))
        column_terms = {term for term in content if term in every_column}
        self.row_stems = frozenset(content.keys() - column_terms) & every_row - word_stems("asking")
        rest = {term: word for term, word in content.items() if term not in column_terms | self.row_stems}
        self.money = bool(rest.keys() & (word_stems("money") | word_stems("superlatives_of_money"))) or bool(
            re.search(r"\bhow much\b", question, re.IGNORECASE)
        )
        self.columns = self._columns(column_terms)
        self.superlative: Literal["greatest", "least", None] = (
            "greatest"
            if rest.keys() & word_stems("greatest")
            else "least"
            if rest.keys() & word_stems("least")
            else None
        )
        self.adds = bool(rest.keys() & word_stems("adding"))
        heading = frozenset(map(stem, WORD.findall(table.name)))
        self.names_heading = bool(_PART.search(question) or rest.keys() & heading)
        lists = ("asking", "greatest", "least", "adding", "money", "superlatives_of_money")
        known = table.heading_stems.union(*map(word_stems, lists))
        unexplained = {term: word for term, word in rest.items() if term not in known}
        self.unexplained = len(unexplained)
        self.unknown_name = any(
            word != self._first and (not word.islower() or not word.isalpha()) for word in unexplained.values()
        )

    def _columns(self, terms: set[str]) -> tuple[str, ...]:
        """Returns the columns that the terms name: of two that share a term, the one that more terms name."""
        stems = self._table.column_stems
        shared = {name: len(terms & own) for name, own in stems.items()}
        chosen = []
        for term in sorted(terms):
            having = [name for name, own in stems.items() if term in own]
            if self.money and (of_money := [name for name in having if self._is_money(name)]):
                having = of_money
            most = max(shared[name] for name in having)
            best = [name for name in having if shared[name] == most]
            chosen += min(([name] for name in best if len(stems[name]) == most), default=best)
        return tuple(name for name in self._table.columns if name in chosen)

    def _is_money(self, column: str) -> bool:
        called = self._table.column_stems[column] & word_stems("money")
        return bool(called) or is_money([row.cell(column) for row in self._table.rows], column)

    def rows(self) -> tuple[TableRow, ...] | None:
        """Returns the rows that contain all words of the question that are words of rows; None if no row does."""
        rows = tuple(row for row in self._table.rows if self.row_stems <= row.stems)
        return rows or None

    def whole_cell(self, rows: tuple[TableRow, ...]) -> bool:
        """Whether the question names every row by the whole of a cell, which is more than a number or a letter."""
        return bool(self.row_stems) and all(
            any(own <= self.row_stems and _letters(row.cell(name)) >= _LEAST_LETTERS for name, own in row.cell_stems)
            for row in rows
        )

    def in_order(self, rows: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
        """Returns the rows with a cell whose words the question has in that order; all if there is none."""
        ordered = tuple(
            row
            for row in rows
            if any(
                own <= self.row_stems and _follow([stem(word) for word in WORD.findall(row.cell(name))], self._stems)
                for name, own in row.cell_stems
            )
        )
        return ordered or rows

    def filters(self, rows: tuple[TableRow, ...]) -> tuple[str, ...]:
        """Returns the columns, but the first, whose cells the question names."""
        columns = {name for row in rows for name, own in row.cell_stems if own & self.row_stems}
        return tuple(name for name in self._table.columns[1:] if name in columns)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _follow(wanted: list[str], given: list[str]) -> bool:
    """Whether the wanted words stand among the given ones in their order."""
    left = iter(given)
    return all(word in left for word in wanted)
