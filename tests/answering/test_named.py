"""An answer must contain what the question names: evidence about another is dropped, unknown names are refused."""

import pytest

from ragnano.answering.named import NamedCheck, check_named
from ragnano.answering.things import things_named
from ragnano.assistant import Assistant
from ragnano.evidence.sentences import extracts_of
from ragnano.text.query import read_question
from ragnano.types import Evidence, Hit, Scope
from tests.conftest import add_text

MARTA = "Work contract of Marta Heldin.\n\nThe salary is EUR 61,400 per year.\n\nThe holiday is 27 days."
JON = "Work contract of Jon Smithers.\n\nThe salary is EUR 43,900 per year.\n\nThe holiday is 25 days."
PRICES = (
    "Unit 16 costs EUR 410 a month.\n\nUnit 17 costs EUR 450 a month.\n\nUnits 20 to 24 cost EUR 90.\n\nAll face south."
)
TABLE = "| Boat | Berth | Fee |\n| Petrel | 9 | 410 |\n| Dunlin | 10 | 450 |\n| Knot | 11 | 90 |"


def named(assistant: Assistant, question: str, scope: Scope | None = None) -> NamedCheck:
    """Returns the check with all text of the documents as evidence."""
    scope = scope or Scope()
    catalogue = assistant.catalogue
    evidence = [
        Evidence(item.hit, item.spans, item.text, 0.5)
        for document in catalogue.documents(scope)
        for chunk in catalogue.chunks_of(document.id)
        for item in extracts_of(Hit(chunk, document, 1.0), catalogue)
    ]
    return check_named(read_question(question), evidence, catalogue, scope)


def fitting_texts(assistant: Assistant, question: str) -> list[str]:
    result = named(assistant, question)
    assert result.reason == ""
    return [item.text for item in result.fitting]


def things(question: str) -> list[tuple[str, str]]:
    return [(thing.kind, thing.text) for thing in things_named(read_question(question))]


@pytest.fixture
def staff(assistant: Assistant) -> Assistant:
    add_text(assistant, MARTA, name="heldin.txt", title="Work contract", parties=("Quay Ltd", "Marta Heldin"))
    add_text(assistant, JON, name="smithers.txt", title="Work contract", parties=("Quay Ltd", "Jon Smithers"))
    return assistant


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is Marta Helding's salary?", [("name", "Marta Helding")]),
        ("Salary of Ms. Ann-Kathrin Odeh?", [("name", "Ann-Kathrin Odeh")]),
        ("When does sailing 105 leave?", [("label", "sailing 105")]),
        ("rent of Unit No. 17", [("label", "Unit No. 17")]),
        ("What is the price of K06?", [("code", "K06")]),
        ("Is invoice 2025-00381 paid?", [("code", "2025-00381")]),
        ("What does a box cost in pounds?", [("currency", "pounds")]),
        ("What was the fee in 2027?", [("year", "2027")]),
        ("What does the term “Net Sales” mean?", [("term", "Net Sales")]),
        ("How much is a box in Switzerland?", [("place", "Switzerland")]),
        ("What is the notice period in the Harwick lease?", [("name", "Harwick")]),
    ],
)
def test_what_a_question_names_is_read_off_it(question: str, expected: list[tuple[str, str]]) -> None:
    assert things(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "May the Tenant assign this Agreement without the Landlord's consent?",
        "Explain the notice period.",
        "Within 30 days of what must the Broker pay?",
        "What Is The Notice Period Of The Lease?",
        "WHAT IS THE NOTICE PERIOD?",
        "What does Section 4 say about the 15th of March?",
        "Is Penmarsh one of the sites?",
        "Who pays VAT on Monday in Q3?",
        "What must be paid at 10am, 3% or 50k?",
        "Who signed on 3 May 2027?",
        "How old is the boat? Two years?",
    ],
)
def test_roles_parts_measures_and_words_that_open_a_sentence_name_nothing(question: str) -> None:
    assert things(question) == []


def test_a_person_whom_no_document_names_is_refused_with_the_nearest_names(staff: Assistant) -> None:
    result = named(staff, "What is Marta Helding's salary?")
    assert result.fitting == ()
    assert result.reason.startswith('No document names "Marta Helding". The nearest name')
    assert '"Marta Heldin" (heldin.txt)' in result.reason


@pytest.mark.parametrize("asked", ["Jon Smith", "John Smithers", "Marta Smithers", "Peter Heldin"])
def test_half_a_name_is_not_a_name(staff: Assistant, asked: str) -> None:
    assert f'No document names "{asked}".' in named(staff, f"What is the salary of {asked}?").reason


@pytest.mark.parametrize("asked", ["Marta Heldin", "Marta", "Ms Heldin", "Heldin", "Heldin Marta"])
def test_a_full_name_a_first_name_and_a_surname_are_somebodys(staff: Assistant, asked: str) -> None:
    assert "The salary is EUR 61,400 per year." in fitting_texts(staff, f"What is the salary of {asked}?")


def test_what_another_persons_contract_says_is_dropped(staff: Assistant) -> None:
    texts = fitting_texts(staff, "What is the salary of Marta Heldin?")
    assert not any("43,900" in text for text in texts)


def test_a_handbook_that_names_nobody_still_answers(staff: Assistant) -> None:
    add_text(staff, "All staff have a locker.", name="handbook.txt", title="Handbook")
    assert "All staff have a locker." in fitting_texts(staff, "Does Marta Heldin have a locker?")


def test_a_middle_name_or_an_initial_does_not_make_another_person(assistant: Assistant) -> None:
    add_text(assistant, "Marta Q. Heldin earns 40 crowns. P. Odeh earns 50 crowns.")
    assert len(fitting_texts(assistant, "What does Marta Heldin earn?")) == 2
    assert len(fitting_texts(assistant, "What does Peter Odeh earn?")) == 2


def test_a_sentence_about_a_namesake_is_dropped(assistant: Assistant) -> None:
    add_text(assistant, "Jon Ilves earns 40 crowns. Marta Ilves earns 50 crowns.")
    assert fitting_texts(assistant, "What does Marta Ilves earn?") == ["Marta Ilves earns 50 crowns."]


def test_a_name_that_stands_elsewhere_in_the_document_refuses_nothing(assistant: Assistant) -> None:
    add_text(assistant, "Quorn Cranes Ltd lets cranes.\n\nThe hire is GBP 1,850 a week.")
    assert "The hire is GBP 1,850 a week." in fitting_texts(assistant, "What is the hire of Quorn Cranes?")


def test_a_contract_that_is_not_there_is_refused(staff: Assistant) -> None:
    assert named(staff, "What is the salary in the Harwick agreement?").reason.startswith(
        'No document names "Harwick".'
    )


def test_a_document_may_be_named_by_its_file(assistant: Assistant) -> None:
    add_text(assistant, "The fee is 9 crowns.", name="brackwater-ferry_2027.txt")
    assert fitting_texts(assistant, "What is the fee in the Brackwater agreement?") == ["The fee is 9 crowns."]
    assert fitting_texts(assistant, "What is the fee of Brackwater Ferry?") == ["The fee is 9 crowns."]


def test_a_word_with_a_capital_that_documents_write_small_is_no_name(assistant: Assistant) -> None:
    add_text(assistant, "The loan manager of Elm Bank signs. The Fund Manager pays.")
    assert len(fitting_texts(assistant, "What does the Loan Manager do? And Loan Bank?")) == 2


def test_the_unit_asked_for_comes_first_and_its_neighbours_are_dropped(assistant: Assistant) -> None:
    add_text(assistant, PRICES)
    assert fitting_texts(assistant, "What does unit 17 cost?") == ["Unit 17 costs EUR 450 a month.", "All face south."]
    assert "Units 20 to 24 cost EUR 90." in fitting_texts(assistant, "What does Unit 22 cost?")


def test_either_of_two_units_fits(assistant: Assistant) -> None:
    add_text(assistant, PRICES)
    assert len(fitting_texts(assistant, "Is Unit 16 cheaper than Unit 17?")) == 3


def test_a_unit_that_does_not_exist_is_refused_with_the_nearest(assistant: Assistant) -> None:
    add_text(assistant, PRICES, name="units.txt")
    reason = named(assistant, "What does Unit 31 cost?").reason
    assert reason.startswith('No document names "Unit 31". The nearest are "Unit 24" (units.txt)')


def test_a_number_of_what_is_numbered_nowhere_refuses_nothing(assistant: Assistant) -> None:
    add_text(assistant, "Whoever moors pays a fee.")
    assert fitting_texts(assistant, "What does Berth 4 pay?") == ["Whoever moors pays a fee."]


def test_the_row_of_the_boat_asked_for_is_left_of_its_table(assistant: Assistant) -> None:
    add_text(assistant, TABLE)
    texts = fitting_texts(assistant, "What is the fee of Dunlin?")
    assert "| Dunlin | 10 | 450 |" in texts
    assert "| Petrel | 9 | 410 |" not in texts and "| Knot | 11 | 90 |" not in texts


def test_a_code_among_codes_that_is_not_there_is_refused(assistant: Assistant) -> None:
    add_text(assistant, "K05 costs 40 crowns.\n\nK07 costs 50 crowns, its soft form K07S 55.", name="courses.txt")
    reason = named(assistant, "What does K06 cost?").reason
    assert reason.startswith('No document names "K06". The nearest are "K05" (courses.txt)')
    assert len(fitting_texts(assistant, "What does K07B cost?")) == 2  # a kind of K07
    assert len(fitting_texts(assistant, "Is it ISO9001?")) == 2  # nothing here has such a number


def test_an_amount_in_another_currency_does_not_fit(assistant: Assistant) -> None:
    add_text(assistant, "Storing a box costs EUR 3.10.\n\nMoving a box costs EUR 9 or £8.")
    assert fitting_texts(assistant, "What does moving a box cost in pounds?") == ["Moving a box costs EUR 9 or £8."]
    assert named(assistant, "What does a box cost in yen?").reason == "The documents give no such amount in yen."
    assert len(fitting_texts(assistant, "What does a box cost?")) == 2


def test_prices_of_other_countries_do_not_fit(assistant: Assistant) -> None:
    add_text(assistant, "A box costs EUR 12 in Ireland, GBP 10.50 in the United Kingdom and CHF 14 in Switzerland.")
    reason = named(assistant, "How much is a box in France?").reason
    assert reason == "The documents say it for others, not for France."
    assert len(fitting_texts(assistant, "How much is a box in the UK?")) == 1


def test_a_country_outside_a_list_is_left_to_the_reader_when_yes_or_no_is_asked(assistant: Assistant) -> None:
    add_text(assistant, "The Territory is Austria, Norway and Finland.")
    assert len(fitting_texts(assistant, "Is Germany part of the Territory?")) == 1


def test_figures_of_other_years_do_not_fit(assistant: Assistant) -> None:
    add_text(assistant, "Sales were EUR 5 million in 2025.\n\nThe lease runs until 31 December 2029.")
    assert named(assistant, "What were sales in 2031?").reason == "The documents say it for others, not for 2031."
    assert len(fitting_texts(assistant, "What were sales in 2025?")) == 2


def test_a_term_that_no_document_uses_is_refused(assistant: Assistant) -> None:
    add_text(assistant, "“Net Sales” means gross sales less tax. A change of the fee is told.")
    assert named(assistant, "What does Force Majeure mean?").reason == 'No document uses the term "Force Majeure".'
    assert len(fitting_texts(assistant, "What does Net Sales mean?")) == 2


def test_names_are_looked_for_in_the_scope_alone(staff: Assistant) -> None:
    (other,) = (one.id for one in staff.documents() if one.path.endswith("smithers.txt"))
    reason = named(staff, "What is Marta Heldin's salary?", Scope(documents=(other,))).reason
    assert reason.startswith('No document names "Marta Heldin".')


def test_without_evidence_a_name_that_is_there_refuses_nothing(staff: Assistant) -> None:
    question = read_question("What is Marta Heldin's salary?")
    assert check_named(question, (), staff.catalogue, Scope()) == NamedCheck(())


def test_who_asks_one_document_may_call_it_anything(staff: Assistant) -> None:
    document = staff.documents()[0].id
    asked = read_question("What is the salary in the Harwick agreement?")
    found = check_named(asked, (), staff.catalogue, Scope(documents=(document,)))
    assert found.reason == ""
