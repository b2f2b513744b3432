"""Retrieval: which rankers apply, how their votes add up, and which documents a question is about."""

import numpy as np
import pytest

from ragnano.assistant import Assistant
from ragnano.retrieval.document_filter import narrow
from ragnano.retrieval.retriever import RRF_K, fuse, lexical_expressions
from ragnano.text.query import read_question
from ragnano.types import Scope
from tests.conftest import add_text


def test_votes_add_up_by_reciprocal_rank_and_ties_go_by_id() -> None:
    fused = fuse({"words": [3, 1], "dense": [3, 2]})
    assert [identifier for identifier, _ in fused] == [3, 1, 2]
    assert fused[0][1] == pytest.approx(2 / (RRF_K + 1))


def test_a_chunk_that_two_rankers_like_beats_one_that_a_single_ranker_loves() -> None:
    assert fuse({"words": [1, 2], "dense": [3, 2]})[0][0] == 2


def test_the_words_of_a_question_are_searched_with_their_synonyms() -> None:
    question = read_question("Can we terminate the agreement early?")
    assert "cancel" in lexical_expressions(question)["words"]
    assert "cancel" not in lexical_expressions(question, with_synonyms=False)["words"]


def test_amounts_phrases_and_section_numbers_are_searched_exactly() -> None:
    exact = lexical_expressions(read_question('Does Section 8.2 say "net sales" or $5,000?'))["exact"]
    assert "section :" in exact and "net sales" in exact and "5,000" in exact


@pytest.mark.parametrize(
    "text", ['"unbalanced', "a AND", "NEAR(", "x*", "col:umn", "- ^ ( )", "what is a 'b'?", "§ 4 – ½"]
)
def test_no_question_breaks_the_index(assistant: Assistant, text: str) -> None:
    add_text(assistant, "The fee is due.")
    assistant.search(text + " fee")


def test_hits_say_how_each_ranker_placed_them(assistant: Assistant) -> None:
    add_text(assistant, "The fee is due monthly.\n\nThe lease covers the office.\n\nNotices go by post.")
    first = assistant.search("When is the fee due?")[0]
    assert first.chunk.text == "The fee is due monthly."
    assert first.ranks["words"] == 1 and first.ranks["dense"] == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("合同期限是多久？", "本合同自双方签字之日起生效，合同期限为三年。"),
        ("支払の期限はいつですか", "支払期限は翌月末とする。"),
        ("계약 기간은?", "본 계약기간은 삼년으로 한다."),
    ],
)
def test_words_that_no_space_parts_are_found_inside_their_sentence(
    assistant: Assistant, question: str, expected: str
) -> None:
    add_text(
        assistant, "乙方应当在收到发票后支付货款。\n\n第三者に譲渡してはならない。\n\n대금을 지급한다.\n\n" + expected
    )
    first = assistant.search(question)[0]
    assert first.chunk.text == expected
    assert first.ranks["words"] == 1


def test_words_inside_sentences_are_found_in_the_scope_alone(assistant: Assistant) -> None:
    add_text(assistant, "合同期限为三年。", name="one.txt")
    add_text(assistant, "价款为十万元。", name="two.txt")
    other = assistant.catalogue.resolve("two.txt").id
    assert assistant.catalogue.holding(["合同"], Scope(documents=(other,)), 5) == []
    assert len(assistant.catalogue.holding(["合同", "期限"], Scope(), 5)) == 1
    assert assistant.catalogue.holding([], Scope(), 5) == []


def named(assistant: Assistant, question: str) -> list[str]:
    narrowed = narrow(read_question(question), assistant.catalogue, Scope())
    return [document.path.rsplit("/", 1)[-1] for document in narrowed.about]


@pytest.fixture
def three(assistant: Assistant) -> Assistant:
    add_text(assistant, "Fees are due.", name="acme-beta-supply.txt", parties=("Acme Metals Inc.", "Beta Corp."))
    add_text(assistant, "Rent is due.", name="lease-2020.txt", title="Office Lease", parties=("Gamma Estates LLC",))
    add_text(assistant, "Made between Delta Foods and Omega Tools.\n\nSecrets stay secret.", name="nda.txt")
    return assistant


@pytest.mark.parametrize(
    ("question", "files"),
    [
        (
            "In the Supply Agreement between Acme Metals Inc. and Beta Corp.: when are fees due?",
            ["acme-beta-supply.txt"],
        ),
        ("What does Gamma Estates LLC charge?", ["lease-2020.txt"]),
        ("What did Delta Foods promise?", ["nda.txt"]),
        ("In the Secrecy Deed between DELTA FOODS INC. and OMEGA TOOLS CORPORATION: what is secret?", ["nda.txt"]),
        ("When are fees due?", []),
        ("What does Zeta Motors pay?", []),
    ],
)
def test_a_question_is_narrowed_to_the_documents_that_bear_its_names(
    three: Assistant, question: str, files: list[str]
) -> None:
    assert named(three, question) == files


LOAN = (
    "“Kestrel Bank” is the bank. “Prime Rate” means a rate, and Prime Rate changes have caused a new rate. Made by "
    "Sigma Barges Inc., a New York corporation (“Sigma”), as Borrower."
)


@pytest.mark.parametrize(
    "question",
    [
        "What does Prime Rate mean?",  # a term that the document defines
        "Does anybody pay after dismissal for Cause?",  # a word that occurs inside others, in lower case
        "Which agreements are governed by the law of New York?",  # a place that occurs in somebody's address
        "May the Borrower prepay?",  # a party's role
    ],
)
def test_words_with_capitals_that_are_nobodys_name_leave_the_question_and_its_scope_alone(
    three: Assistant, question: str
) -> None:
    add_text(three, LOAN, name="loan.txt")
    narrowed = narrow(read_question(question), three.catalogue, Scope())
    assert (narrowed.about, narrowed.focus) == ((), question)


def test_a_name_counts_although_the_document_shortens_it_too_and_a_place_stands_beside_it(three: Assistant) -> None:
    add_text(three, LOAN, name="loan.txt")
    assert named(three, "Must Sigma pay?") == ["loan.txt"]
    assert named(three, "Does the law of New York govern the agreement of Sigma?") == ["loan.txt"]


def test_a_term_in_quotation_marks_does_not_hide_the_name_beside_it(three: Assistant) -> None:
    assert named(three, 'What does "EBITDA" mean in the agreement of Delta Foods?') == ["nda.txt"]
    assert named(three, 'What does "EBITDA" mean to Delta?') == ["nda.txt"]


def test_a_name_in_small_letters_narrows_where_no_other_document_says_it(three: Assistant) -> None:
    assert named(three, "does acme pay fees?") == ["acme-beta-supply.txt"]
    add_text(three, "The acme of skill.", name="skill.txt")
    assert named(three, "does acme pay fees?") == []
    assert named(three, "what does gamma charge?") == ["lease-2020.txt"]


def test_a_file_name_in_small_letters_narrows_but_not_by_its_ordinary_words(three: Assistant) -> None:
    add_text(three, "Pallow Fleet Limited lets it. The Hire of a vehicle is dear.", name="pallow-vehicle-hire.txt")
    assert named(three, "what does pallow want for it?") == ["pallow-vehicle-hire.txt"]
    assert named(three, "what does a vehicle cost?") == []
    assert named(three, "what is the hire?") == []
    add_text(three, "The Berth as defined here is free.", name="berth.txt")
    assert named(three, "is the berth free?") == [], "the small word is no legal form"


def test_a_name_of_two_words_at_the_head_of_a_glued_file_name_narrows(three: Assistant) -> None:
    add_text(three, "Fees are due here.", name="NordicEnergyEmissionsCorp_2008.txt", title="License")
    add_text(three, "Fees are due there.", name="b.txt", title="Letter", parties=("Marsh Energy Cooperative",))
    assert named(three, "Which fees does Nordic Energy take?") == ["NordicEnergyEmissionsCorp_2008.txt"]


def test_the_word_for_a_part_of_a_document_is_no_name(three: Assistant) -> None:
    add_text(three, "Section 2 Fees\n\nFees are due here.", name="sections.txt", title="Fees")
    assert named(three, "What did Section 2 of the agreement of Delta Foods change?") == ["nda.txt"]


def test_a_place_in_a_documents_own_title_narrows(three: Assistant) -> None:
    add_text(three, "Rent is due there.", name="other.txt", title="Delaware Lease")
    assert named(three, "When is rent due under the Delaware lease?") == ["other.txt"]


@pytest.mark.parametrize(
    ("question", "files"),
    [
        ("What does lease-2020.txt say about rent?", ["lease-2020.txt"]),
        ("What is due under the agreement dated May 5, 2019?", ["dated.txt"]),
        ("What is due under the agreement of the 5th day of May, 2019?", ["dated.txt"]),
        ("What happens on June 1, 2033?", []),
    ],
)
def test_a_file_name_or_the_date_a_document_bears_narrows_too(
    three: Assistant, question: str, files: list[str]
) -> None:
    add_text(three, "Goods are due.", name="dated.txt", title="Agreement", date="2019-05-05")
    assert named(three, question) == files


def test_a_name_at_the_head_of_a_glued_file_name_and_no_other_word_of_its_stem_narrows(three: Assistant) -> None:
    add_text(three, "Made by Federal Office.\n\nFees are due.", name="other.txt")
    add_text(three, "Fees are due here.", name="FEDERATEDSECURITIESINC_2020.txt", title="Amendment")
    assert named(three, "Which fees does Federated take?") == ["FEDERATEDSECURITIESINC_2020.txt"]


def test_a_glued_file_name_that_begins_with_an_ordinary_word_is_no_matter(three: Assistant) -> None:
    add_text(three, "Fees are due here.", name="SUPPLYAGREEMENTS_AGREEMENTFORM.txt", title="Form")
    question = "In the Supply Agreement between Acme Metals Inc. and Beta Corp.: when are fees due?"
    assert named(three, question) == ["acme-beta-supply.txt"]


def test_only_the_files_own_name_is_left_out_of_the_question(three: Assistant) -> None:
    question = "How much is the deposit in lease-2020.txt and when is it due?"
    narrowed = narrow(read_question(question), three.catalogue, Scope())
    assert [document.path for document in narrowed.about] == ["/docs/lease-2020.txt"]
    assert narrowed.focus == "How much is the deposit in and when is it due?"


def test_a_file_name_is_left_out_of_the_search_inside_it(three: Assistant) -> None:
    narrowed = narrow(read_question("In lease-2020.txt: when is rent due?"), three.catalogue, Scope())
    assert "rent" in narrowed.focus and "lease-2020" not in narrowed.focus


def test_when_several_documents_fit_as_well_all_of_them_are_asked_and_named(three: Assistant) -> None:
    add_text(three, "Rent is due, too.", name="lease-2021.txt", title="Office Lease", parties=("Gamma Estates LLC",))
    found = three.find("What rent does Gamma Estates LLC charge?")
    assert sorted(document.path for document in found.about) == ["/docs/lease-2020.txt", "/docs/lease-2021.txt"]


def test_a_question_that_names_no_document_searches_all(three: Assistant) -> None:
    narrowed = narrow(read_question("When is rent due?"), three.catalogue, Scope("default"))
    assert (narrowed.scope, narrowed.about) == (Scope("default"), ())


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("In the Supply Agreement between Acme Metals Inc. and Beta Corp.: when are fees due?", "when are fees due?"),
        ("What does Gamma Estates LLC charge for rent?", "What does charge for rent?"),
        ("What did Delta Foods promise?", "What did promise?"),
    ],
)
def test_names_that_say_which_document_are_left_out_of_the_search_inside_it(
    three: Assistant, question: str, focus: str
) -> None:
    assert narrow(read_question(question), three.catalogue, Scope()).focus == focus


def test_the_question_vector_has_unit_length(assistant: Assistant) -> None:
    assert np.linalg.norm(assistant.embedder.embed_query("fee")) == pytest.approx(1)
