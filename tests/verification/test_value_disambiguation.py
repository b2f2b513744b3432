"""Where the cited words state several values, only the one asked for is an answer."""

import pytest

from ragnano.text.query import read_question
from ragnano.verification.value_disambiguation import contains_kind, may_be_another
from ragnano.verification.verify import verify
from tests.conftest import make_evidence

TERM = "The initial term begins on January 1, 2013 and the Agreement expires on December 31, 2014."
EXPIRY = read_question("When does the agreement expire?")


@pytest.mark.parametrize(("text", "doubtful"), [("December 31, 2014", False), ("January 1, 2013", True)])
def test_the_words_beside_a_date_say_what_happens_on_it(text: str, doubtful: bool) -> None:
    assert may_be_another(text, EXPIRY, [TERM]) is doubtful


def test_between_values_with_the_same_words_beside_them_nobody_can_choose() -> None:
    assert may_be_another("May 1, 2020", EXPIRY, ["from May 1, 2020 until May 1, 2021"])
    assert not may_be_another("May 1, 2020", EXPIRY, ["on May 1, 2020, that is May 1, 2020"])
    assert not may_be_another("Ohio", read_question("Which law governs?"), ["the laws of Ohio and the laws of Texas"])


def test_the_wrong_one_of_two_dates_is_not_handed_on() -> None:
    evidence = make_evidence(TERM)
    assert verify("The agreement expires on January 1, 2013.", EXPIRY, evidence).verdict == "not_found"
    assert verify("The agreement expires on December 31, 2014.", EXPIRY, evidence).verdict == "answered"


@pytest.mark.parametrize(
    ("text", "expected"), [("March 18", False), ("March 18, 2021", True), ("two years later", True)]
)
def test_a_day_without_its_year_does_not_tell_when(text: str, expected: bool) -> None:
    assert contains_kind(text, "date") is expected
