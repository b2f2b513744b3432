"""What a question asks for is derived from its words."""

import pytest

from ragnano.errors import QuestionError
from ragnano.text.query import LONGEST_QUESTION, read_question, synonyms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When does the lease end?", "date"),
        ("How long is the notice period?", "duration"),
        ("How many days' notice must be given?", "duration"),
        ("How much is the deposit?", "amount"),
        ("What percentage is charged?", "share"),
        ("Which law applies?", "place"),
        ("Who owns the work product?", "party"),
        ("May the tenant sublet?", "yes_no"),
        ("In the Lease between A and B: may the tenant sublet?", "yes_no"),
        ("What is confidential information?", "other"),
    ],
)
def test_the_kind_of_answer_is_recognised(text: str, kind: str) -> None:
    assert read_question(text).kind == kind


@pytest.mark.parametrize("text", ["", "   ", "?!", "x" * (LONGEST_QUESTION + 1)])
def test_an_empty_or_endless_question_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(QuestionError, match="ask"):
        read_question(text)


def test_section_numbers_phrases_and_amounts_are_kept_exactly() -> None:
    question = read_question('What does Section 8.2 say about "net revenue" above $5,000?')
    assert question.sections == ("8.2",)
    assert question.phrases == ("net revenue",)
    assert "$5,000" in question.exact


def test_names_are_runs_of_capitals_without_the_opening_word() -> None:
    names = read_question("In the Supply Agreement between Larkspur Foods Ltd and Delta: what is the term?").names
    assert any("Larkspur Foods Ltd" in name for name in names)
    assert read_question("What is the term?").names == ()
    assert read_question("Must Larkspur pay interest?").names == ("Larkspur",)


def test_words_that_mix_alphabets_are_read_as_they_look() -> None:
    mixed = read_question("When does the l\u0435as\u0435 end?")
    assert mixed == read_question("When does the lease end?")
    assert read_question("\u041a\u043e\u0433\u0434\u0430 \u0430\u0440\u0435\u043d\u0434\u0430?").text.startswith(
        "\u041a"
    )


def test_synonyms_leave_out_what_is_there_already() -> None:
    found = synonyms("Can we terminate early?")
    assert "cancel" in found
    assert "terminate" not in found
    assert synonyms("blue bananas") == ()
