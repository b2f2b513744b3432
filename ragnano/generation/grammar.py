"""The grammar an answer is written in: plain words, and only figures that stand in the extracts.

Digits come from the extracts, whole: a figure that no extract states cannot be written at all. Yes/no questions begin
with one of the two words. What Markdown, HTML and marks are made of is no word. GBNF, as llama.cpp reads it; knows no
engine. The number of the extract is not asked of the model: those of 135M and 0.5B parameters that must begin or end
with one choose the wrong extract or write nothing but numbers (LOG.md), and code finds it.
"""

import re
from collections.abc import Sequence

from ragnano.text.query import AnswerKind
from ragnano.types import Evidence

_FIGURE = re.compile(r"\d(?:[\d.,/:-]*\d)?")
_CHARACTER = r"[^0-9\x00-\x1F\x7F\[\]{}<>|*#`_\\]"


def figures_of(texts: Sequence[str]) -> list[str]:
    """Runs of digits with what stands inside them ("10,000", "8.2", "4/1/2024"), each once, longest first."""
    found = {figure for text in texts for figure in _FIGURE.findall(text) if figure.isascii()}
    return sorted(found, key=lambda figure: (-len(figure), figure))


def answer_grammar(evidence: Sequence[Evidence], kind: AnswerKind) -> str:
    """GBNF for an answer from these extracts."""
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
