"""ContractNLI (Koreeda and Manning, Findings of EMNLP 2021) as a test of groundedness.

The data set has non-disclosure agreements, and hypotheses that each agreement entails, contradicts or does not mention,
with the spans that show it. A rule turns each hypothesis into a yes/no question. What is not mentioned should be
refused; what is entailed should be answered with words of the labelled spans and not denied; what is contradicted
should not be affirmed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ragnano.evaluation.labelled_questions import LabelledQuestion

FILE = "dev.json"
_CATEGORIES: Mapping[str, tuple[str, Literal["", "yes", "no"]]] = {
    "Entailment": ("entailed", "yes"),
    "Contradiction": ("contradicted", "no"),
    "NotMentioned": ("not mentioned", ""),
}
_SMALL = re.compile(r"(?:A|All|An|Any|Each|Every|No|Some|The)\b")  # capitalised only as the first word
_SAYER = r"(?:the|this|each)\s+(?:agreement|contract|document|passage|text|extract)s?"
_VERB = r"(?:say|state|specif(?:y|ie)|provide|mention|require|allow|permit|prohibit|include|indicate)"
_YES = re.compile(rf"\W*(?:yes\b|{_SAYER}\s+(?:does\s+)?{_VERB}s?\b)", re.I)
# A "No" that opens a sentence of the agreement ("No licence is granted") is not a denial.
_NO = re.compile(rf"\W*(?:no\s*(?:[,.;:!]|$)|no,?\s+{_SAYER}\b|{_SAYER}\s+(?:does\s+not|doesn['’]t|do\s+not)\b)", re.I)


def is_nli(data: Path) -> bool:
    """Returns whether the folder has ContractNLI's form: dev.json, an object with documents."""
    path = data / FILE
    if not path.is_file():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    return isinstance(found, dict) and "documents" in found


def read_nli(data: Path) -> tuple[tuple[LabelledQuestion, ...], Mapping[str, str]]:
    """Returns a question for each agreement and hypothesis, and the agreements' texts by file name."""
    found = json.loads((data / FILE).read_text(encoding="utf-8"))
    texts = {_name(document): document["text"] for document in found["documents"]}
    questions = {label: question_of(entry["hypothesis"]) for label, entry in found["labels"].items()}
    return tuple(_questions(found["documents"], questions)), texts


def _name(document: Mapping[str, Any]) -> str:
    return f"{document['id']} {PurePosixPath(document['file_name']).stem}.txt"


def _questions(documents: list[dict[str, Any]], questions: Mapping[str, str]) -> Iterator[LabelledQuestion]:
    for document in documents:
        name, text, spans = _name(document), document["text"], document["spans"]
        for label, annotation in document["annotation_sets"][0]["annotations"].items():
            category, says = _CATEGORIES[annotation["choice"]]
            passages = tuple(text[start:end] for start, end in (spans[at] for at in annotation["spans"]))
            yield LabelledQuestion(f"{name}|{label}", questions[label], category, name, passages, (name,), says=says)


def question_of(hypothesis: str) -> str:
    """Returns a question that asks whether the agreement says what the hypothesis states."""
    statement = hypothesis.strip().rstrip(".")
    if _SMALL.match(statement):
        statement = statement[0].lower() + statement[1:]
    return f"Does the agreement say that {statement}?"


def affirms(answer: str) -> bool:
    """Returns whether an answer to such a question says yes: with that word, or by "the agreement says that …"."""
    return _YES.match(answer) is not None


def denies(answer: str) -> bool:
    """Returns whether an answer to such a question says no: with that word, or by "the agreement does not …"."""
    return _NO.match(answer) is not None
