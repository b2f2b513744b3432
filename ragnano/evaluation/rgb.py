"""RGB (Chen et al., AAAI 2024) as a test of robustness to noise.

It tests three things: whether the right passage is found among noise, whether the answer follows the passages even
where they contradict the world, and whether a question is refused when there is only noise. A line of `en_fact.jsonl`
has a query, its answer and a false one, passages with the true answer ("positive"), the same passages with the false
one ("positive_wrong"), and others ("negative").
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ragnano.evaluation.answer_checks import holds
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.evaluation.labels import read_lines

FILE = "en_fact.jsonl"
RIGHT = "right among noise"
FALSE = "counterfactual among noise"
NOISE = "noise alone"


def read_rgb(data: Path) -> tuple[tuple[LabelledQuestion, ...], Mapping[str, str]]:
    """Returns up to three questions a line, and the passages as texts by file name (a hash of the text).

    Each question is asked of its own noise and at most one passage that answers it: the first that contains the answer.
    Noise that contains the true or the false answer is left out, and so is a question without noise or passage.
    """
    texts: dict[str, str] = {}
    items = [asked for line in read_lines(data / FILE) for asked in _questions(line, texts)]
    return tuple(items), texts


def _questions(line: Mapping[str, Any], texts: dict[str, str]) -> Iterator[LabelledQuestion]:
    true, false = _alternatives(line["answer"]), _alternatives(line["fakeanswer"])
    noise = [text for text in line["negative"] if not holds(text, (*true, *false))]
    names = tuple(_add(text, texts) for text in noise)
    if not names:
        return
    for category, passages, expected in ((RIGHT, line["positive"], true), (FALSE, line["positive_wrong"], false)):
        passage = next((text for text in passages if holds(text, expected)), None)
        if passage is not None:
            name = _add(passage, texts)
            identifier = f"{line['id']}|{category}"
            asked_of = (name, *names)
            yield LabelledQuestion(
                identifier, line["query"], category, name, (passage,), asked_of, "verbatim", expected
            )
    yield LabelledQuestion(f"{line['id']}|{NOISE}", line["query"], NOISE, "", (), names)


def _alternatives(answer: str | Sequence[Any]) -> tuple[str, ...]:
    """Flattens an answer's nested lists of wordings."""
    if isinstance(answer, str):
        return (answer,)
    return tuple(wording for part in answer for wording in _alternatives(part))


def _add(text: str, texts: dict[str, str]) -> str:
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
    texts[name] = text
    return name
