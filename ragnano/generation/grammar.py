"""The grammar of answers: plain words, and only figures that occur in the extracts.

Figures are copied from the extracts whole: one that no extract states cannot be generated. Answers to yes/no questions
begin with one of the two words. Characters of Markdown, HTML and citation numbers are excluded from words. The grammar
is GBNF, as llama.cpp parses it. The model is not asked for the extract's number: models of 135M and 0.5B parameters
that must begin or end with one choose the wrong extract or write nothing but numbers (LOG.md); code finds it instead.
"""

import re
from collections.abc import Sequence

from ragnano.text.query import AnswerKind
from ragnano.types import Evidence

_FIGURE = re.compile(r"\d(?:[\d.,/:-]*\d)?")
_CHARACTER = r"[^0-9\x00-\x1F\x7F\[\]{}<>|*#`_\\]"


def figures_of(texts: Sequence[str]) -> list[str]:
    """Runs of digits with their inner punctuation ("10,000", "8.2", "4/1/2024"), each once, longest first."""
    found = {figure for text in texts for figure in _FIGURE.findall(text) if figure.isascii()}
    return sorted(found, key=lambda figure: (-len(figure), figure))


def answer_grammar(evidence: Sequence[Evidence], kind: AnswerKind) -> str:
    """Returns the GBNF grammar for an answer from these extracts."""
    figures = figures_of([item.text for item in evidence])
    rules = [
        f"root ::= {'verdict ' if kind == 'yes_no' else ''}text",
        f"text ::= ({'figure? ' if figures else ''}char)+",
        f"char ::= {_CHARACTER}",
    ]
    if figures:
        rules.append("figure ::= " + " | ".join(f'"{figure}"' for figure in figures))
    if kind == "yes_no":
        rules.append('verdict ::= ("Yes" | "No") ", "')
    return "\n".join(rules) + "\n"
