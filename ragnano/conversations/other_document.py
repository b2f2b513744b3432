"""Finds the document that "the other one" means: one of the same sort that the last answer does not come from."""

import re
from dataclasses import dataclass

from ragnano.conversations.question_slots import slots_of
from ragnano.conversations.substitution import sentence
from ragnano.retrieval.document_filter import title_stems
from ragnano.store import Catalogue
from ragnano.text.words import content_stems, fold
from ragnano.types import Document, Scope, Turn

_OTHER_ONE = re.compile(
    r"(?:and|but|or|what about|how about|in|under|for|of|with|[,\s])*the other (?P<noun>ones?|[a-z]+)\W*", re.IGNORECASE
)
_ANY_DOCUMENT = frozenset("one ones contract contracts agreement agreements document documents file files".split())


@dataclass(frozen=True, slots=True)
class OtherReading:
    """The question that "and the other one?" asks, and the documents that can be meant."""

    text: str
    documents: tuple[Document, ...]


def read_other(asked: str, before: Turn, catalogue: Catalogue, scope: Scope) -> OtherReading | None:
    """Returns the last question as asked of the other document; None if `asked` means none, or there is none.

    If several can be meant, the question asks each of them.
    """
    found = _OTHER_ONE.fullmatch(fold(asked))
    if not found or before.answer is None:
        return None
    question = before.read_as
    slot = next((slot for slot in reversed(slots_of(question)) if slot.kind == "document"), None)
    noun = found["noun"].lower()
    if noun in _ANY_DOCUMENT and slot is not None:
        noun = question[slot.start : slot.end].split()[-1].lower()
    cited = {citation.document for citation in before.answer.citations}
    others = [document for document in catalogue.documents(scope) if document.id not in cited]
    if noun not in _ANY_DOCUMENT:
        others = [document for document in others if set(content_stems(noun)) <= title_stems(document)]
    if not others or not cited:
        return None
    determiner = "this" if len(others) == 1 else "each"
    if slot is not None:
        noun = noun if noun not in ("one", "ones") else "document"
        question = f"{question[: slot.start]}{determiner} {noun}{question[slot.end :]}"
    return OtherReading(sentence(question), tuple(others))
