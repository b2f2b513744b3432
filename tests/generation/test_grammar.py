"""The grammar: which words a model can write at all."""

import pytest

from ragnano.generation.grammar import answer_grammar, figures_of
from tests.conftest import make_evidence

EVIDENCE = make_evidence(
    "The fee is $10,000, due on 4/1/2024 under Section 8.2.", 'He said "quote" \\ and {brace} in 10 days.'
)


def test_figures_are_whole_and_each_stands_once() -> None:
    assert figures_of([item.text for item in EVIDENCE]) == ["4/1/2024", "10,000", "8.2", "10"]


def test_only_figures_of_the_extracts_can_be_written() -> None:
    grammar = answer_grammar(EVIDENCE, "amount")
    assert 'figure ::= "4/1/2024" | "10,000" | "8.2" | "10"' in grammar
    assert "0-9" in grammar.split("char ::=")[1]


def test_without_figures_there_is_no_rule_for_them() -> None:
    assert "figure" not in answer_grammar(make_evidence("The laws of Ohio apply."), "place")


def test_a_yes_no_question_begins_with_one_of_the_two() -> None:
    assert answer_grammar(EVIDENCE, "yes_no").startswith("root ::= verdict text")
    assert answer_grammar(EVIDENCE, "other").startswith("root ::= text")


@pytest.mark.parametrize("text", ['"] | .* \n root ::= [0-9]+', "١٢٣ and ４２", "\\x00 5\\"])
def test_document_text_cannot_change_the_rules(text: str) -> None:
    grammar = answer_grammar(make_evidence(text), "other")
    assert [line.split(" ::=")[0] for line in grammar.splitlines()] in (
        ["root", "text", "char"],
        ["root", "text", "char", "figure"],
    )
