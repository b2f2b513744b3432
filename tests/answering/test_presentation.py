"""How an answer is presented: the direct answer first, no sentence twice, its words marked in the quote."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.answering.presentation import direct_line, direct_of, in_brief, marked_in, quote_of, words_beside
from ragnano.text.words import fold
from ragnano.types import Answer, Citation, Conflict, Direct, DirectKind, Side, Timings, TokenCount, Verdict

QUOTE = "Either party may end this Agreement\nby giving  sixty (60)\ndays’ notice."
WORDS = "sixty (60)\ndays"


def citation(quote: str = QUOTE, number: int = 1) -> Citation:
    return Citation("d" * 64, "/docs/lease.pdf", 4, quote, 0, len(quote), (), 0.9, section="8 Term", number=number)


def make_answer(
    quote: str = QUOTE,
    words: str = WORDS,
    *,
    text: str = "",
    answer_text: str = "The notice is sixty (60) days. [1]",
    verdict: Verdict = "answered",
    kind: DirectKind = "span",
    more: tuple[Citation, ...] = (),
) -> Answer:
    """Returns an answer whose direct answer is `words` of the quote, worded as `text` where that is given."""
    start = quote.index(words)
    direct = Direct(text or fold(words), 1, kind, start, start + len(words) if words else start)
    cited = (citation(quote), *more)
    return Answer(
        "How long?",
        answer_text,
        verdict,
        0.9,
        cited,
        (),
        Timings(0.1, None, 0.2),
        TokenCount(),
        "none",
        "r",
        direct=direct,
    )


def test_the_direct_answer_has_its_mark_and_its_words_are_found_in_the_quote() -> None:
    answer = make_answer()
    assert direct_line(answer) == "sixty (60) days [1]"
    assert quote_of(answer, answer.citations[0]) == (
        "Either party may end this Agreement by giving ",
        "sixty (60) days",
        "’ notice.",
    )
    assert answer.citations[0].quote[slice(*marked_in(answer, answer.citations[0]) or ())] == WORDS


def test_without_a_direct_answer_all_is_as_it_was() -> None:
    answer = replace(make_answer(), direct=None)
    assert (direct_of(answer), direct_line(answer), words_beside(answer)) == (None, "", answer.answer)
    assert quote_of(answer, answer.citations[0]) == (fold(QUOTE), "", "")
    assert in_brief(answer) == answer.answer


@pytest.mark.parametrize("answer_text", ["Sixty (60) days. [1]", "sixty (60) days", "“Sixty (60) days” [1][2]."])
def test_words_that_say_the_same_are_not_shown_twice(answer_text: str) -> None:
    assert words_beside(make_answer(answer_text=answer_text)) == ""
    assert in_brief(make_answer(answer_text=answer_text)) == "sixty (60) days [1]"


def test_words_that_are_a_quote_are_read_there() -> None:
    assert words_beside(make_answer(answer_text=f"{fold(QUOTE)} [1]")) == ""
    parted = make_answer(
        answer_text="It ends. So it is. [1]", quote="It ends.", words="ends", more=(citation("So it is."),)
    )
    assert words_beside(parted) == ""
    assert words_beside(replace(parted, direct=None)) == "It ends. So it is. [1]"


def test_a_quoted_answer_repeats_its_quotes_unless_they_contradict_each_other() -> None:
    answer = make_answer(answer_text=f"“{fold(QUOTE)}” [1]", verdict="quoted")
    assert words_beside(answer) == ""
    conflict = Conflict((Side(1), Side(2)), None, "they differ")
    contradicted = replace(answer, answer=f"{answer.answer}\nIn a.pdf: “Ninety days.” [2]", conflicts=(conflict,))
    assert words_beside(contradicted) == contradicted.answer


def test_other_words_are_shown_below() -> None:
    assert words_beside(make_answer()) == "The notice is sixty (60) days. [1]"
    assert in_brief(make_answer()) == "sixty (60) days [1] The notice is sixty (60) days. [1]"


def test_a_yes_marks_its_condition_and_a_bare_no_marks_nothing() -> None:
    condition = make_answer(
        "Not without written consent.", "without written consent", text="No, unless the Landlord consents", kind="no"
    )
    assert quote_of(condition, condition.citations[0]).words == "without written consent"
    bare = make_answer(words="", text="No", kind="no")
    assert (direct_line(bare), marked_in(bare, bare.citations[0])) == ("No [1]", None)


def test_of_a_sentence_on_two_pages_the_part_that_says_it_is_marked() -> None:
    answer = make_answer(
        "The notice, which is", "which is", text="sixty days", more=(citation("in writing: sixty days long"),)
    )
    answer = replace(answer, direct=Direct("sixty days", 1, "span", 12, 22))
    first, second = answer.citations
    assert marked_in(answer, first) is None
    assert quote_of(answer, second).words == "sixty days"


@pytest.mark.parametrize(("start", "end"), [(0, 10_000), (-5, 3), (9, 4), (10_000, 10_001)])
def test_places_that_are_none_mark_nothing(start: int, end: int) -> None:
    answer = replace(make_answer(), direct=Direct("x", 1, "span", start, end))
    assert marked_in(answer, answer.citations[0]) is None
    assert quote_of(answer, answer.citations[0]).whole == fold(QUOTE)
    other = replace(make_answer(), direct=Direct("x", 2, "span", 0, 3))
    assert marked_in(other, other.citations[0]) is None


@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=30))
def test_the_parts_are_the_quote_and_no_character_is_for_a_terminal(before: str, words: str, behind: str) -> None:
    answer = replace(
        make_answer(),
        direct=Direct("it", 1, "span", len(before), len(before) + len(words)),
        citations=(citation(before + words + behind),),
    )
    shown = quote_of(answer, answer.citations[0])
    assert shown.whole.isprintable()
    clean = "".join(char if char.isprintable() or char.isspace() else " " for char in before + words + behind)
    assert shown.whole == fold(clean)
    assert fold(shown.words) == shown.words
