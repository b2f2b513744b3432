"""Sentences keep their place, and splitting loses nothing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.text.words import content_stems, fold, pairs, sentence_spans, sentences, stem
from ragnano.types import Span


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_a_sentence_ends_at_a_full_stop_before_a_capital() -> None:
    assert cut("Fees are due. The Client pays.") == ["Fees are due.", "The Client pays."]


@pytest.mark.parametrize(
    "text",
    [
        "Acme Inc. shall pay Beta Corp. the fee.",
        "It has not been debarred under 21 U.S.C. Section 335a and 42 C.F.R. Part 1001.",
        "As set out in Sec. 4 and Art. II of the plan.",
        "A term of 2.5 years applies.",
        "Made under the laws of the U.S. State of Ohio.",
        "8.2. Either party may terminate.",
        "(a. The first case",
        "It is in effect until March 18. 2021, unless ended before.",
        "It is in effect until March 18.\n2021, unless ended before.",
    ],
)
def test_abbreviations_numbers_and_clause_numbers_do_not_end_a_sentence(text: str) -> None:
    assert cut(text) == [text]


def test_a_day_of_a_month_ends_a_sentence_that_no_year_follows() -> None:
    assert cut("Paid on March 18. The year is 2021.") == ["Paid on March 18.", "The year is 2021."]


def test_a_line_break_stays_inside_a_sentence_and_an_empty_line_ends_it() -> None:
    assert cut("The term\nis one year\n\nNotices go by post") == [
        "The term\nis one year",
        "Notices go by post",
    ]


def test_only_long_sentences_are_cut_at_semicolons() -> None:
    short = "the fee; the cost"
    long = "the Supplier shall deliver the goods " * 10 + "; the Buyer shall pay"
    assert len(cut(short)) == 1
    assert len(cut(long)) == 2


@given(st.text(alphabet="aA.;?! \n()1“”", max_size=200))
def test_no_visible_character_is_lost_and_order_is_kept(text: str) -> None:
    spans = list(sentences(text))
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert fold(kept).replace(" ", "") == fold(text).replace(" ", "")


def test_spans_point_into_the_page() -> None:
    page = "Header\nFirst one. Second one.\nFooter"
    spans = sentence_spans(page, Span(3, 7, 29))
    assert [page[span.start : span.end] for span in spans] == ["First one.", "Second one."]
    assert {span.page for span in spans} == {3}


def test_stems_join_forms_of_a_word_and_drop_words_without_content() -> None:
    assert stem("terminated") == stem("Termination".lower()) or stem("terminated") == stem("terminates")
    assert content_stems("What is the term of this agreement?") == [stem("term")]


def test_pairs_are_of_words_that_no_space_parts_and_not_of_hiragana_alone() -> None:
    assert pairs("The 合同期限 of 支払いです, 合同") == ["合同", "同期", "期限", "支払", "払い"]
    assert pairs("plain words") == []


def test_chinese_and_japanese_sentences_end_at_their_full_stop() -> None:
    text = "期限为三年。“届满终止。”另行约定！"
    assert [text[start:end] for start, end in sentences(text)] == ["期限为三年。", "“届满终止。”", "另行约定！"]


def test_a_row_of_a_table_is_a_sentence_of_its_own() -> None:
    text = "The fees are:\n| Stage | Fee |\n| 1. Study. Draft | $5. Due now |\n| 2 | $6 |\nThey are due."
    assert [text[start:end] for start, end in sentences(text)] == [
        "The fees are:", "| Stage | Fee |", "| 1. Study. Draft | $5. Due now |", "| 2 | $6 |", "They are due.",
    ]  # fmt: skip


def test_text_in_columns_is_cut_like_text() -> None:
    long = "| " + "The Supplier shall deliver. " * 30 + "|"
    assert len(list(sentences(long))) > 20
