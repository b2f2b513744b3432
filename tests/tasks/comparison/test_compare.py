"""Questions to several documents: each is read by itself, and code computes the result."""

import io

import pytest
from openpyxl import load_workbook

from ragnano.assistant import Assistant
from ragnano.library.comparison_export import rows_to_csv, rows_to_xlsx
from ragnano.tasks.comparison import finding, in_force
from ragnano.types import Row
from tests.conftest import add_text

ALDER = """This Supply Agreement is made between Alder Mills Ltd and Heron Foods Ltd.

# Term

The end date, when this agreement does end or expire, is 31 March 2027.

# Notice

The notice to be given to terminate this agreement is sixty (60) days notice.

# Deposit

The deposit, how much the deposit is, is GBP 7,000."""
BIRCH = """This Lease is made between Birch Estates Ltd and Heron Foods Ltd.

# Term

The end date, when this agreement does end or expire, is 30 June 2028.

# Notice

The notice to be given to terminate this agreement is nine months notice.

# Deposit

The deposit, how much the deposit is, is GBP 12,000."""
CEDAR = """This Licence is made between Cedar Labs Ltd and Heron Foods Ltd.

# Term

The end date, when this agreement does end or expire, is 1 May 2027.

# Deposit

The deposit, how much the deposit is, is EUR 3,000."""


@pytest.fixture(autouse=True)
def every_value_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the fake reader all words are equally likely to be the exact ones."""
    monkeypatch.setattr(finding, "LEAST_SURE", 0.0)
    monkeypatch.setattr(in_force, "LEAST_SURE_OF_CHANGE", 0.0)


@pytest.fixture
def contracts(assistant: Assistant) -> Assistant:
    """Three contracts, whose sentences repeat the questions: the fake reader only counts common words."""
    for name, text in (("alder.txt", ALDER), ("birch.txt", BIRCH), ("cedar.txt", CEDAR)):
        add_text(assistant, text, name=name, title=text.split(" is ")[0].removeprefix("This "))
    return assistant


def lines(assistant: Assistant, question: str) -> list[str]:
    return assistant.ask(question, model="none").answer.split("\n")


def files(rows: tuple[Row, ...]) -> list[str]:
    return [row.path.rsplit("/", 1)[-1] for row in rows if row.matches]


def test_documents_that_meet_a_condition_are_listed_with_their_words_and_counted(contracts: Assistant) -> None:
    answer = contracts.ask("Which of my contracts end in 2027?", model="none")
    assert answer.answer.startswith("2 of 3 documents:")
    assert files(answer.rows) == ["alder.txt", "cedar.txt"]
    assert {row.normalized for row in answer.rows} == {"2027-03-31", "2028-06-30", "2027-05-01"}
    assert answer.verdict == "quoted" and answer.receipt


def test_every_row_names_the_citation_that_proves_it(contracts: Assistant) -> None:
    answer = contracts.ask("Which of my contracts end in 2027?", model="none")
    by_number = {citation.number: citation for citation in answer.citations}
    for row in answer.rows:
        cited = by_number[row.citation]
        assert cited.document == row.document and "end date" in cited.quote


def test_the_longest_is_computed_over_different_units(contracts: Assistant) -> None:
    first, *rest = lines(contracts, "Which contract has the longest notice period?")
    assert first.startswith("Longest notice period: birch.txt") and "nine months" in first
    assert [line.split(":")[0] for line in rest[:2]] == ["- birch.txt", "- alder.txt"]


def test_documents_that_say_nothing_are_named(contracts: Assistant) -> None:
    said = lines(contracts, "Which contract has the longest notice period?")
    assert said[-1] == "Nothing about it was found in 1: cedar.txt."


def test_amounts_of_one_currency_are_added_and_others_kept_apart(contracts: Assistant) -> None:
    said = lines(contracts, "Add up the deposits in all the contracts")
    assert "GBP 19,000 in total (7,000 + 12,000)." in said
    assert "EUR 3,000 (one document)." in said
    assert "Amounts of different currencies are not added." in said


def test_documents_of_a_sort_are_counted_without_reading(contracts: Assistant) -> None:
    answer = contracts.ask("How many leases do we have?", model="none")
    assert answer.answer.split("\n")[0] == "1 document:"
    assert files(answer.rows) == ["birch.txt"]


def test_progress_reports_every_document(contracts: Assistant) -> None:
    seen: list[tuple[int, int]] = []
    contracts.ask("Which of my contracts end in 2027?", model="none", on_progress=lambda *at: seen.append(at))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_one_document_is_not_compared_with_itself(assistant: Assistant) -> None:
    add_text(assistant, ALDER, name="alder.txt")
    assert assistant.ask("Which of my contracts end in 2027?", model="none").rows == ()


def test_an_amendment_changes_the_value_of_its_contract_and_both_are_shown(assistant: Assistant) -> None:
    parties = ("Alder Mills Ltd", "Heron Foods Ltd")
    add_text(assistant, ALDER, name="alder.txt", title="Supply Agreement", parties=parties, date="2024-01-02")
    add_text(
        assistant,
        """Amendment of the Supply Agreement of 2 January 2024 between Alder Mills Ltd and Heron Foods Ltd.

# Term

The end date, when this agreement does end or expire, is moved to 31 December 2029.""",
        name="amendment.txt",
        title="Amendment of the Supply Agreement",
        parties=parties,
        date="2026-02-23",
    )
    add_text(assistant, BIRCH, name="birch.txt", title="Lease")
    answer = assistant.ask("Which contracts end in 2029?", model="none")
    assert answer.answer.startswith("1 of 2 documents:")
    row = next(row for row in answer.rows if row.matches)
    assert row.normalized == "2029-12-31" and "before 23 February 2026" in row.note and "31 March 2027" in row.note


def test_no_cell_of_an_export_starts_a_formula() -> None:
    rows = (Row("0" * 64, "/docs/=a.txt", "=HYPERLINK(1)", "+44", "GBP 5", 1, True, "@note\x01"),)
    assert "'=HYPERLINK(1)" in rows_to_csv(rows) and "'+44" in rows_to_csv(rows)
    sheet = load_workbook(io.BytesIO(rows_to_xlsx(rows))).active
    assert sheet is not None
    cells = [str(cell.value) for cell in sheet[2]]
    assert cells[:4] == ["'=HYPERLINK(1)", "'=a.txt", "'+44", "GBP 5"] and cells[-1] == "'@note "


def test_a_name_that_two_contracts_share_asks_no_comparison(contracts: Assistant) -> None:
    for name in ("one.txt", "two.txt"):
        text = f"This Agreement {name[:3]} is made with Juniper Ltd.\n\n# Deposit\n\nThe deposit is GBP 5."
        add_text(contracts, text, name=name, parties=("Juniper Ltd", "Heron Foods Ltd"))
    assert contracts.ask("How much is the deposit of Juniper?", model="none").rows == ()


def test_two_names_ask_a_comparison_of_their_documents(assistant: Assistant) -> None:
    for name, text in (("Alder", ALDER), ("Birch", BIRCH), ("Cedar", CEDAR)):
        add_text(assistant, text, name=f"{name.lower()}.txt", parties=(f"{name} Ltd", "Heron Foods Ltd"))
    answer = assistant.ask("How much notice to terminate has to be given to Alder and to Birch?", model="none")
    assert {row.path for row in answer.rows} == {"/docs/alder.txt", "/docs/birch.txt"}


def test_a_place_in_a_question_is_no_name_of_a_document(assistant: Assistant) -> None:
    for name, law in (("alder", "English law"), ("birch", "the law of England and Wales"), ("cedar", "Norwegian law")):
        text = f"This Agreement of {name} is governed by a law: this agreement is governed by {law}."
        add_text(assistant, text, name=f"{name}.txt", title=f"{name.capitalize()} Agreement in English")
    answer = assistant.ask("Which contracts does English law apply to?", model="none")
    assert answer.answer.startswith("2 of 3 documents:")


def test_a_part_of_a_country_meets_a_condition_for_the_country(assistant: Assistant) -> None:
    for name, law in (("alder", "Delaware"), ("birch", "Ohio"), ("cedar", "Norway")):
        text = f"This Agreement of {name} is governed by a law: this agreement is governed by the law of {law}."
        add_text(assistant, text, name=f"{name}.txt", title=f"{name.capitalize()} Agreement")
    answer = assistant.ask("Which contracts are governed by the law of a US state?", model="none")
    assert files(answer.rows) == ["alder.txt", "birch.txt"]


def test_a_payment_that_comes_every_month_is_no_deposit(contracts: Assistant) -> None:
    text = (
        "This Lease is made with Dogwood Ltd.\n\n# Deposit\n\nThe deposit, how much the deposit is, is GBP 900 a month."
    )
    add_text(contracts, text, name="dogwood.txt", title="Dogwood lease")
    rows = contracts.ask("Compare the deposits in all contracts", model="none").rows
    assert "GBP 900 per month" not in {row.normalized for row in rows}


def test_a_condition_turned_round_counts_documents_that_say_nothing(contracts: Assistant) -> None:
    answer = contracts.ask("Which contracts do not have a notice period?", model="none")
    assert answer.answer.split("\n") == ["1 of 3 documents:", "- cedar.txt: nothing about it was found"]


def test_names_typed_without_capitals_are_names(assistant: Assistant) -> None:
    for name, text in (("Alder", ALDER), ("Birch", BIRCH), ("Cedar", CEDAR)):
        add_text(assistant, text, name=f"{name.lower()}.txt", parties=(f"{name} Ltd", "Heron Foods Ltd"))
    rows = assistant.ask("alder and birch, how much is the deposit", model="none").rows
    assert {row.path for row in rows} == {"/docs/alder.txt", "/docs/birch.txt"}
