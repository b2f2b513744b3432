"""Documents without the sentences that answer their questions.

Whether a question has an answer can often be guessed from its words. Asked of the same document with and without the
answer it cannot, so a refusal is judged on both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from ragnano.evaluation.asked_labels import Label


def erased_text(text: str, passages: Iterable[str]) -> str:
    """`text` without any occurrence of the passages. White space counts for nothing in finding them.

    All are looked for in the whole text, so that of two that overlap nothing stays.
    """
    places = [place for place, character in enumerate(text) if not character.isspace()]
    squeezed = "".join(text[place] for place in places)
    gone = bytearray(len(text))
    for passage in passages:
        for start, end in _occurrences(squeezed, "".join(passage.split())):
            first, last = places[start], places[end - 1]
            gone[first : last + 1] = b"\1" * (last + 1 - first)
    return "".join(character for character, cut in zip(text, gone, strict=True) if not cut)


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """[start, end) of each place of `wanted`, which don't overlap; none of an empty text."""
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start, start + len(wanted)
        start = text.find(wanted, start + len(wanted))


def with_erased(
    labels: Sequence[Label], texts: Mapping[str, str], every: Iterable[Label]
) -> tuple[tuple[Label, ...], dict[str, str]]:
    """The questions, each answerable one followed by itself asked of its document erased, and all documents' texts.

    A document is erased once, of what answers any of `every` question about it.
    """
    answers: dict[str, list[str]] = {}
    for label in every:
        answers.setdefault(label.document, []).extend(label.passages)
    asked = [one for label in labels for one in ((label, _erased(label)) if label.answerable else (label,))]
    found = dict(texts)
    for name in {label.document: None for label in labels if label.answerable}:
        found[_name(name)] = erased_text(texts[name], answers.get(name, ()))
    return tuple(asked), found


def _erased(label: Label) -> Label:
    document = _name(label.document)
    return replace(label, id=f"{label.id}-x", document=document, gold=(), also=(), short="", direct="", erased=True)


def _name(document: str) -> str:
    return f"{PurePath(document).stem}.erased.txt"
