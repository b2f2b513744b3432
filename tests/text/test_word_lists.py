"""Word lists: each word in one place, and the patterns made from them."""

import re
import tomllib
from importlib.resources import files

import pytest

from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD, LEGAL_FORM, MONTH, ONES, TENS, any_of


@pytest.mark.parametrize("form", ["Inc", "L.L.C", "LLC", "l.l.c.", "GmbH", "S.A.", "B.V", "Limited", "N.A.", "S.à r.l"])
def test_a_legal_form_is_found_with_and_without_full_stops(form: str) -> None:
    found = re.fullmatch(rf"(?:{LEGAL_FORM})\.?", form, re.IGNORECASE)
    assert (found is not None) == (form != "S.à r.l")


@pytest.mark.parametrize("name", ["january", "Jan", "sep", "Sept", "September", "May", "june", "Jun", "Dec"])
def test_a_month_is_found_by_its_name_and_its_abbreviation(name: str) -> None:
    assert re.fullmatch(MONTH, name, re.IGNORECASE)


@pytest.mark.parametrize("word", ["janu", "mayo", "septem", "march 1", "", "august or july"])
def test_part_of_a_month_is_none(word: str) -> None:
    assert not re.fullmatch(MONTH, word, re.IGNORECASE)


def test_of_two_words_that_begin_alike_the_longer_is_found() -> None:
    found = re.match(any_of(["six", "sixteen", "sixty"]), "sixteen")
    assert found
    assert found[0] == "sixteen"


def test_a_numbers_word_stands_at_its_number() -> None:
    assert (ONES[0], ONES[7], ONES[19]) == ("zero", "seven", "nineteen")
    assert [TENS[tens // 10 - 2] for tens in (20, 50, 90)] == ["twenty", "fifty", "ninety"]


def test_no_word_stands_twice_in_a_list() -> None:
    lists = tomllib.loads(files("ragnano.text").joinpath("word_lists.toml").read_text(encoding="utf-8"))
    assert lists
    for name, text in lists.items():
        assert sorted(set(text.split())) == sorted(text.split()), name


def test_clauses_and_attachments_are_told_apart() -> None:
    assert re.fullmatch(CLAUSE_WORD, "section")
    assert re.fullmatch(ATTACHMENT_WORD, "schedule")
    assert not re.fullmatch(CLAUSE_WORD, "schedule")
