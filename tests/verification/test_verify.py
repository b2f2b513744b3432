"""Nothing that a model writes reaches the user unless the cited words support it."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.generation.prompt_builder import whole_sentences
from ragnano.models import Generation
from ragnano.models.chat_model import Finish
from ragnano.text.query import read_question
from ragnano.text.words import words
from ragnano.types import DirectKind, Evidence, Exact
from ragnano.verification.claims import facts_of
from ragnano.verification.stream_guard import StreamGuard
from ragnano.verification.verify import Verified, agrees, best_first, quote, see_also, verify
from tests.conftest import make_evidence

QUESTION = read_question("How much notice is needed to terminate?")
EVIDENCE = make_evidence(
    "Either party may terminate this Agreement on sixty (60) days' written notice.",
    "The fee is $5,000 a month, payable to Larkspur Foods Ltd in Ohio.",
    "The Supplier shall not assign this Agreement.",
)


def scored(*scores: float) -> tuple[Evidence, ...]:
    """Returns EVIDENCE with these probabilities of being an answer."""
    return tuple(dataclasses.replace(item, score=score) for item, score in zip(EVIDENCE, scores, strict=False))


def test_a_true_answer_passes_and_cites_what_it_named() -> None:
    checked = verify("Either party may terminate on sixty (60) days' written notice [1].", QUESTION, EVIDENCE)
    assert (checked.verdict, checked.cited) == ("answered", (0,))
    assert checked.text.endswith("[1].")


def test_words_that_rest_on_a_far_less_likely_passage_are_not_believed() -> None:
    reply = "The fee is $5,000 a month."
    asked = read_question("What is payable?")
    assert verify(reply, asked, scored(0.4, 0.3, 0.1)).verdict == "answered"
    assert verify(reply, asked, scored(0.8, 0.3, 0.1)).verdict == "not_found"  # so that the best is quoted


@pytest.mark.parametrize(
    "reply",
    [
        "The notice period is 12 days [1].",
        "The fee is $50,000 a month [2].",
        "Written notice goes to Delta Corp [1].",
        "The fee is payable in Texas [2].",
        "The Supplier may assign the fee to Larkspur Foods Ltd in 1999 [3].",
    ],
)
def test_an_invented_number_or_name_never_reaches_the_reader(reply: str) -> None:
    checked = verify(reply, QUESTION, EVIDENCE)
    assert (checked.verdict, checked.text) == ("not_found", "")


def test_sentences_are_quoted_until_one_of_them_is_likely_to_answer() -> None:
    assert quote(scored(0.9, 0.6)).text == f"“{EVIDENCE[0].text}” [1]"
    assert quote(scored(0.5, 0.4)).cited == (0, 1)
    assert quote(scored(0.5, 0.05)).cited == (0,)
    assert quote(scored(0.2, 0.2, 0.2)).cited == (0, 1, 2)


def test_a_sentence_that_answers_about_as_surely_as_the_best_is_shown_beside_it() -> None:
    assert quote(scored(0.9, 0.8)).cited == (0, 1)
    assert quote(scored(0.9, 0.8, 0.3)).cited == (0, 1)


def of_another_document(item: Evidence) -> Evidence:
    document = dataclasses.replace(item.hit.document, id="another")
    return dataclasses.replace(item, hit=dataclasses.replace(item.hit, document=document))


def test_two_documents_that_answer_about_as_surely_are_both_quoted() -> None:
    """Each of two leases has a notice period, and the question does not say which one is meant."""
    best, same, other = scored(0.18, 0.14, 0.14)
    assert quote((best, same, of_another_document(other))).cited == (0, 2)
    best, same, other = scored(0.18, 0.14, 0.1)
    assert quote((best, same, of_another_document(other))).cited == (0,)


def test_a_sentence_cut_by_a_page_end_counts_as_two_citations() -> None:
    first, second, third = scored(0.2, 0.2, 0.2)
    cut = dataclasses.replace(first, spans=first.spans * 2)
    assert quote((cut, second, third)).cited == (0, 1)
    assert quote((second, cut, third)).cited == (0, 1)


def test_an_answer_points_to_what_it_leaves_out_and_is_likely_to_answer_too() -> None:
    evidence = scored(0.6, 0.5, 0.05)
    answer = see_also(Verified("The fee is $5,000 [1].", "answered", (1,)), evidence)
    assert (answer.text, answer.cited) == ("The fee is $5,000 [1]. See also [2].", (1, 0))
    sure = Verified("Either party may terminate [1].", "answered", (0,))
    assert see_also(sure, scored(0.95, 0.5, 0.5)) == sure


def test_saying_the_question_back_is_no_answer() -> None:
    question = read_question("Which company pays the fee to Larkspur Foods Ltd?")
    assert verify("The company pays the fee to Larkspur Foods Ltd [2].", question, EVIDENCE).verdict == "not_found"
    yes_no = read_question("Is the fee payable to Larkspur Foods Ltd?")
    assert verify("Yes, the fee is payable to Larkspur Foods Ltd [2].", yes_no, EVIDENCE).verdict == "answered"


def test_a_wrong_mark_is_mended_when_another_extract_proves_the_sentence() -> None:
    checked = verify("The fee is $5,000 a month [1].", QUESTION, EVIDENCE)
    assert (checked.verdict, checked.cited) == ("answered", (1,))
    assert checked.text == "The fee is $5,000 a month [1]."


def test_a_mark_that_names_no_extract_is_dropped() -> None:
    checked = verify("The fee is $5,000 a month [7].", QUESTION, EVIDENCE)
    assert checked.cited == (1,)


def test_sentences_that_fail_are_dropped_and_the_others_stay() -> None:
    checked = verify("The fee is $5,000 a month [2]. It rises to $7,000 in 2031 [2].", QUESTION, EVIDENCE)
    assert checked.verdict == "answered"
    assert "7,000" not in checked.text


def test_a_negation_that_the_document_lacks_is_not_believed() -> None:
    evidence = EVIDENCE[:2]
    assert verify("Either party may not terminate on written notice [1].", QUESTION, evidence).verdict == "not_found"


@pytest.mark.parametrize("reply", ["NOT FOUND", "Not found.", " not found in the extracts [1]", "“NOT FOUND”"])
def test_the_model_may_decline(reply: str) -> None:
    assert verify(reply, QUESTION, EVIDENCE).verdict == "not_found"


@pytest.mark.parametrize("reply", ["", "[1]", "...", " \n"])
def test_an_empty_reply_is_none(reply: str) -> None:
    assert verify(reply, QUESTION, EVIDENCE).verdict == "not_found"


def test_a_true_sentence_with_a_name_that_only_the_question_brought_becomes_the_quote_that_proves_it() -> None:
    question = read_question("What is the monthly fee of the Delta Corp contract?")
    checked = verify("The monthly fee of the Delta Corp contract is $5,000.", question, EVIDENCE)
    assert (checked.verdict, checked.cited) == ("quoted", (1,))
    assert checked.text == f"“{EVIDENCE[1].text}” [1]"


def test_a_word_that_the_question_writes_small_is_no_name() -> None:
    question = read_question("What is the governing law?")
    evidence = make_evidence("This Agreement is governed by the laws of Ohio.")
    assert verify("The Governing Law is the laws of Ohio [1].", question, evidence).verdict == "answered"


def test_a_name_with_a_capital_inside_must_be_proved_even_where_it_opens_the_sentence() -> None:
    evidence = make_evidence("The party assigns to its employer all copyrights in the works.")
    reply = "{} assigns to its employer all copyrights in the works [1]."
    assert verify(reply.format("QuillmarkCo"), QUESTION, evidence).verdict == "not_found"
    assert verify(reply.format("Party"), QUESTION, evidence).verdict == "answered"


@given(st.text(max_size=300))
def test_whatever_a_model_writes_every_fact_in_the_answer_stands_in_the_cited_words(reply: str) -> None:
    checked = verify(reply, QUESTION, EVIDENCE)
    if checked.verdict == "not_found":
        return
    proof = set(words(" ".join(EVIDENCE[at].text for at in checked.cited)))
    bare = checked.text
    for number in range(1, len(EVIDENCE) + 1):
        bare = bare.replace(f"[{number}]", "")
    assert facts_of(bare) <= proof


def guarded(reply: str) -> str:
    guard = StreamGuard(EVIDENCE)
    return "".join(guard.feed(character) for character in reply) + guard.finish()


def test_the_stream_shows_true_words_as_they_come() -> None:
    assert guarded("The fee is $5,000 a month [2].") == "The fee is $5,000 a month [2]."


def test_the_stream_closes_before_an_invented_fact_shows() -> None:
    assert guarded("The fee is $9,999 a month") == "The fee is "
    assert guarded("notice to Delta Corp") == "notice to "


def test_a_refusal_is_not_streamed() -> None:
    assert guarded("NOT FOUND") == ""


def test_a_yes_or_no_comes_with_the_clause_that_says_so() -> None:
    question = read_question("May either party terminate this Agreement?")
    checked = verify("Yes, either party may terminate this Agreement.", question, EVIDENCE)
    assert (checked.verdict, checked.cited) == ("answered", (0,))
    assert checked.text == f"Yes. “{EVIDENCE[0].text}” [1]"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("May the Supplier assign this Agreement?", "Yes, the Supplier may assign this Agreement."),
        ("May either party terminate this Agreement?", "No, either party may terminate this Agreement."),
    ],
)
def test_a_yes_or_no_that_the_clause_turns_round_is_not_believed(question: str, reply: str) -> None:
    assert verify(reply, read_question(question), EVIDENCE).verdict == "not_found"


@pytest.mark.parametrize(
    ("question", "clause", "reply", "believed"),
    [
        (
            "May the bank enter without a guide?",
            "The bank may enter only with a guide.",
            "Yes, the bank may enter.",
            False,
        ),
        (
            "May the bank enter without a guide?",
            "The bank may enter after notice with a guide.",
            "Yes, the bank may enter.",
            False,
        ),
        (
            "May the bank enter without a guide?",
            "The bank may enter without a guide.",
            "Yes, the bank may enter.",
            True,
        ),
        (
            "May the bank enter without a guide?",
            "The bank shall not enter without a guide.",
            "No, the bank shall not enter.",
            True,
        ),
        ("May the bank enter with a guide?", "The bank may enter only with a guide.", "Yes, the bank may enter.", True),
    ],
)
def test_yes_to_a_question_without_something_needs_a_clause_that_does_without(
    question: str, clause: str, reply: str, believed: bool
) -> None:
    checked = verify(reply, read_question(question), make_evidence(clause))
    assert (checked.verdict == "answered") is believed


def test_a_question_for_a_figure_is_not_answered_without_one() -> None:
    question = read_question("How long is the notice period to terminate?")
    assert verify("Either party may terminate on written notice.", question, EVIDENCE).verdict == "not_found"


@pytest.mark.parametrize(
    "reply",
    [
        "How much notice is needed to terminate?",
        "Either party may terminate under the conditions of the extracts.",
    ],
)
def test_a_reply_that_asks_or_speaks_of_its_extracts_is_no_answer(reply: str) -> None:
    assert verify(reply, QUESTION, EVIDENCE).verdict == "not_found"


def test_the_number_of_a_clause_is_no_answer() -> None:
    question = read_question("When does the lease end?")
    evidence = make_evidence("16.1 The lease ends when either party says so.")
    assert verify("The lease ends 16.1.", question, evidence).verdict == "not_found"


def test_words_that_only_the_question_brought_do_not_make_a_sentence_true() -> None:
    question = read_question("What is the expiration date of this contract?")
    evidence = make_evidence("This contract is made on July 1, 2015.")
    assert verify("The expiration date is July 1, 2015.", question, evidence).verdict == "not_found"


@pytest.mark.parametrize(
    ("text", "finish", "whole"),
    [
        ("The fee is $5. It rises to", "length", "The fee is $5."),
        ("The fee is five dollars and", "length", ""),
        ("The fee is $5. It rises", "stop", "The fee is $5. It rises"),
    ],
)
def test_a_sentence_that_the_limit_cut_off_is_dropped(text: str, finish: Finish, whole: str) -> None:
    assert whole_sentences(Generation(text, 1, 1, 0.0, finish)) == whole


@pytest.mark.parametrize(("kind", "agreed"), [("yes", True), ("yes-if", True), ("no", False), ("span", False)])
def test_a_models_yes_stands_only_where_the_reader_found_one(kind: DirectKind, agreed: bool) -> None:
    assert agrees("Yes, it may.", Exact(kind, 0.9, 0, 0, 0.0)) is agreed
    assert agrees("Sixty days [1].", Exact(kind, 0.9, 0, 0, 0.0)), "what is no yes or no is not a matter of kind"


def test_the_best_evidence_stands_first_whatever_the_model_names_first() -> None:
    turned = best_first(Verified("Sixty days [1], in writing [2].", "answered", (2, 0)))
    assert turned == Verified("Sixty days [2], in writing [1].", "answered", (0, 2))
