"""Clauses asked for by number: the number in the question, and the document's words that are that clause."""

import pytest

from ragnano.answering.clause_lookup import clause_asked, clause_evidence, find_clause, no_such_clause
from ragnano.assistant import Assistant
from ragnano.text.query import read_question
from ragnano.types import Scope
from tests.conftest import add_text

BERTH = """# 1 Berth

1. Berth
1.1 The Harbour lets berth 9 to the Skipper.
1.2 The Skipper keeps the berth clean.

# 2 Ending

2. Ending
2.1 Either side may end it by five weeks' notice.
2.2 The Harbour may end it at once if:
(a) the fee is unpaid; or
(b) the boat leaks oil.
2.3 The Skipper then leaves within two days.

# 3 Fee > 3.1

3. Fee
3.1 The fee is as in clause 2.1 of the tariff."""


def clause_texts(assistant: Assistant, number: str) -> list[str]:
    return [item.text for item in clause_evidence(number, assistant.catalogue, Scope())]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What does clause 3.1 say?", "3.1"),
        ("what does section 2.2 require", "2.2"),
        ("What's in Article IV?", "IV"),
        ("What does 7.2(b) say about notice?", "7.2(b)"),
        ("Under 3.2 (b), when may the Harbour end it?", "3.2(b)"),
        ("According to § 5: who pays?", "5"),
        ("What is the notice period in clause 12?", "12"),
        ("Show me Schedule 2", "Schedule 2"),
        ("clause 9.4?", "9.4"),
        ("Was steht in Ziffer 4.2?", "4.2"),
        ("What does section 6 of the berth agreement provide?", "6"),
    ],
)
def test_a_number_that_is_asked_for_is_read_off_the_question(question: str, number: str) -> None:
    assert clause_asked(read_question(question)) == number


@pytest.mark.parametrize(
    "question",
    [
        "How much is the penalty for a breach of clause 5?",
        "Does Section 9 survive the end of the agreement?",
        "How many sites are listed in Schedule 1?",
        "Which sections did Amendment No. 2 change?",
        "What happened in 2019?",
        "Is the interest 3.5% or 4.1%?",
        "Which interest is due in 3.5 months?",
        "What does Net Sales mean?",
    ],
)
def test_a_number_that_is_only_mentioned_is_not_asked_for(question: str) -> None:
    assert clause_asked(read_question(question)) is None


def test_a_clause_ends_where_the_next_one_begins(assistant: Assistant) -> None:
    add_text(assistant, BERTH)
    assert clause_texts(assistant, "2.1") == ["2.1 Either side may end it by five weeks' notice."]
    assert clause_texts(assistant, "2.3") == ["2.3 The Skipper then leaves within two days."]


def test_a_clause_holds_its_items_and_the_clauses_inside_it(assistant: Assistant) -> None:
    add_text(assistant, BERTH)
    assert clause_texts(assistant, "2.2")[0].endswith("(a) the fee is unpaid; or (b) the boat leaks oil.")
    assert clause_texts(assistant, "1") == [
        "1. Berth 1.1 The Harbour lets berth 9 to the Skipper. 1.2 The Skipper keeps the berth clean."
    ]


def test_an_item_is_found_inside_its_clause(assistant: Assistant) -> None:
    add_text(assistant, BERTH)
    assert clause_texts(assistant, "2.2(b)") == ["(b) the boat leaks oil."]


def test_what_a_clause_refers_to_is_not_that_clause(assistant: Assistant) -> None:
    add_text(assistant, BERTH)
    assert clause_texts(assistant, "3.1") == ["3.1 The fee is as in clause 2.1 of the tariff."]


def test_the_words_are_those_of_the_page(assistant: Assistant) -> None:
    add_text(assistant, BERTH)
    (item,) = clause_evidence("2.2", assistant.catalogue, Scope())
    (span,) = item.spans
    page = assistant.page(item.hit.document.id, span.page).text
    assert page[span.start : span.end].startswith("2.2 The Harbour") and page[: span.end].endswith("leaks oil.")


def test_a_long_clause_is_all_chunks_under_its_heading_in_reading_order(assistant: Assistant) -> None:
    add_text(assistant, "# ARTICLE IV FEES\n\nThe fee is low.\n\nIt is due in May.\n\n# ARTICLE V END\n\nIt ends.")
    chunks = find_clause("IV", assistant.catalogue, Scope())
    assert [chunk.text for chunk in chunks] == ["The fee is low.", "It is due in May."]
    assert find_clause("4", assistant.catalogue, Scope()) == chunks


def test_a_schedule_is_not_the_clause_of_the_same_number(assistant: Assistant) -> None:
    add_text(assistant, "# 2 Term\n\n2. Term. It lasts a year.\n\n# SCHEDULE 2 BOATS\n\n1. Petrel\n2. Dunlin")
    assert clause_texts(assistant, "Schedule 2") == ["1. Petrel 2. Dunlin"]
    assert clause_texts(assistant, "2") == ["2. Term. It lasts a year."]


def test_a_list_of_contents_is_not_the_clause(assistant: Assistant) -> None:
    add_text(assistant, "Contents\n4.1 Fees 3\n4.2 Term 5\n\n4.1 The fee is nine crowns and due in May.\n4.2 No term.")
    assert clause_texts(assistant, "4.1") == ["4.1 The fee is nine crowns and due in May."]


def test_a_clause_that_no_document_has_is_refused_with_those_next_to_it(assistant: Assistant) -> None:
    add_text(assistant, BERTH, name="berth.txt")
    assert find_clause("7.5", assistant.catalogue, Scope()) == ()
    refused = no_such_clause("7.5", assistant.catalogue, Scope())
    assert refused == "No document has a clause 7.5. Next to it is 3.1 (berth.txt)."
    refused = no_such_clause("1.4", assistant.catalogue, Scope())
    assert refused == "No document has a clause 1.4. Next to it are 1.2 and 2 (berth.txt)."


def test_an_item_that_is_missing_is_refused_with_the_one_before(assistant: Assistant) -> None:
    add_text(assistant, BERTH, name="berth.txt")
    refused = no_such_clause("2.2(c)", assistant.catalogue, Scope())
    assert refused == "No document has a clause 2.2(c). Next to it are 2.2(b) and 2.3 (berth.txt)."


def test_only_documents_of_the_scope_are_looked_into(assistant: Assistant) -> None:
    add_text(assistant, "5.1 The first fee is due.", name="one.txt")
    other = add_text(assistant, "5.1 The second fee is due.", name="two.txt")
    found = clause_evidence("5.1", assistant.catalogue, Scope(documents=(other,)))
    assert [item.text for item in found] == ["5.1 The second fee is due."]
    assert no_such_clause("Schedule 1", assistant.catalogue, Scope()) == "No document has a Schedule 1."


def test_among_many_documents_those_that_say_the_number_are_looked_into(assistant: Assistant) -> None:
    for number in range(52):
        add_text(assistant, f"{number}.7 The fee of this berth is {number} crowns.", name=f"{number}.txt")
    assert clause_texts(assistant, "41.7") == ["41.7 The fee of this berth is 41 crowns."]
