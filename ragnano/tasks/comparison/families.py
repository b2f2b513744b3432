"""Groups documents into contracts with their amendments, and decides which of their values is in force.

Nothing is settled in silence: the earlier values are named beside the one in force.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ragnano.conflicts.related_documents import amends
from ragnano.store import Catalogue
from ragnano.tasks.comparison.finding import Finding
from ragnano.text.query import read_question
from ragnano.types import Document

_EFFECTIVE = re.compile(
    r"\b(?:from|effective(?: as of| from)?|as (?:of|from)|starting|beginning|commencing|since)\b(?: on)? ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Family:
    """A contract and the documents that amend it, earliest first."""

    contract: Document
    amendments: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class InForce:
    """The finding that counts, and the findings that it replaced or that will replace it, latest first."""

    finding: Finding
    others: tuple[Finding, ...] = ()


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


def in_force(findings: Sequence[Finding], as_of: date | None) -> InForce:
    """Returns the finding in force on a day (None: the latest): the contract's, or that of its latest amendment.

    `findings` are the contract's and its amendments', earliest first; an amendment without a comparable value changes
    nothing.
    """
    first, *later = findings
    changes = [finding for finding in later if finding.found and finding.value.known]
    dated = [first, *sorted(changes, key=lambda finding: effective(finding) or date.min)]
    known = [finding for finding in dated if finding.found]
    if not known:
        return InForce(first)
    begun = [
        finding for finding in known if as_of is None or finding is first or (effective(finding) or as_of) <= as_of
    ]
    chosen = begun[-1] if begun else known[0]
    return InForce(chosen, tuple(finding for finding in reversed(known) if finding is not chosen))


def effective(finding: Finding) -> date | None:
    """Returns the day from which a finding counts: the one its sentence names after "from" or the like, or else its
    document's date."""
    text = finding.evidence.text if finding.evidence else ""
    for match in _EFFECTIVE.finditer(text):
        days = read_question(text[match.start() : match.end() + 24]).dates if len(text) > match.end() else ()
        if days:
            return date.fromisoformat(days[0])
    return date.fromisoformat(finding.document.date) if finding.document.date else None
