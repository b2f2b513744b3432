"""The context of a clause: its whole clause, the sections it refers to, the defined terms it uses."""

import pytest

from ragnano.documents.cross_references import clause_of, definitions, references_of
from ragnano.types import Chunk, Span


def chunks(*clauses: tuple[str, str]) -> list[Chunk]:
    return [
        Chunk("d", ordinal, text, (Span(ordinal + 1, 0, len(text)),), section=section)
        for ordinal, (section, text) in enumerate(clauses)
    ]


CONTRACT = chunks(
    ("1 Definitions", "“Net Sales” means the gross amounts invoiced. “Term” has the meaning given in Section 8.1."),
    ("8 Term > 8.1 Duration", "This Agreement lasts five years."),
    ("8 Term > 8.2 Termination", "Subject to Sections 8.1 and 12.3(b), either party may end it within the Term."),
    ("8 Term > 8.2 Termination", "It is ended in writing, as Exhibit A shows, on Net Sales below the floor."),
    ("12 Remedies > 12.3 Cure", "A breach must be cured in 30 days (the “Cure Period”)."),
    ("EXHIBIT A Form of Notice", "We hereby end the agreement. See Section 5 of the Securities Act and Section 99."),
)


def names(place: int) -> list[tuple[str, int]]:
    return [(reference.name, reference.chunk.ordinal) for reference in references_of(CONTRACT[place], CONTRACT)]


def test_sections_that_a_clause_refers_to_are_found_by_their_headings() -> None:
    assert names(2) == [("Section 8.1", 1), ("Section 12.3(b)", 4), ("Term", 0)]


def test_attachments_and_defined_terms_are_found_in_the_order_of_the_text() -> None:
    assert names(3) == [("Exhibit A", 5), ("Net Sales", 0)]


def test_sections_of_other_texts_and_sections_that_do_not_exist_are_left_out() -> None:
    assert names(5) == []


def test_a_clause_does_not_refer_to_itself() -> None:
    own = chunks(("3 Fees", "As said in Section 3, Fees are due."), ("4 Other", "“Fees” means the fees."))
    assert [reference.name for reference in references_of(own[0], own)] == ["Fees"]


def test_a_definition_counts_before_a_name_in_brackets() -> None:
    own = chunks(("", "Acme Inc. (the “Supplier”) agrees."), ("", "“Supplier” means Acme and its affiliates."))
    assert definitions(own)["Supplier"].ordinal == 1
    assert definitions(CONTRACT).keys() == {"Net Sales", "Term", "Cure Period"}


def test_a_passage_is_widened_to_the_neighbours_under_the_same_headings() -> None:
    assert [part.ordinal for part in clause_of(CONTRACT[3], CONTRACT)] == [2, 3]
    assert clause_of(CONTRACT[1], CONTRACT) == (CONTRACT[1],)


def test_a_passage_without_headings_is_its_own_clause() -> None:
    plain = chunks(("", "One."), ("", "Two."))
    assert clause_of(plain[0], plain) == (plain[0],)


def test_a_clause_of_great_length_is_cut_round_the_passage() -> None:
    long = chunks(*[("1 All", "word " * 900) for _ in range(9)])
    parts = [part.ordinal for part in clause_of(long[4], long)]
    assert 4 in parts and 1 < len(parts) < 9


@pytest.mark.parametrize("text", ["Section", "Section 1.", "Sections and or", "Exhibit ((((", "“” means", "(“A”)" * 50])
def test_no_text_breaks_it(text: str) -> None:
    own = chunks((text, text), ("1", text))
    references_of(own[0], own)
