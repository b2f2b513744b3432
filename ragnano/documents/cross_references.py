"""Finds what a passage depends on: its whole clause, the sections it refers to and the definitions of its terms.

Works on the chunks of one document.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from ragnano.documents.locations import headings_in
from ragnano.text.word_lists import CLAUSE_WORD
from ragnano.types import Chunk, Reference

MOST_CLAUSE_CHARACTERS = 12_000
"""Limit for a clause: otherwise a document with few headings would be one clause."""

_NUMBER = r"(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z](?:-\d+)?)(?:\([a-zA-Z0-9]{1,4}\))*"
_REFERENCE = re.compile(
    r"\b(?P<kind>Sections?|Clauses?|Articles?|Paragraphs?|Exhibits?|Schedules?|Annex(?:es)?|Appendi(?:x|ces)|"
    rf"Attachments?)\s+(?P<numbers>{_NUMBER}(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|through|to)\s+){_NUMBER})*)(?!\w)"
)
# "Section 5 of the Securities Act" refers to another text.
_ELSEWHERE = re.compile(
    r"\s*(?:\([^)]{1,6}\))*\s*(?:,\s*)?(?:of|to|under|in)\s+(?:the|that|such|its)\s+(?!Agreement\b|Contract\b)"
)
_ATTACHED = ("exhibit", "schedule", "annex", "appendi", "attachment")
_HEAD = rf"(?:(?:{CLAUSE_WORD}|paragraph|part)\s+)?"

# Definitions of terms; the most reliable form comes first.
_MEANS = re.compile(
    r"[\"“](?P<term>[A-Z][^\"”\n]{1,58})[\"”]\s*(?:\([^)]{1,60}\)\s*)?"
    r"(?:,\s*[^,]{1,60},\s*)?(?:shall\s+|will\s+)?(?:means?|ha(?:ve|s) the meaning|refers?\s+to|includes?)\b"
)
_NAMED = re.compile(r"\([^()\"“”]{0,60}[\"“](?P<term>[A-Z][^\"”\n]{1,58}?)[,.]?[\"”][^()]{0,60}\)")


def clause_of(chunk: Chunk, chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """Returns the chunks of the clause that contains `chunk`, in reading order: its neighbours under the same headings.

    `chunks` are the document's, ordered by ordinal. A chunk without headings is a clause by itself.
    """
    place = next(at for at, other in enumerate(chunks) if other.ordinal == chunk.ordinal)
    first, last, size = place, place, len(chunk.text)
    while chunk.section:
        grown = False
        for at in (last + 1, first - 1):
            if 0 <= at < len(chunks) and chunks[at].section == chunk.section:
                size += len(chunks[at].text)
                if size > MOST_CLAUSE_CHARACTERS:
                    return tuple(chunks[first : last + 1])
                first, last, grown = min(first, at), max(last, at), True
        if not grown:
            break
    return tuple(chunks[first : last + 1])


def references_of(chunk: Chunk, chunks: Sequence[Chunk]) -> tuple[Reference, ...]:
    """Returns the clauses that `chunk` refers to and the definitions of its terms, each once, in the order of its text.

    References to what the document does not contain are left out, and so are those to `chunk` itself.
    """
    found = [*_sections(chunk, chunks), *_terms(chunk, chunks)]
    references: dict[tuple[str, int], Reference] = {}
    for _, reference in sorted(found, key=lambda item: item[0]):
        references.setdefault((reference.kind, reference.chunk.ordinal), reference)
    return tuple(references.values())


def _sections(chunk: Chunk, chunks: Sequence[Chunk]) -> Iterator[tuple[int, Reference]]:
    for match in _REFERENCE.finditer(chunk.text):
        if _ELSEWHERE.match(chunk.text, match.end()):
            continue
        kind = match["kind"].lower()
        attached = next((word for word in _ATTACHED if kind.startswith(word)), None)
        for number in re.findall(_NUMBER, match["numbers"]):
            target = _target(number, attached, chunks)
            if target is not None and target.ordinal != chunk.ordinal:
                singular = re.sub(r"(?<=appendi)ces$|(?<=annex)es$|s$", "", match["kind"], flags=re.IGNORECASE)
                singular = "Appendix" if singular.lower() == "appendi" else singular
                yield match.start(), Reference("section", f"{singular} {number}", target)


def _target(number: str, attached: str | None, chunks: Sequence[Chunk]) -> Chunk | None:
    """Returns the first chunk under the heading with this number or, without one, under the enclosing heading.

    "12.3(b)" may be under "12.3", and "12.3" under "12".
    """
    while number:
        head = rf"{attached}\w*\s+[\"“]?" if attached else _HEAD
        heading_pattern = re.compile(rf"{head}{re.escape(number)}(?![\w(]|\.\d)", re.IGNORECASE)
        for chunk in chunks:
            if any(heading_pattern.match(heading) for heading in headings_in(chunk.section)):
                return chunk
        shorter = re.sub(r"\([^()]*\)$|\.\d+$", "", number)
        number = shorter if shorter != number else ""
    return None


def _terms(chunk: Chunk, chunks: Sequence[Chunk]) -> Iterator[tuple[int, Reference]]:
    for term, home in definitions(chunks).items():
        if home.ordinal != chunk.ordinal:
            used = re.search(rf"(?<![\w\"“]){re.escape(term)}(?![\w\"”])", chunk.text)
            if used:
                yield used.start(), Reference("term", term, home)


def definitions(chunks: Iterable[Chunk]) -> dict[str, Chunk]:
    """Maps each defined term to the chunk that defines it; "X means" takes precedence over a name in parentheses."""
    found: dict[str, Chunk] = {}
    named: dict[str, Chunk] = {}
    for chunk in chunks:
        for match in _MEANS.finditer(chunk.text):
            found.setdefault(match["term"].strip(), chunk)
        for match in _NAMED.finditer(chunk.text):
            named.setdefault(match["term"].strip(), chunk)
    return {**named, **found}
