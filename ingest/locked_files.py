"""Sets aside the files that no given password opens, and asks for their passwords when all others are ingested.

An unattended run thus ingests everything else first. A password that opened one file is tried on the others before
anybody is asked again; it is kept for the run and nowhere else. The caller supplies the function that asks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document_builder import Job
from ragnano.errors import LoadError
from ragnano.types import ParsedDocument

Ask = Callable[[str, bool], str]
"""Returns a password for a file, "" to leave it locked; takes its path, and whether the last password failed."""
Outcome = ParsedDocument | LoadError
"""The result of reading a file."""

NOT_OPENED = "no given password opens it"
"""Part of the parsers' message about an encrypted file, or one inside another; tests check that they use it."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that was set aside: the outcome of reading it with the passwords of `job`."""

    job: Job
    outcome: Outcome


def is_locked(outcome: Outcome) -> bool:
    """Returns whether a password would make more of the file readable."""
    if isinstance(outcome, LoadError):
        return NOT_OPENED in str(outcome)
    return any(NOT_OPENED in (page.unreadable or "") for page in outcome.pages)


def unlocked(files: Sequence[Locked], ask: Ask, read: Callable[[Job], Outcome]) -> Iterator[Outcome]:
    """Yields the final outcome of each file, in order."""
    given: tuple[str, ...] = ()
    for file in files:
        job, outcome = file.job, file.outcome
        asked = False
        while is_locked(outcome):
            if set(given) <= set(job.options.passwords):
                password = ask(job.path, asked)
                if not password:
                    break
                given, asked = (password, *given), True
            job = replace(job, options=replace(job.options, passwords=(*given, *file.job.options.passwords)))
            outcome = read(job)
        yield outcome
