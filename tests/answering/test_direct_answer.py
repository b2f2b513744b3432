"""The direct answer: the exact words of the best evidence, or Yes or No as far as the document supports it."""

from dataclasses import replace

import numpy as np
import pytest

from ragnano.answering.direct_answer import direct_answer, without_doubtful_yes_or_no
from ragnano.evidence.answer_kind import answer_kind
from ragnano.evidence.answer_span import MOST_WORDS, _trimmed, exact_answer
from ragnano.models import KINDS, Reading
from ragnano.text.query import read_question
from ragnano.text.words import WORD, is_english
from ragnano.types import Citation, Direct, DirectKind, Evidence, Exact
from tests.conftest import make_evidence

NOTICE = "The Grower may end this lease by sixty (60) days' written notice to the Owner."
CONSENT = "The Grower may not sublet the shed, unless the Owner consents in writing."
HOW_LONG = "How long is the notice?"
MAY_SUBLET = "May the Grower sublet the shed?"


def reading_of(passage: str, answer: str, kind: DirectKind = "span") -> Reading:
    """Returns a reading that is certain of these words of the passage. A token is a word."""
    spans = tuple(match.span() for match in WORD.finditer(passage))
    start, end = passage.index(answer), passage.index(answer) + len(answer)
    begins = np.array([0.9 if a == start else 0.001 for a, _ in spans], dtype=np.float32)
    ends = np.array([0.9 if b == end else 0.001 for _, b in spans], dtype=np.float32)
    kinds = np.array([0.9 if own == kind else 0.025 for own in KINDS], dtype=np.float32)
    return Reading(3.0, kinds, begins, begins, ends, spans)


def evidence_of(text: str, exact: Exact | None) -> tuple[Evidence, ...]:
    return tuple(replace(item, exact=exact) for item in make_evidence(text))


def answered(question: str, text: str, words: str, kind: DirectKind = "span", sure: float = 0.9) -> Direct | None:
    start = text.index(words)
    found = evidence_of(text, Exact(kind, sure, start, start + len(words), 0.8))
    return direct_answer(read_question(question), found, cited(found))


def cited(evidence: tuple[Evidence, ...]) -> list[Citation]:
    return [
        Citation("0" * 64, "lease.txt", 1, item.text, 0, len(item.text), (), 0.9, number=number)
        for number, item in enumerate(evidence, start=1)
    ]


def test_the_likeliest_words_of_a_sentence_are_the_exact_answer() -> None:
    exact = exact_answer(reading_of(NOTICE, "sixty (60) days"), (0, len(NOTICE)), NOTICE, NOTICE)
    assert NOTICE[exact.start : exact.end] == "sixty (60) days"
    assert exact.kind == "span" and exact.score > 0.8


def test_words_of_another_sentence_are_not_taken() -> None:
    passage = f"{NOTICE} {CONSENT}"
    place = (len(NOTICE) + 1, len(passage))
    exact = exact_answer(reading_of(passage, "sixty (60) days"), place, CONSENT, CONSENT)
    assert exact.score < 0.1


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        (NOTICE, "sixty (60", "sixty (60)"),
        ("The Grower keeps copies (not more than five (5)) of it.", "five (5))", "five (5)"),
        ("It needs E.Grow's prior approval.", "Grow's prior approval", "E.Grow's prior approval"),
        ("The rate is 8.25 % a year.", "25 %", "8.25 %"),
        ("The rate is 8.25% a year.", "8.2", "8.25"),
        ("Paid to Net-Shed Ltd, on Monday.", "Shed Ltd,", "Net-Shed Ltd"),
        ("It ends in May. The Owner stays.", "May. The", "May. The"),
    ],
)
def test_the_words_are_whole_and_their_brackets_closed(text: str, found: str, whole: str) -> None:
    start = text.index(found)
    assert text[slice(*_trimmed(text, start, start + len(found)))] == whole


def test_an_exact_answer_is_never_a_whole_paragraph() -> None:
    long = "The Grower shall " + "water the plants and " * 20 + "lock the gate."
    exact = exact_answer(reading_of(long, long.rstrip(".")), (0, len(long)), long, long)
    assert len(WORD.findall(long[exact.start : exact.end])) <= MOST_WORDS


def test_the_answer_in_a_row_stands_in_one_of_its_cells() -> None:
    row, read_as = "A-2   12 m   655.00", "Berth: A-2, Length: 12 m, Summer: 655.00."
    exact = exact_answer(reading_of(read_as, "655.00"), (0, len(read_as)), read_as, row)
    assert row[exact.start : exact.end] == "655.00"


def test_the_direct_answer_is_words_of_the_first_citation() -> None:
    direct = answered(HOW_LONG, NOTICE, "sixty (60) days")
    assert direct == Direct("sixty (60) days", 1, "span", NOTICE.index("sixty"), NOTICE.index("sixty") + 15)


def test_a_no_comes_with_its_condition_in_the_documents_words() -> None:
    direct = answered(MAY_SUBLET, CONSENT, "unless the Owner consents in writing", "no-unless")
    assert direct is not None and direct.text == "No, unless the Owner consents in writing"


@pytest.mark.parametrize(
    ("text", "words", "kind", "said"),
    [
        (
            "The Agent may, upon reasonable notice, inspect the books.",
            "reasonable notice",
            "yes-if",
            "Yes, upon reasonable notice",
        ),
        (
            "The Grower may extend it by entering into a written addendum.",
            "written addendum",
            "yes-if",
            "Yes, by entering into a written addendum",
        ),
        (
            "Subject to the Owner's prior consent, the Grower shall not compete.",
            "Owner's prior consent",
            "no-unless",
            "No, subject to the Owner's prior consent",
        ),
    ],
)
def test_a_condition_begins_with_the_word_that_makes_it_one(text: str, words: str, kind: DirectKind, said: str) -> None:
    direct = answered("Is it allowed?", text, words, kind)
    assert direct is not None
    assert direct.text == said


def test_a_condition_that_is_a_sentence_stands_behind_a_colon() -> None:
    direct = answered(MAY_SUBLET, CONSENT, "the Owner consents in writing", "yes-if")
    assert direct is not None and direct.text == "Yes: the Owner consents in writing"


def test_a_plain_yes_never_stands_beside_a_denial() -> None:
    assert answered(MAY_SUBLET, CONSENT, "sublet", "yes") is None
    direct = answered("Is the Grower forbidden to sublet?", CONSENT, "sublet", "yes")
    assert direct is not None and direct.text == f"Yes: {CONSENT}"


def test_no_yes_or_no_is_stated_where_the_gate_doubts_that_the_documents_answer() -> None:
    found = evidence_of(CONSENT, Exact("no-unless", 0.9, CONSENT.index("unless"), len(CONSENT) - 1, 0.8))
    question = read_question(MAY_SUBLET)
    doubted = direct_answer(question, without_doubtful_yes_or_no(found, 0.25), cited(found))
    assert doubted is not None and doubted.kind == "span" and not doubted.text.startswith("No")
    trusted = direct_answer(question, without_doubtful_yes_or_no(found, 0.55), cited(found))
    assert trusted is not None and trusted.text.startswith("No, unless the Owner consents")


def test_a_yes_never_hides_a_condition_that_the_reader_took_no_notice_of() -> None:
    text = "The Grower may sublet the shed with the written consent of the Owner only."
    direct = answered(MAY_SUBLET, text, "sublet the shed", "yes")
    assert direct is not None
    assert (direct.text, direct.kind) == (f"Yes: {text}", "yes")
    text = "The Grower may sublet the shed."
    direct = answered(MAY_SUBLET, text, "sublet the shed", "yes")
    assert direct is not None and direct.text == "Yes"


def test_a_kind_that_the_reader_is_unsure_of_is_words_where_no_yes_or_no_was_asked_for() -> None:
    direct = answered(HOW_LONG, NOTICE, "sixty (60) days", "yes", sure=0.4)
    assert direct is not None and direct.kind == "span"


def test_a_short_sentence_is_shown_whole_where_its_words_are_unsure() -> None:
    unsure = evidence_of(NOTICE, Exact("span", 0.9, 0, 10, 0.01))
    assert direct_answer(read_question(HOW_LONG), unsure, cited(unsure)) == Direct(NOTICE, 1, "span", 0, len(NOTICE))
    numbered = evidence_of(f"4.2 {NOTICE}", Exact("span", 0.9, 0, 10, 0.01))
    direct = direct_answer(read_question(HOW_LONG), numbered, cited(numbered))
    assert direct is not None and direct.text == NOTICE, "its clause's number is no answer"


def test_where_no_words_answer_exactly_there_is_no_direct_answer() -> None:
    long = NOTICE + " The Owner confirms it, and the Grower leaves the shed clean, dry and empty."
    unsure = evidence_of(long, Exact("span", 0.9, 0, 10, 0.01))
    assert direct_answer(read_question(HOW_LONG), unsure, cited(unsure)) is None
    assert direct_answer(read_question(HOW_LONG), (), ()) is None


@pytest.mark.parametrize(
    "text",
    [
        "Der Pächter darf den Schuppen nicht untervermieten, es sei denn, dass die Eigentümerin schriftlich zustimmt.",
        "Le preneur ne peut pas sous-louer le hangar sans accord écrit du propriétaire, qui répond sous trente jours.",
        "El arrendatario no puede subarrendar la nave sin permiso escrito de la propietaria, que responde en un mes.",
        "De huurder mag de loods niet onderverhuren zonder schriftelijke toestemming van de eigenaar van het terrein.",
        "Il conduttore non può subaffittare il capannone senza il consenso scritto della proprietaria del terreno.",
    ],
)
def test_a_language_that_the_reader_has_not_learnt_gets_no_yes_or_no(text: str) -> None:
    assert not is_english(text)
    found = tuple(replace(item, foreign=True) for item in evidence_of(text, Exact("yes", 0.99, 0, 5, 0.9)))
    assert direct_answer(read_question("Darf er untervermieten?"), found, cited(found)) is None


LIKELY = {
    "yes": (0.02, 0.7, 0.05, 0.2, 0.03),
    "no": (0.02, 0.05, 0.7, 0.03, 0.2),
    "even": (0.02, 0.25, 0.25, 0.24, 0.24),
}


def test_a_yes_or_no_is_the_readers_and_the_sentences_own() -> None:
    assert answer_kind(LIKELY["yes"], "The Grower may paint the shed.")[0] == "yes"
    assert answer_kind(LIKELY["no"], "The Grower may not paint the shed.")[0] == "no"
    denied, sure = answer_kind(LIKELY["even"], "The Grower may not paint the shed.")
    assert denied == "no" and sure > 0.5, "where the reader cannot tell, a denial tells"


def test_what_restricts_the_sentence_makes_a_condition() -> None:
    assert answer_kind(LIKELY["even"], "The Grower may not paint the shed unless the Owner agrees.")[0] == "no-unless"


def test_an_answer_that_is_no_yes_or_no_is_words() -> None:
    assert answer_kind((0.9, 0.05, 0.03, 0.01, 0.01), "No animals may be kept.") == ("span", 0.9)


@pytest.mark.parametrize(
    "text",
    [
        "Nothing in this lease prevents the Grower from painting the shed.",
        "Neither side may end the lease early, but the Grower may leave when the shed burns down.",
        "The Owner shall not restrict the Grower's use of the shed.",
    ],
)
def test_a_denial_of_a_denial_is_never_sure(text: str) -> None:
    kind, sure = answer_kind(LIKELY["no"], text)
    assert not Exact(kind, sure, 0, 0, 0.0).says_yes_or_no


def test_what_is_not_sure_is_not_said() -> None:
    assert Exact("no", 0.9, 0, 0, 0.0).says_yes_or_no
    assert not Exact("no", 0.6, 0, 0, 0.0).says_yes_or_no
    assert not Exact("span", 0.9, 0, 0, 0.0).says_yes_or_no


SIGNED = (
    "This lease of the shed is signed for the Grower on the first page by Ada Quill and witnessed there by Ned Larch, "
    "her clerk."
)


@pytest.mark.parametrize("question", ["Who signed for the Grower?", "who has signed for a grower"])
def test_words_that_only_repeat_the_question_are_no_direct_answer(question: str) -> None:
    assert answered(question, SIGNED, "the Grower") is None
    direct = answered(question, SIGNED, "Ada Quill")
    assert direct is not None and direct.text == "Ada Quill"


def test_the_condition_of_an_unsure_yes_or_no_is_no_direct_answer() -> None:
    long = f"{CONSENT[:-1]}, and the Owner may refuse for any reason that a careful owner of a shed would have."
    assert answered(MAY_SUBLET, long, "unless the Owner consents in writing", "no-unless", 0.55) is None
    short = answered(MAY_SUBLET, CONSENT, "unless the Owner consents in writing", "no-unless", 0.55)
    assert short is not None and short.text == CONSENT


def test_a_bare_yes_beside_a_long_sentence_is_left_to_the_quote() -> None:
    long = (
        "The Owner's sign shall be fixed to the shed at places on which both agree, excluding the south wall, which is "
        "kept for one of the Grower's other suppliers."
    )
    assert answered("May the Owner put a sign on the south wall?", long, "excluding", "yes") is None
    short = answered("May the Grower keep tools in the shed?", "The Grower may keep tools in the shed.", "tools", "yes")
    assert short is not None and short.text == "Yes"
