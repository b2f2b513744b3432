"""A follow-up becomes a standalone question; one that already is standalone stays byte for byte the same."""

import time

import pytest

from ragnano.conversations.followup import Reading, read_followup
from ragnano.text.query import LONGEST_QUESTION

NOTICE = "What notice must Ironvale give to terminate?"
BOTH = "How much notice must Kestrelmoor give Larkspur?"
DEPOSIT = "How much is the security deposit in the Brightwater lease?"
TERM = "What is the term of the Larkspur agreement?"

# (the previous question in standalone form, the follow-up, its reading)
COMPLETED = [
    # Another party
    (NOTICE, "and for the other party?", "What notice must the other party give to terminate?"),
    (NOTICE, "What about Tidewell?", "What notice must Tidewell give to terminate?"),
    (NOTICE, "And Tidewell?", "What notice must Tidewell give to terminate?"),
    (BOTH, "and the other party?", "How much notice must Larkspur give Kestrelmoor?"),
    (BOTH, "And Larkspur?", "How much notice must Larkspur give Kestrelmoor?"),
    ("Can employees work abroad?", "What about contractors?", "Can contractors work abroad?"),
    ("When must the tenant pay the rent?", "and the landlord?", "When must the landlord pay the rent?"),
    (
        "How much notice must the Ironvale employee give?",
        "and the company?",
        "How much notice must the Ironvale company give?",
    ),
    # Acts that only a document undergoes
    (
        "What about a breach in the Larkspur agreement?",
        "Which law governs it?",
        "Which law governs the Larkspur agreement?",
    ),
    # Another document
    (DEPOSIT, "and in the Larkspur agreement?", "How much is the security deposit in the Larkspur agreement?"),
    (
        "Does the staff handbook allow remote work?",
        "What about the travel policy?",
        "Does the travel policy allow remote work?",
    ),
    ("What does lease.pdf say about pets?", "and side letter.txt?", "What does side letter.txt say about pets?"),
    # Another date, another section
    (
        "How many days of leave did employees get in 2023?",
        "And in 2024?",
        "How many days of leave did employees get in 2024?",
    ),
    (
        "Who attended the board meeting on March 3, 2022?",
        "and on June 9, 2022?",
        "Who attended the board meeting on June 9, 2022?",
    ),
    ("What does clause 8.2 say about interest?", "And clause 9?", "What does clause 9 say about interest?"),
    # Another kind of thing
    (DEPOSIT, "And the monthly rent?", "What is the monthly rent in the Brightwater lease?"),
    (
        "How long is the notice period in the Brightwater lease?",
        "what about the cure period?",
        "How long is the cure period in the Brightwater lease?",
    ),
    (
        "What is the highest dose for adults?",
        "and for children under six?",
        "What is the highest dose for children under six?",
    ),
    (
        "What does the insurance policy pay for water damage?",
        "What about fire?",
        "What does the insurance policy pay for fire?",
    ),
    ("What are the side effects of ibuprofen?", "And of paracetamol?", "What are the side effects of paracetamol?"),
    (
        "Who has to sign a contract worth $800,000?",
        "and below $50,000?",
        "Who has to sign a contract worth below $50,000?",
    ),
    (
        "What is the total of the March 2024 invoice?",
        "and April 2024?",
        "What is the total of the April 2024 invoice?",
    ),
    (
        "In the Brightwater lease, how much is the deposit?",
        "and the monthly rent?",
        "In the Brightwater lease, what is the monthly rent?",
    ),
    # Pronouns
    (DEPOSIT, "When is it due?", "When is the security deposit in the Brightwater lease due?"),
    (TERM, "When does it end?", "When does the term of the Larkspur agreement end?"),
    ("How long is the warranty on the pump?", "Does it cover rust?", "Does the warranty on the pump cover rust?"),
    (
        "What must the borrower report each month?",
        "And what must they report each year?",
        "What must the borrower report each year?",
    ),
    (
        "Does the staff handbook allow remote work?",
        "And does it say anything about overtime?",
        "Does the staff handbook say anything about overtime?",
    ),
    ("How do I clean the filter?", "Where is it?", "Where is the filter?"),
    (
        "How long is the notice period in the Brightwater lease?",
        "When does that period begin?",
        "When does the notice period in the Brightwater lease begin?",
    ),
    (
        "In the Brightwater lease, how much is the security deposit?",
        "Who holds it?",
        "In the Brightwater lease, who holds the security deposit?",
    ),
    (
        "What are the side effects of ibuprofen?",
        "are they dangerous for children?",
        "Are the side effects of ibuprofen dangerous for children?",
    ),
    (
        "Which method did the authors use to measure blood pressure?",
        "What were their conclusions?",
        "What were the authors' conclusions?",
    ),
    # A standalone question that keeps the documents
    (TERM, "And what is the governing law?", "What is the governing law of the Larkspur agreement?"),
    (
        "In the Brightwater lease: how much is the deposit?",
        "and who pays for repairs?",
        "In the Brightwater lease: who pays for repairs?",
    ),
    (NOTICE, "And who pays the freight?", "For Ironvale: who pays the freight?"),
    (NOTICE, "Governing law?", "For Ironvale: governing law?"),
    (NOTICE, "Can the other party end it sooner?", f"{NOTICE} — Can the other party end it sooner?"),
    # What cannot be inserted into the previous question is appended to it
    ("How do I clean the filter?", "How often?", "How do I clean the filter? — How often?"),
    (NOTICE, "Why?", f"{NOTICE} — Why?"),
    (NOTICE, "Is that enough?", f"{NOTICE} — Is that enough?"),
    (
        "What happens if Solmere misses its minimum purchase?",
        "and for two years in a row?",
        "What happens if Solmere misses its minimum purchase? — and for two years in a row?",
    ),
    # After a combined question, the first part is kept and the last replaced
    (f"{NOTICE} — Why?", "Since when?", f"{NOTICE} — Since when?"),
    (f"{NOTICE} — Why?", "and Tidewell?", "What notice must Tidewell give to terminate?"),
]

ALONE = [
    "Who signs for Tidewell?",
    "  How many days of  leave do employees get ?",
    "Is there a cap on liability?",
    "Are there any late fees?",
    "Is it possible to sublet the premises?",
    "How long does it take to renew a passport?",
    "Does the tenant lose its deposit if it leaves early?",
    "Do employees get their bonus when they resign?",
    "What does Acme do with its tooling?",
    "Must a party notify the other party of a breach?",
    "Which obligations survive that are listed in Annex A?",
    "Why was the lease amended in 2021?",
    "How much is the monthly rent?",
    "Which costs, such as freight, does the buyer bear?",
    "termination notice period Ironvale supply agreement",
    "List all payment obligations of the borrower",
    "Is the policy valid in 2024?",
    "How many participants were there in the study?",
    "What notice must the buyer give after the lease has ended?",
    "Wie hoch ist die Kaution?",
]


@pytest.mark.parametrize(("before", "asked", "read_as"), COMPLETED)
def test_a_follow_up_is_completed_from_the_question_before(before: str, asked: str, read_as: str) -> None:
    reading = read_followup(asked, before)
    assert reading.text == read_as
    assert reading.leans


@pytest.mark.parametrize("asked", ALONE)
@pytest.mark.parametrize("before", [NOTICE, DEPOSIT])
def test_a_question_that_stands_alone_is_left_as_it_is(before: str, asked: str) -> None:
    reading = read_followup(asked, before)
    assert reading.text == asked
    assert not reading.leans


@pytest.mark.parametrize("asked", [asked for _, asked, _ in COMPLETED])
def test_the_first_question_leans_on_nothing(asked: str) -> None:
    assert read_followup(asked, None) == read_followup(asked, "")
    assert read_followup(asked, None).text == asked
    assert not read_followup(asked, None).leans


def test_a_completed_question_stands_alone_the_next_time() -> None:
    for before, asked, read_as in COMPLETED:
        if " — " not in read_as and not read_as.endswith("governing law?"):
            assert not read_followup(read_as, before).leans or "other party" in read_as, (asked, read_as)


def test_a_long_conversation_does_not_make_a_question_longer_and_longer() -> None:
    read = NOTICE
    for _ in range(50):
        read = read_followup("Why is that?", read).text
    assert read == f"{NOTICE} — Why is that?"
    long = "What notice must Ironvale give " + "and give " * 215 + "?"
    assert len(read_followup("Why is that so, after all this time and all these words?", long).text) <= LONGEST_QUESTION


def test_a_question_that_is_too_long_to_be_asked_is_left_for_asking_to_refuse() -> None:
    asked = "and the " * 20_000
    assert read_followup(asked, NOTICE) == Reading(asked, leans=False)


def test_a_question_of_the_greatest_length_is_read_at_once() -> None:
    begun = time.monotonic()
    for word in ("and the ", "of the ", "a.b ", "the Lease ", "in May 2020 ", "if it "):
        longest = (word * LONGEST_QUESTION)[:LONGEST_QUESTION]
        read_followup(longest, longest)
    assert time.monotonic() - begun < 10


def test_that_at_the_end_of_a_question_points_back() -> None:
    assert read_followup("Does the amendment change that?", TERM).leans
    assert not read_followup("Which fees that are due bear interest?", TERM).leans
