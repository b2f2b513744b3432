"""Decides which of the values of a contract and its amendments is in force; the others are named beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ragnano.conflicts.families import effective
from ragnano.tasks.comparison.finding import Finding

LEAST_SURE_OF_CHANGE = 0.3
"""An amendment is silent about most things, so what is read in it must be surer than in its contract. By judgement."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The finding that counts, and those that it replaced or that will replace it, latest first."""

    finding: Finding
    others: tuple[Finding, ...] = ()


def in_force(findings: Sequence[Finding], as_of: date | None) -> InForce:
    """Returns the finding in force on a day (None: the latest): the contract's, or that of its latest amendment.

    `findings` are the contract's and its amendments', earliest first; an amendment without a comparable value changes
    nothing.
    """
    first, *later = findings
    changes = [finding for finding in later if finding.value.known and finding.sure >= LEAST_SURE_OF_CHANGE]
    known = [first] if first.found else []
    known += sorted(changes, key=lambda finding: since(finding) or date.min)
    if not known:
        return InForce(first)
    begun = [finding for finding in known if as_of is None or finding is first or (since(finding) or as_of) <= as_of]
    chosen = begun[-1] if begun else known[0]
    return InForce(chosen, tuple(finding for finding in reversed(known) if finding is not chosen))


def since(finding: Finding) -> date | None:
    """Returns the day from which a finding counts, None if it is not known."""
    return effective(finding.evidence) if finding.evidence else None
