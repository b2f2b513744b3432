"""Files that no given password opens: set aside, and asked for when all others are in. Asks nobody itself.

So a run that nobody sits by takes in everything else first. A password that opened one file is tried on the others
before anybody is asked again; it is kept as long as the run and nowhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document_builder import Job
from ragnano.errors import LoadError
from ragnano.types import ParsedDocument

Ask = Callable[[str, bool], str]
"""Gives a password for a file, "" to leave it locked; told its path, and whether the last one did not open it."""
Outcome = ParsedDocument | LoadError
"""What came of reading a file."""

NOT_OPENED = "no given password opens it"
"""What readers say of an encrypted file, and of an encrypted file inside another; tests hold them to it."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that was set aside: what came of reading it with the passwords of `job`."""

    job: Job
    outcome: Outcome


def is_locked(outcome: Outcome) -> bool:
    """Whether a password would give more of the file."""
    if isinstance(outcome, LoadError):
        return NOT_OPENED in str(outcome)
    return any(NOT_OPENED in (page.unreadable or "") for page in outcome.pages)


def unlocked(files: Sequence[Locked], ask: Ask, read: Callable[[Job], Outcome]) -> Iterator[Outcome]:
    """What comes of each file in the end, in order."""
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
