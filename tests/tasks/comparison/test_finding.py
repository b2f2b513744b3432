"""The end of a term: what states it, what it is computed from, and what only looks like it."""

from datetime import date

import pytest

from ragnano.tasks.comparison.finding import Finding, _is_older, _length_stated
from ragnano.text.comparable_values import ComparableValue
from tests.conftest import make_document


@pytest.mark.parametrize(
    "text",
    [
        "a period of three years",
        "shall last two (2) years from the Effective Date",
        "three years from 1 May 2024",
        "one year after the commencement of the lease",
    ],
)
def test_the_length_of_a_term_is_read(text: str) -> None:
    assert _length_stated(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "one year after the date of such termination",
        "36 months after such event",
        "successive periods of one (1) year each",
        "a renewal term of two years",
        "at least three months prior to its end",
        "three months' written notice",
        "a two year period from the Effective Date to 31 July 2013",
        "two years, or three years for Schedule B",
    ],
)
def test_a_renewal_a_notice_or_a_time_after_an_event_is_no_length_of_the_term(text: str) -> None:
    assert _length_stated(text) is None


@pytest.mark.parametrize(("day", "older"), [(date(2019, 7, 3), True), (date(2019, 7, 4), False)])
def test_a_day_not_after_the_documents_own_date_is_no_end(day: date, older: bool) -> None:
    document = make_document("This Agreement is made on July 3, 2019.", date="2019-07-03").document
    assert _is_older(Finding(document, value=ComparableValue("date", day=day))) is older


def test_without_a_date_of_the_document_no_day_is_older() -> None:
    document = make_document("This Agreement is made.").document
    assert not _is_older(Finding(document, value=ComparableValue("date", day=date(1999, 1, 1))))
