"""Lists: every sentence of the requested kind, quoted, numbered, cited, in reading order."""

import pytest
from typer.testing import CliRunner

from ragnano.assistant import Assistant
from ragnano.cli import answers, app
from ragnano.tasks.list_query import read_list_query, role_of
from ragnano.tasks.lists import LONGEST_ITEM, MOST_ITEMS
from ragnano.text.words import content_stems, fold
from tests.cli.test_cli import OpenAssistant
from tests.conftest import FakeChatModel, add_text

LEASE = """This Lease is made between Brightwater Properties LLC (the “Landlord”)
and Larkspur Analytics Ltd (the “Tenant”).

# 1 Rent

The Tenant shall pay a rent of $12,000 on the first day of each month. “Rent Day” means the first day of a month on
which the Tenant shall pay.

# 2 Deposit

On signing the Tenant shall pay a security deposit of $40,000. If the Tenant overpays, the Landlord shall pay the
difference back.

# 3 Use

Keys lost by the Tenant shall be reported to the Landlord. Taxes shall be paid when due by the Tenant.
The Tenant shall not be required to pay for repairs.

The Tenant may use the garage. The Tenant shall not keep animals in the suite.

# 4 Events of Default

Each of the following is an event of default:

(a) the Tenant pays no rent for two months in a row;

(b) the Tenant becomes insolvent or opens proceedings of that kind.

# 5 Repetition

The Tenant shall pay a rent of $12,000 on the first day of each month."""


def quotes(assistant: Assistant, question: str) -> list[str]:
    return [fold(citation.quote) for citation in assistant.ask(question).citations]


def test_duties_of_one_party_are_listed_in_reading_order_each_once(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    document = add_text(assistant, LEASE, name="lease.txt")
    answer = assistant.ask("List all payment obligations of the Tenant")
    rent = "The Tenant shall pay a rent of $12,000 on the first day of each month."
    deposit = "On signing the Tenant shall pay a security deposit of $40,000."
    taxes = "Taxes shall be paid when due by the Tenant."
    assert answer.answer == f"1. “{rent}” [1]\n2. “{deposit}” [2]\n3. “{taxes}” [3]"
    assert answer.verdict == "quoted" and chat_model.prompts == []
    for citation in answer.citations:
        assert citation.document == document
        assert citation.quote == LEASE[citation.start : citation.end]


def test_the_other_party_s_duties_rights_and_bans_are_told_apart(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    (back,) = quotes(assistant, "List all obligations of the Landlord")
    assert "Landlord shall pay the difference back" in back
    assert quotes(assistant, "List all rights of the Tenant") == ["The Tenant may use the garage."]
    assert quotes(assistant, "List all restrictions on the Tenant") == [
        "The Tenant shall not keep animals in the suite."
    ]


def test_a_party_s_own_name_finds_the_role_the_contract_gives_it(assistant: Assistant) -> None:
    add_text(assistant, LEASE, parties=("Brightwater Properties LLC", "Larkspur Analytics Ltd"))
    assert "$40,000" in " ".join(quotes(assistant, "List all payment obligations of Larkspur"))


def test_what_a_heading_names_is_listed_from_its_section(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    assert quotes(assistant, "List the events of default") == [
        "the Tenant pays no rent for two months in a row;",
        "the Tenant becomes insolvent or opens proceedings of that kind.",
    ]


def test_what_is_not_there_is_not_found_and_the_nearest_clauses_are_shown(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    answer = assistant.ask("List all arbitration rules")
    assert (answer.verdict, answer.citations) == ("not_found", ())
    assert answer.answer == "The documents don't say. Searched lease.txt."
    assert answer.nearest
    assert assistant.ask("List all obligations of the Guarantor").verdict == "not_found"


def test_a_list_over_several_documents_is_grouped_by_them(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="a.txt", title="Lease A")
    add_text(assistant, LEASE.replace("12,000", "9,000"), name="b.txt", title="Lease B")
    answer = assistant.ask("List all payment obligations of the Tenant")
    assert [line for line in answer.answer.splitlines() if line.endswith(":")] == ["a.txt:", "b.txt:"]
    assert [citation.number for citation in answer.citations] == [1, 2, 3, 4, 5, 6]
    named = assistant.ask("List all payment obligations of the Tenant in b.txt")
    assert {citation.path for citation in named.citations} == {"/docs/b.txt"}


def test_what_is_listed_by_a_place_says_the_place(assistant: Assistant) -> None:
    orders = [f"Orders of this kind are governed by the law of {place}." for place in ("New York", "Ohio")]
    add_text(assistant, "\n\n".join(orders), name="orders.txt")
    answer = assistant.ask("List all orders that are governed by the law of New York")
    assert answer.answer == "1. “Orders of this kind are governed by the law of New York.” [1]"


def test_a_long_list_is_cut_and_says_so(assistant: Assistant) -> None:
    duties = [f"The Supplier shall deliver part {number} to the Buyer." for number in range(MOST_ITEMS + 7)]
    add_text(assistant, "\n\n".join(duties))
    answer = assistant.ask("List all obligations of the Supplier")
    assert len(answer.citations) == MOST_ITEMS
    assert answer.answer.endswith("… and 7 more.")


def test_a_long_item_is_cut_at_a_clause_and_cited_whole(assistant: Assistant) -> None:
    duty = "The Supplier shall deliver " + ", ".join(f"the part of number {number}" for number in range(40)) + "."
    add_text(assistant, duty)
    answer = assistant.ask("List all obligations of the Supplier")
    item = answer.answer.removeprefix("1. “").removesuffix("” [1]")
    assert item.endswith(" …") and len(item) <= LONGEST_ITEM + 2
    assert answer.citations[0].quote == duty and duty.startswith(item.removesuffix(" …"))


@pytest.mark.parametrize(
    ("text", "topic", "who"),
    [
        ("payment obligations of the Tenant", "payment", "Tenant"),
        ("the supplier's duties", "", "supplier"),
        ("rights of termination", "termination", ""),
        ("obligations under Section 4", "4", ""),
        ("events of Default", "events default", ""),
    ],
)
def test_what_is_to_be_listed_is_taken_apart(text: str, topic: str, who: str) -> None:
    query = read_list_query(text)
    assert (set(query.topic), query.who) == (set(content_stems(topic)), who)


def test_the_role_of_a_party_is_read_from_the_opening() -> None:
    opening = (
        "THIS AGREEMENT (this “Agreement”) is between OAKHELM LOGISTICS, LLC, a company (the “Borrower”), and a bank."
    )
    assert role_of("Oakhelm", opening) == "Borrower"
    assert role_of("Oakhelm", "between a bank and Oakhelm Logistics, LLC as Borrower") == "Borrower"
    assert role_of("Oakhelm", "Oakhelm is not given one.") == ""


def test_the_command_line_prints_one_item_a_line_and_their_places(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    monkeypatch.setattr(answers, "open_assistant", OpenAssistant(assistant))
    shown = CliRunner().invoke(app, ["ask", "List all payment obligations of the Tenant"]).stdout.splitlines()
    assert shown[0].startswith("1. “") and shown[1].startswith("2. “")
    assert shown[3:6] == ["", "[1] lease.txt, page 1, 1 Rent", "[2] lease.txt, page 1, 2 Deposit"]
