"""Evidence in a language that the reader was not trained on is marked, however short its clauses are."""

import pytest

from ragnano.assistant import Assistant
from tests.conftest import add_text

GERMAN = """Der Auftragnehmer darf während der Vertragsdauer keine Nebentätigkeit für Wettbewerber ausüben.

Das Mitbringen von Hunden in die Werkstatt ist nicht gestattet.

Der Auftragnehmer kann seine Ansprüche nicht an Dritte abtreten."""
FRENCH = """Le Preneur ne peut pas sous-louer les locaux sans accord écrit du Bailleur.

Les animaux ne sont pas admis dans les locaux loués par le Preneur."""
ENGLISH = """The Contractor may not assign its claims to others without the consent of the Client.

Dogs are not permitted in the workshop."""
PRICES = """The prices for the goods are those of the list below and are subject to change.

Flour 12.50; rye 14.20; oats 9.80; barley 11.10; malt 13.00; yeast 4.20; salt 0.90; sugar 1.10"""


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (GERMAN, "Kann der Auftragnehmer seine Ansprüche an Dritte abtreten?"),
        (GERMAN, "Ist das Mitbringen von Hunden in die Werkstatt gestattet?"),
        (FRENCH, "Les animaux sont-ils admis dans les locaux ?"),
    ],
)
def test_a_short_clause_of_another_language_gets_no_yes_or_no(assistant: Assistant, text: str, question: str) -> None:
    add_text(assistant, text)
    answer = assistant.ask(question, model="none")
    assert answer.verdict == "quoted" and answer.direct is None


@pytest.mark.parametrize(
    ("text", "question"), [(ENGLISH, "Are dogs permitted in the workshop?"), (PRICES, "How much is rye and oats?")]
)
def test_english_and_its_price_lists_are_answered_directly(assistant: Assistant, text: str, question: str) -> None:
    add_text(assistant, text)
    assert assistant.ask(question, model="none").direct is not None
