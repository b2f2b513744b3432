"""Document text is displayed unchanged, whatever it contains."""

import html
import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.fakes import NASTY, UI

sys.path.append(str(UI))

from safe_text import PART, answer_html, direct_html, escape, line_html, marked_html, quote_html

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(string.punctuation + " \n\tawsmile1"), st.characters()), max_size=60
)


def shown(markdown: str) -> list[str]:
    """Returns what a Markdown viewer shows of fully escaped text: runs of plain text, separated by empty spans."""
    return [re.sub(r"\\(.)", r"\1", run) for run in re.split(r"(?<!\\)" + re.escape(PART), markdown)]


@given(HOSTILE)
def test_escaped_text_shows_as_it_stands_but_for_folded_space(text: str) -> None:
    expected = " ".join(text.replace("\x00", "\ufffd").split())
    assert "".join(shown(escape(text))) == expected


@given(HOSTILE)
def test_no_punctuation_of_the_text_is_left_active(text: str) -> None:
    rest = re.sub(r"\\[" + re.escape(string.punctuation) + "]", "", escape(text).replace(PART, ""))
    assert not set(rest) & set(string.punctuation)
    assert "\n" not in rest


@given(HOSTILE)
def test_nothing_is_left_that_streamlit_replaces_in_plain_text(text: str) -> None:
    for run in shown(escape(text)):
        assert not re.search(r":\+1:|:-1:|:[\w-]+:", run, re.ASCII)
        assert not re.search(r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)", run)
        assert not re.search(r"https?://|www\.|\w@\w", run)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_html_holds_the_text_and_no_tag_of_its_own(before: str, quote: str, behind: str) -> None:
    for drawn in (
        marked_html(before + quote + behind, len(before), len(before) + len(quote)),
        quote_html(before),
        line_html(before, "place"),
        answer_html(before, 9),
        direct_html(before, 1),
        quote_html(before + quote + behind, (len(before), len(before) + len(quote))),
    ):
        tags = set(re.findall(r"<[^>]*>", drawn))
        assert all(re.fullmatch(r'</?(div|mark|blockquote|br|sup)( class="rn-\w+")?>', tag) for tag in tags)
    marked = re.search("<mark>(.*)</mark>", marked_html(before + quote + behind, len(before), len(before) + len(quote)))
    assert marked is not None
    assert html.unescape(marked.group(1).replace("<br>", "\n")) == html.unescape(html.escape(quote))


def test_marks_of_citations_are_raised_and_other_brackets_stay() -> None:
    drawn = answer_html("Sixty days [1]. See [7] and [redacted].", citations=2)
    assert '<sup class="rn-mark">1</sup>' in drawn
    assert "[7] and [redacted]" in drawn


def test_a_direct_answer_has_one_mark_whatever_brackets_it_says() -> None:
    drawn = direct_html("Sixty <b>days</b> [2]", 1, "3")
    assert drawn.startswith('<div class="rn-direct">Sixty &lt;b&gt;days&lt;/b&gt; [2] <sup><button class="rn-mark"')
    assert drawn.count("data-cite") == 1 and 'data-cite="3:1"' in drawn


def test_the_direct_words_are_marked_in_a_quote() -> None:
    assert quote_html("by <giving> days", (3, 11)) == (
        '<blockquote class="rn-quote">by <mark>&lt;giving&gt;</mark> days</blockquote>'
    )
    assert quote_html("days", (2, 2)) == quote_html("days") == '<blockquote class="rn-quote">days</blockquote>'


def test_long_text_is_cut_round_the_quote() -> None:
    drawn = marked_html("a" * 2000 + "QUOTE" + "b" * 2000, 2000, 2005, around=10)
    assert "…aaaaaaaaaa<mark>QUOTE</mark>bbbbbbbbbb…" in drawn


@pytest.mark.parametrize("word", ["$5,000 to $7,000", ":red[x]", "1. one", "# one", "a_b_c", NASTY])
def test_known_traps(word: str) -> None:
    assert "".join(shown(escape(word))) == word
