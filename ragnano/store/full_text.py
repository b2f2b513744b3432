"""Search by words (FTS5, BM25), and the SQL that limits a query to a scope.

BM25's statistics are those of the whole index, whatever the scope: a word that is rare among all documents has the same
weight in one of them.
"""

import json
import sqlite3
from collections.abc import Sequence

from ragnano.types import Scope

# Weights of a match in context (title, parties), section (heading path) and text. Context counts least because every
# chunk of a document contains it; a heading names the subject of its clause.
WEIGHTS = (0.5, 2.0, 1.0)


_MOST_PIECES = 40  # of a question: enough to identify its subject


def quote_term(term: str) -> str:
    """Quotes `term` as one FTS5 phrase, so that no character in it acts as an operator, column or quote.

    A term without a letter or digit becomes a phrase that matches nothing.
    """
    # FTS5 parses an expression up to the first NUL; a lone surrogate cannot be passed to SQLite at all.
    clean = term.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return '"' + clean.replace('"', '""') + '"'


def scope_filter(scope: Scope, column: str) -> tuple[str, list[str]]:
    """Returns an SQL condition that `column` (a document id) is in the scope, and its parameters."""
    parts: list[str] = []
    values: list[str] = []
    if scope.collection is not None:
        parts.append(f"{column} IN (SELECT document FROM placements WHERE collection = ?)")
        values.append(scope.collection)
    if scope.documents is not None:
        # JSON in one parameter: SQLite limits the number of parameters in a statement.
        parts.append(f"{column} IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(scope.documents))
    kinds = None if scope.media_types is None else json.dumps(scope.media_types)
    for limit, condition in (
        (scope.dated_from, "date >= ?"),
        (scope.dated_to, "date <= ?"),
        (kinds, "media_type IN (SELECT value FROM json_each(?))"),
    ):
        if limit is not None:
            parts.append(f"{column} IN (SELECT id FROM documents WHERE {condition})")
            values.append(limit)
    return " AND ".join(parts) or "TRUE", values


def search(
    connection: sqlite3.Connection,
    expression: str,
    scope: Scope,
    k: int,
    weights: Sequence[float] = WEIGHTS,
) -> list[tuple[int, float]]:
    """Returns the `k` best (chunk id, BM25 score, higher is better), ties by id.

    Raises sqlite3.Error for an invalid expression.
    """
    inside, values = scope_filter(scope, "chunks.document")
    rows = connection.execute(
        f"""SELECT chunk_index.rowid, -bm25(chunk_index, ?, ?, ?) AS score
            FROM chunk_index JOIN chunks ON chunks.id = chunk_index.rowid
            WHERE chunk_index MATCH ? AND {inside}
            ORDER BY score DESC, chunk_index.rowid LIMIT ?""",
        (*weights, expression, *values, k),
    )
    return [(identifier, score) for identifier, score in rows]


def holding(connection: sqlite3.Connection, pieces: Sequence[str], scope: Scope, k: int) -> list[tuple[int, float]]:
    """Returns the `k` chunks whose section or text contains the most of `pieces`: (chunk id, count), ties by id.

    For scripts without spaces, of which the index contains whole clauses instead of words. Reads all texts of the
    scope.
    """
    inside, values = scope_filter(scope, "chunks.document")
    score = " + ".join(["(instr(chunks.section || ' ' || chunks.text, ?) > 0)"] * min(len(pieces), _MOST_PIECES)) or "0"
    rows = connection.execute(
        f"SELECT chunks.id, {score} AS score FROM chunks WHERE {inside} AND score > 0 "
        "ORDER BY score DESC, chunks.id LIMIT ?",
        (*pieces[:_MOST_PIECES], *values, k),
    )
    return [(identifier, float(score)) for identifier, score in rows]


def opening_with(connection: sqlite3.Connection, phrase: str, scope: Scope, chunks: int) -> dict[str, str]:
    """Returns the documents whose first `chunks` chunks contain `phrase`, regardless of case: id -> the texts of those
    chunks in reading order, followed by their contexts.

    Compares the literal text: the index alone would take "Federal" for "Federated", which have the same stem.
    """
    inside, values = scope_filter(scope, "chunks.document")
    rows = connection.execute(
        f"""SELECT chunks.document, chunks.section || ' ' || chunks.text, chunks.context
            FROM chunk_index JOIN chunks ON chunks.id = chunk_index.rowid
            WHERE chunk_index MATCH ? AND chunks.ordinal < ? AND {inside}
            ORDER BY chunks.document, chunks.ordinal""",
        (quote_term(phrase), chunks, *values),
    )
    found: dict[str, tuple[str, str]] = {}
    for document, text, context in rows:
        texts, contexts = found.get(document, ("", ""))
        found[document] = (f"{texts}{text} ", f"{contexts}{context} ")
    folded_phrase = phrase.casefold()
    joined = {document: "".join(parts).replace("\n", " ") for document, parts in found.items()}
    return {document: text for document, text in joined.items() if folded_phrase in text.casefold()}
