"""Which questions are put to several documents, as the shipped models say: with their embedder and without."""

from collections.abc import Iterator

import pytest

from ragnano.models import open_embedder
from ragnano.settings import Settings
from ragnano.tasks.comparison.attributes import attributes
from ragnano.tasks.comparison.plan import LEAST_SEVERAL
from ragnano.tasks.comparison.recognition import NOTHING, OTHER, Recognised, Recogniser, word_features
from tests.conftest import FakeEmbedder

SEVERAL = [
    ("Which of my contracts end in 2027?", "list", "end date"),
    ("What is the notice period in each contract?", "list", "notice period"),
    ("Compare the liability caps of our supply agreements", "list", "liability cap"),
    ("How many contracts are governed by the law of Norway?", "count", "governing law"),
    ("Which contract has the longest notice period?", "greatest", "notice period"),
    ("Which supplier has the highest liability cap?", "greatest", "liability cap"),
    ("Which lease has the lowest rent?", "least", "charge"),
    ("Sort the supply agreements by end date, soonest first.", "order", "end date"),
    ("Add up the deposits in all the contracts", "sum", "deposit"),
]
ONE = [
    "What is the notice period?",
    "When does the lease end?",
    "How many days of holiday are there?",
    "What is the last day to give notice under the lease?",
    "Who pays the rent?",
    "Can the tenant terminate the contract?",
    "How much is the deposit in the Brackenfold lease?",
    "Which law governs the agreement?",
    "What happens if a party is late with more than one payment?",
    "Which document controls if this one and the Primary Agreement disagree?",
    "What happens to the smart contracts once this agreement is terminated?",
    "How much do we pay for each user license?",
    "Who covers the cost of handling customer orders?",
    "When does the cooperation come to an end?",
    "Who owns an invention that the parties make together?",
]


@pytest.fixture(scope="module")
def shipped() -> Iterator[Recogniser]:
    embedder = open_embedder(Settings())
    yield Recogniser.for_embedder(embedder)
    embedder.close()


@pytest.fixture(scope="module")
def words_alone() -> Recogniser:
    return Recogniser.for_embedder(FakeEmbedder())


def likeliest(recognised: Recognised) -> str:
    return max(recognised.attributes, key=recognised.attributes.__getitem__)


@pytest.mark.parametrize(("question", "operation", "attribute"), SEVERAL)
@pytest.mark.parametrize("models", ["shipped", "words_alone"])
def test_a_question_to_several_documents_is_recognised(
    models: str, question: str, operation: str, attribute: str, request: pytest.FixtureRequest
) -> None:
    recognised = request.getfixturevalue(models).recognise(question)
    assert recognised.several >= LEAST_SEVERAL and recognised.operation == operation
    assert likeliest(recognised) == attribute


@pytest.mark.parametrize("question", ONE)
@pytest.mark.parametrize("models", ["shipped", "words_alone"])
def test_a_question_to_one_document_is_told_from_them(
    models: str, question: str, request: pytest.FixtureRequest
) -> None:
    assert request.getfixturevalue(models).recognise(question).several < LEAST_SEVERAL


@pytest.mark.parametrize(
    ("question", "operation", "attribute"),
    [
        ("which landlords want the most notice", "greatest", "notice period"),
        ("how many did we have to pay a deposit for", "count", "deposit"),
        ("what are we paying in rent altogether", "sum", "charge"),
        ("who gives us the longest to pay", "greatest", "payment term"),
    ],
)
def test_no_word_for_documents_is_needed(shipped: Recogniser, question: str, operation: str, attribute: str) -> None:
    recognised = shipped.recognise(question)
    assert recognised.several >= LEAST_SEVERAL and recognised.operation == operation
    assert likeliest(recognised) == attribute


def test_a_condition_turned_round_is_told(shipped: Recogniser) -> None:
    assert shipped.recognise("Which of our contracts don't renew automatically?").negated >= 0.5
    assert shipped.recognise("Which of our contracts renew automatically?").negated < 0.5


def test_the_models_know_every_attribute_and_no_other(shipped: Recogniser) -> None:
    known = set(shipped.recognise("?").attributes)
    assert known == {attribute.name for attribute in attributes()} | {OTHER, NOTHING}


def test_names_and_figures_make_no_difference_to_the_words() -> None:
    one, other = (word_features(text) for text in ("does Orlin end in 2027?", "does Tarnhow end in 2031?"))
    assert (one == other).all()
