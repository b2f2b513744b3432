"""The cited words must support what a sentence claims."""

import pytest

from ragnano.text.query import read_question
from ragnano.verification.claims import denies, is_supported, names_of

QUESTION = read_question("What does the agreement say about this?")
PROOF = (
    "The Tenant shall not assign this Lease. Either party may terminate on sixty (60) days' notice after an initial "
    "term of 24 months. Rent of $4,000 goes to Harrow Vale Estates LLC, an affiliate of Vale Holdings."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Either party may terminate on 60 days' notice.",
        "The initial term is 24 months.",
        "The Tenant shall not assign this Lease.",
        "Rent of $4,000 goes to Harrow Vale Estates LLC.",
    ],
)
def test_what_the_text_says_is_supported(sentence: str) -> None:
    assert is_supported(sentence, QUESTION, [PROOF])


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Either party may terminate on 24 days' notice.", "the figure stands there with another unit"),
        ("The initial term is 60 months.", "the figure stands there with another unit"),
        ("Either party may terminate on 90 days' notice.", "the figure stands nowhere"),
        ("The Tenant shall assign this Lease.", "it is denied there"),
        ("The Tenant may assign this Lease.", "it is denied there"),
        ("Rent goes to Vale Harrow Holdings.", "the name is put together from two"),
        ("The initial term is 24/60/4000.", "the date is put together from other figures"),
    ],
)
def test_what_the_text_does_not_say_is_not(sentence: str, reason: str) -> None:
    assert not is_supported(sentence, QUESTION, [PROOF]), reason


def test_the_beginning_of_another_name_proves_none() -> None:
    proof = "Rent goes to Harrow Valentine, which Vale owns."
    assert not is_supported("Rent goes to Harrow Vale.", QUESTION, [proof])
    assert is_supported("Rent goes to Harrow Valentine.", QUESTION, [proof])


def test_a_name_is_a_run_of_capitals_that_does_not_open_the_sentence() -> None:
    assert names_of("Rent goes to Harrow Vale Estates and to Ohio") == ["harrow vale estates"]
    assert names_of("Harrow pays") == []


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("The Tenant shall not assign.", True),
        ("Neither party may assign.", True),
        ("Assignment is prohibited.", True),
        ("In no event is the Supplier liable.", True),
        ("The Tenant may assign on notice.", False),
        ("Not later than May the Tenant pays.", False),
    ],
)
def test_a_denial_is_told_from_a_negative_word(text: str, does: bool) -> None:
    assert denies(text) is does
