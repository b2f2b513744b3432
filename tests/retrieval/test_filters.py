"""Filters that a user sets: a collection, a document, a range of dates, a kind of file."""

import pytest

from ragnano.assistant import Assistant
from ragnano.errors import NotFoundError, QuestionError
from ragnano.retrieval.filters import day_of
from ragnano.types import Scope
from tests.conftest import add_text


@pytest.fixture
def dated(assistant: Assistant) -> Assistant:
    add_text(assistant, "The fee is one.", name="old.txt", date="2018-03-31", media_type="application/pdf")
    add_text(assistant, "The fee is two.", name="new.txt", date="2020-02-29", media_type="text/plain")
    add_text(assistant, "The fee is three.", name="undated.txt", media_type="text/markdown")
    return assistant


def found(assistant: Assistant, **limits: str) -> list[str]:
    return sorted(hit.document.path.rsplit("/", 1)[-1] for hit in assistant.search("fee", assistant.scope(**limits)))


def test_without_limits_all_documents_are_asked(dated: Assistant) -> None:
    assert dated.scope() == Scope()
    assert found(dated) == ["new.txt", "old.txt", "undated.txt"]


@pytest.mark.parametrize(
    ("limits", "files"),
    [
        ({"dated_from": "2019"}, ["new.txt"]),
        ({"dated_to": "2019"}, ["old.txt"]),
        ({"dated_from": "March 2018", "dated_to": "March 2018"}, ["old.txt"]),
        ({"dated_from": "2020-02-29", "dated_to": "2020-02-29"}, ["new.txt"]),
        ({"dated_from": "2021"}, []),
        ({"kind": "pdf"}, ["old.txt"]),
        ({"kind": ".TXT"}, ["new.txt"]),
        ({"kind": "text"}, ["new.txt", "undated.txt"]),
        ({"kind": "text/markdown"}, ["undated.txt"]),
        ({"kind": "text", "dated_from": "2001"}, ["new.txt"]),
    ],
)
def test_dates_and_kinds_of_file_limit_what_is_asked(
    dated: Assistant, limits: dict[str, str], files: list[str]
) -> None:
    assert found(dated, **limits) == files


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("Feb 2020", "2020-02-01", "2020-02-29"),
        ("5 May 2021", "2021-05-05", "2021-05-05"),
    ],
)
def test_a_year_or_month_means_all_its_days(text: str, first: str, last: str) -> None:
    assert (day_of(text, last=False), day_of(text, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["soon", "", "May", "2019-13-45", "the 5th", "99999999999999999999"])
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QuestionError, match="2019-05-01"):
        day_of(text, last=False)


def test_dates_the_wrong_way_round_are_refused(dated: Assistant) -> None:
    with pytest.raises(QuestionError, match="wrong way round"):
        dated.scope(dated_from="2020", dated_to="2019")


def test_a_kind_of_file_that_is_not_there_names_those_that_are(dated: Assistant) -> None:
    with pytest.raises(NotFoundError, match="application/pdf"):
        dated.scope(kind="xlsx")
