"""Reads the value of every document, contract by contract, and makes the rows of the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from ragnano.conflicts.families import Family, families
from ragnano.tasks.comparison.attributes import Attribute, attribute_named
from ragnano.tasks.comparison.conditions import Condition
from ragnano.tasks.comparison.finding import Finding, find_value
from ragnano.tasks.comparison.in_force import InForce, in_force, since
from ragnano.tasks.comparison.plan import Comparison
from ragnano.tasks.comparison.query import COMPARABLE
from ragnano.tasks.task_context import Tools
from ragnano.text.date_arithmetic import written
from ragnano.text.places import lies_in
from ragnano.types import Document, Evidence, Row


@dataclass(frozen=True, slots=True)
class Compared:
    """A contract with the finding in force; `matches` is whether it meets the condition, None if that is not known."""

    in_force: InForce
    matches: bool | None

    @property
    def finding(self) -> Finding:
        return self.in_force.finding


def read_all(
    comparison: Comparison, tools: Tools, today: date, on_progress: Callable[[int, int], None] | None = None
) -> list[Compared]:
    """Reads the attribute in each document. `on_progress` gets how many of how many documents have been read."""
    assert comparison.attribute is not None
    groups = families(comparison.documents, tools.catalogue)
    done, total = 0, len(comparison.documents)
    rows: list[Compared] = []
    for family in groups:
        if tools.cancelled():
            break
        rows += _compared(family, comparison, tools, today)
        done += 1 + len(family.amendments)
        if on_progress is not None:
            on_progress(done, total)
    return rows


def _compared(family: Family, comparison: Comparison, tools: Tools, today: date) -> Iterator[Compared]:
    attribute, condition = comparison.attribute, comparison.query.condition
    assert attribute is not None
    if comparison.governed_by and not _governed(family, comparison.governed_by, tools):
        return
    documents = (family.contract, *family.amendments)
    findings = [find_value(attribute, document, tools) for document in documents]
    chosen = in_force(findings, today if attribute.rate else None)
    finding = chosen.finding
    yield Compared(chosen, _matches(finding, attribute, condition))


def _matches(finding: Finding, attribute: Attribute, condition: Condition) -> bool | None:
    """Whether a finding meets the condition, None if that is not known. Without one, a value must be stated, or not."""
    if not finding.found:
        return True if not condition.yes and condition.empty else None
    if attribute.kind == "yes_no" or not condition.empty:
        return condition.met_by(finding.value)
    if finding.value.known or attribute.kind not in COMPARABLE:
        return condition.yes
    return None


def _governed(family: Family, places: Sequence[str], tools: Tools) -> bool:
    law = find_value(attribute_named("governing law"), family.contract, tools)
    return any(lies_in(own, place) for place in places for own in law.value.places)


class Citations:
    """Numbers the evidence of the rows, each sentence once, from 1."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []

    def number(self, evidence: Evidence) -> int:
        """Returns the evidence's number."""
        for at, other in enumerate(self.evidence, start=1):
            if other.hit.document.id == evidence.hit.document.id and other.spans == evidence.spans:
                return at
        self.evidence.append(evidence)
        return len(self.evidence)


def row_of(compared: Compared, citations: Citations) -> Row:
    """Returns a contract's row; its evidence gets numbers."""
    finding = compared.finding
    document = finding.document
    number = citations.number(finding.evidence) if finding.evidence else 0
    notes = [_computed(finding, citations)] if finding.note else []
    notes += [_other(finding, other, citations) for other in compared.in_force.others]
    return Row(
        document=document.id,
        path=document.path,
        title=document.title,
        value=finding.words,
        normalized=finding.value.normalized() if finding.value.known else "",
        citation=number,
        matches=compared.matches,
        note="; ".join(notes),
    )


def _computed(finding: Finding, citations: Citations) -> str:
    marks = "".join(f" [{citations.number(evidence)}]" for evidence in finding.support)
    return f"{finding.note}{marks}"


def _other(finding: Finding, other: Finding, citations: Citations) -> str:
    """Returns the words for a value that is not the one in force, and from when either counts."""
    assert other.evidence is not None
    own, theirs = since(finding), since(other)
    mark = f"[{citations.number(other.evidence)}]"
    name = PurePath(other.document.path).name
    if own and theirs and theirs > own:
        return f"from {written(theirs)}: {other.words} {mark} ({name})"
    return f"before{f' {written(own)}' if own else ''}: {other.words} {mark} ({name})"


def document_row(document: Document) -> Row:
    """Returns the row of a document that is only listed."""
    return Row(document.id, document.path, document.title, matches=True)
