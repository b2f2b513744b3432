"""The nearest text to an unanswered question is shown as clauses, not as a list of their headings."""

import pytest

from ragnano.answering.refusal import is_substantive, nearest
from ragnano.types import Chunk, Document, Hit, Span

CLAUSE = "The Grower shall return the crates to the depot within ten days."
CONTENTS = "CONTENTS\n1. CRATES . . . . . . . . . . 3 2. RETURN OF CRATES ........... 4\n3. DEPOT . . . . . . . . . 12"


def hit(text: str, columns: str = "") -> Hit:
    chunk = Chunk("d", 0, text, (Span(1, 0, len(text)),), context=f"Title\n{columns}")
    return Hit(chunk, Document("d", "Title", "text/plain", 1, 1), 1.0)


@pytest.mark.parametrize(
    "text",
    [
        CONTENTS,
        "Crates 3\nReturn of crates 4\nDepot 4\nCare of the crates 7\nEnd of the season 12",
        "4 16. TERMINATION . . . . . . . . . . . . . . . . 8 17. ASSIGNMENT . . . . . . . . . . . . . . . . 9 18.",
        "KESTREL GROWERS LLC\nBy: ______________________\nName: ____________",
        "IN WITNESS WHEREOF the parties have signed this agreement on the date above.",
        "between\nKestrel Growers LLC as Grower\nand\nOslo Depot AS",
        "",
    ],
)
def test_contents_titles_and_signatures_say_nothing(text: str) -> None:
    assert not is_substantive(hit(text).chunk)


@pytest.mark.parametrize(
    "text",
    [
        CLAUSE,
        f"{CONTENTS}\n{CLAUSE}",
        "Crates returned late: $40",
        "The Grower shall:\n(a) return the crates;\n(b) keep them clean;\n(c) count them at the end of each",
        "10. GENERAL\nThis agreement is governed by the law of Norway.",
    ],
)
def test_a_clause_or_a_price_does(text: str) -> None:
    assert is_substantive(hit(text).chunk)


def test_a_row_of_a_table_does() -> None:
    assert is_substantive(hit("Gold crates 40", columns="Kind | Days").chunk)


def test_clauses_are_nearer_than_their_headings_and_without_any_the_headings_are_shown() -> None:
    contents, clause = hit(CONTENTS), hit(CLAUSE)
    assert nearest([contents, clause, contents]) == (clause,)
    assert nearest([contents]) == (contents,)
    assert nearest([clause] * 5) == (clause,) * 3
