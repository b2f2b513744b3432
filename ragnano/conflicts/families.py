"""Groups documents into contracts with their amendments, and tells from when a passage counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ragnano.conflicts.related_documents import amends
from ragnano.store import Catalogue
from ragnano.text.query import read_question
from ragnano.types import Document, Evidence, Scope

_EFFECTIVE = re.compile(
    r"\b(?:from|effective(?: as of| from)?|as (?:of|from)|starting|beginning|commencing|since)\b(?: on)? ",
    re.IGNORECASE,
)
_LONGEST_DATE = 24
"""Characters after "from" in which a date must end."""


@dataclass(frozen=True, slots=True)
class Family:
    """A contract and the documents that amend it, earliest first."""

    contract: Document
    amendments: tuple[Document, ...] = ()


def families(documents: Sequence[Document], catalogue: Catalogue) -> list[Family]:
    """Returns every document once: as a contract, or as an amendment of the one contract that it amends."""
    amended: dict[str, list[Document]] = {}
    taken: set[str] = set()
    for later in documents:
        originals = [original for original in documents if amends(later, original, catalogue)]
        originals = [one for one in originals if not any(amends(one, other, catalogue) for other in originals)]
        if len(originals) == 1:
            amended.setdefault(originals[0].id, []).append(later)
            taken.add(later.id)
    return [
        Family(document, tuple(sorted(amended.get(document.id, ()), key=lambda one: (one.date or "", one.id))))
        for document in documents
        if document.id not in taken
    ]


def family_of(document: Document, catalogue: Catalogue, scope: Scope) -> Family:
    """Returns the contract that a document is or amends, with all its amendments in the scope."""
    documents = catalogue.documents(scope)
    contracts = [other for other in documents if amends(document, other, catalogue)]
    contracts = [one for one in contracts if not any(amends(one, other, catalogue) for other in contracts)]
    contract = contracts[0] if len(contracts) == 1 else document
    amendments = (other for other in documents if amends(other, contract, catalogue))
    return Family(contract, tuple(sorted(amendments, key=lambda one: (one.date or "", one.id))))


def effective(evidence: Evidence) -> date | None:
    """Returns the day from which a passage counts: the one that it names after "from" or the like, or else its
    document's date; None if neither is known."""
    text = evidence.text
    for match in _EFFECTIVE.finditer(text):
        after = text[match.start() : match.end() + _LONGEST_DATE]
        days = read_question(after).dates
        if days:
            return date.fromisoformat(days[0])
    document = evidence.hit.document
    return date.fromisoformat(document.date) if document.date else None
