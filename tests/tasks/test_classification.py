"""Lookups stay lookups; summaries and lists are recognised by wordings that ask for a whole."""

import json

import pytest

from ragnano.tasks.classification import recognise
from tests.conftest import SAMPLES

SUMMARIES = {
    "Summarise this agreement": "this agreement",
    "summarize the Brightwater lease.": "the Brightwater lease",
    "Please summarise the supply agreement for me": "the supply agreement",
    "Can you sum up this contract?": "this contract",
    "Give me an overview of the lease": "the lease",
    "Give me a short summary of lease.pdf": "lease.pdf",
    "I'd like a quick summary of the NDA": "the NDA",
    "What is this agreement about?": "this agreement",
    "What's the Quillmark license about?": "the Quillmark license",
    "What is this about?": "this",
    "What are the key terms?": "",
    "What are the key terms of the loan agreement?": "the loan agreement",
    "Main points of the lease": "the lease",
    "List the key terms of this contract": "this contract",
    "tl;dr": "",
    "TL;DR of the Pellworth NDA": "the Pellworth NDA",
    "The Pellworth NDA, tldr": "The Pellworth NDA",
    "Summarise the termination clause": "the termination clause",
    "Summarize section 8 of the lease": "section 8 of the lease",
    "In the Brightwater lease: summarise the insurance article": "In the Brightwater lease: the insurance article",
    "Walk me through the loan agreement": "the loan agreement",
}
LISTS = {
    "List all payment obligations": "payment obligations",
    "List all payment obligations of the Tenant.": "payment obligations of the Tenant",
    "list the deadlines in the loan agreement": "the deadlines in the loan agreement".removeprefix("the "),
    "Enumerate the events of default": "events of default",
    "What are all the fees?": "fees",
    "What are all of the Supplier's duties?": "Supplier's duties",
    "Which notice periods are there?": "notice periods",
    "What termination rights are there in the lease?": "termination rights in the lease",
    "Find all mentions of arbitration": "mentions of arbitration",
    "Show me every deadline": "deadline",
    "Name all the parties": "parties",
    "Give me a list of the insurance requirements": "insurance requirements",
    "Please list every restriction on the Tenant": "restriction on the Tenant",
    "Could you extract all dates?": "dates",
    "Which agreements are governed by the law of Ohio?": "are governed by the law of Ohio",
    "Which of our contracts renew automatically?": "renew automatically",
    "What documents contain an arbitration clause?": "contain an arbitration clause",
    "What law governs each agreement?": "What law governs",
    "How long is the notice period in each of the contracts?": "How long is the notice period",
    "For every contract, what is the term?": "what is the term",
    "In the Brightwater lease, list all obligations of the Landlord": (
        "In the Brightwater lease, obligations of the Landlord"
    ),
}
LOOKUPS = """
What are the payment terms?
What are the main points of contact?
What are the key terms defined in Section 1?
What are the principal terms of payment?
What are the rights of the Tenant?
What obligations does the Tenant have?
What is the list price of the product?
List price of the Scanner?
What is Section 5 about?
What is the dispute about?
Who must provide a summary of the accounts?
Is there an overview of fees?
How many parking spaces are there?
Sum up to which the guarantor is liable?
What is the sum of all fees under Schedule B?
Does the agreement list all subcontractors?
Which law governs the agreement?
Which party bears all costs?
Which fees are due on signing?
Name the landlord.
Tell me all about it: who pays the rent?
When do all payments fall due?
Are all notices in writing?
What happens if there are two conflicting terms?
What is the term of this agreement?
Does every supplier have to be insured?
In the lease with Brightwater: how long is the notice period?
Is the list of approved hosting providers part of the agreement?
Which documents must be delivered at closing?
Which documents are delivered at closing?
What licenses are granted under this contract?
What licenses have been granted?
What contracts are assigned to the Buyer?
Which contracts may the Agent sign?
What happens to each agreement that the Supplier has signed?
Does every contract need a signature?
Which agreement is governed by the law of Ohio?
""".strip().splitlines()


@pytest.mark.parametrize(("question", "focus"), SUMMARIES.items())
def test_a_question_for_the_whole_is_a_summary(question: str, focus: str) -> None:
    task = recognise(question)
    assert (task.kind, task.focus) == ("summary", focus)


@pytest.mark.parametrize(("question", "focus"), LISTS.items())
def test_a_question_for_all_of_a_kind_is_a_list(question: str, focus: str) -> None:
    task = recognise(question)
    assert (task.kind, task.focus) == ("list", focus)


@pytest.mark.parametrize("question", LOOKUPS)
def test_an_ordinary_question_stays_a_lookup(question: str) -> None:
    task = recognise(question)
    assert (task.kind, task.focus) == ("lookup", question)


def test_every_sample_question_stays_a_lookup() -> None:
    questions = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))
    assert {recognise(item["question"]).kind for item in questions} == {"lookup"}
