"""Splits a question in two parts ("how much and by when?"), so that each is answered, and combines the answers.

The second part depends on the first as a follow-up does and is completed in the same way.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ragnano.conversations.followup import read_followup
from ragnano.text.words import content_stems
from ragnano.types import Answer, Citation, Direct, Timings, TokenCount

MOST_PARTS = 3
_ASKING = r"(?:(?:by|on|at|for|from|until|within|to)\s+)?(?:what|who|whom|whose|when|where|which|how|why)\b"
_JOINT = re.compile(rf"(?:\s*,)?\s+and\s+(?={_ASKING})", re.I)
_ASKS = re.compile(rf"{_ASKING}|^\W*(?:is|are|can|may|must|does|do|will|shall|has|have)\b", re.I)
_OPENING = re.compile(rf"\W*{_ASKING}(?:\s+(?:much|many|long|soon|often|far|late))?\s*", re.I)
_MARK = re.compile(r"\[(\d{1,2})\]")
NOT_SAID = "{}: the documents don't say."
"""Ragnano's own words for a part that nothing answers."""


def parts_of(text: str) -> tuple[str, ...]:
    """Returns the questions that a text asks, each complete; the text alone if it is one question."""
    pieces = _JOINT.split(text.strip())
    if not 2 <= len(pieces) <= MOST_PARTS or not all(_ASKS.search(piece) for piece in pieces):
        return (text,)
    if not content_stems(pieces[0]):
        # In "How much and by when must it be paid?" the first part is only a question word.
        pieces[0] = f"{pieces[0]} {_OPENING.sub('', pieces[1], count=1)}"
    whole = [pieces[0].rstrip(" ?") + "?"]
    for piece in pieces[1:]:
        whole.append(read_followup(piece, whole[0]).text)
    return tuple(whole)


def together(question: str, parts: Sequence[str], answers: Sequence[Answer], receipt: str) -> Answer:
    """Combines the parts' answers, at least one of which succeeded. Citations are renumbered, each listed once."""
    citations: list[Citation] = []
    texts, directs = [], []
    for part, answer in zip(parts, answers, strict=True):
        if answer.verdict == "not_found":
            texts.append(NOT_SAID.format(part.rstrip(" ?")))
            continue
        numbers = _numbered(answer.citations, citations)
        texts.append(_MARK.sub(lambda mark, own=numbers: f"[{own.get(int(mark[1]), int(mark[1]))}]", answer.answer))  # type: ignore[misc]
        if answer.direct:
            directs.append(replace(answer.direct, citation=numbers[answer.direct.citation]))
    found = [answer for answer in answers if answer.verdict != "not_found"]
    first = found[0]
    return replace(
        first,
        question=question,
        answer="\n".join(texts),
        verdict="answered" if all(answer.verdict == "answered" for answer in answers) else "quoted",
        confidence=min(answer.confidence for answer in found),
        citations=tuple(citations),
        timings=Timings(
            round(sum(answer.timings.retrieve_s for answer in answers), 4),
            first.timings.first_token_s,
            round(sum(answer.timings.total_s for answer in answers), 4),
        ),
        tokens=TokenCount(
            sum(answer.tokens.prompt for answer in answers), sum(answer.tokens.answer for answer in answers)
        ),
        receipt=receipt,
        about=tuple(dict.fromkeys(path for answer in answers for path in answer.about)),
        conflicts=first.conflicts,
        direct=_joined(directs),
    )


def _joined(directs: Sequence[Direct]) -> Direct | None:
    """Returns the first with the words of all, each once."""
    words = dict.fromkeys(direct.text for direct in directs)
    return replace(directs[0], text="; ".join(words)) if directs else None


def _numbered(part_citations: Sequence[Citation], citations: list[Citation]) -> dict[int, int]:
    """Appends an answer's citations that are new; returns the mapping of its numbers to the new ones."""
    numbers_by_span = {(item.document, item.page, item.start, item.end): item.number for item in citations}
    numbers: dict[int, int] = {}
    for item in part_citations:
        place = (item.document, item.page, item.start, item.end)
        if item.number not in numbers:
            numbers[item.number] = numbers_by_span.get(place) or max([0, *numbers_by_span.values()]) + 1
        if place not in numbers_by_span:
            numbers_by_span[place] = numbers[item.number]
            citations.append(replace(item, number=numbers[item.number]))
    return numbers
