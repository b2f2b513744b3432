"""Makes copies of documents without the sentences that answer their questions.

Whether a question has an answer can often be guessed from its words. Asking it of the same document with and without
the answer rules that out, so refusals are judged on both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from ragnano.evaluation.asked_labels import Label


def erased_text(text: str, passages: Iterable[str]) -> str:
    """Returns `text` without any occurrence of the passages, ignoring white space when searching for them.

    All passages are searched for in the original text, so that nothing stays of two that overlap.
    """
    places = [place for place, character in enumerate(text) if not character.isspace()]
    squeezed = "".join(text[place] for place in places)
    gone = bytearray(len(text))
    for passage in passages:
        for start, end in _occurrences(squeezed, "".join(passage.split())):
            first, last = places[start], places[end - 1]
            gone[first : last + 1] = b"\1" * (last + 1 - first)
    return "".join(character for character, cut in zip(text, gone, strict=True) if not cut)


def _occurrences(text: str, passage: str) -> Iterator[tuple[int, int]]:
    """Yields [start, end) of each non-overlapping occurrence of `passage`; nothing when `passage` is empty."""
    start = text.find(passage) if passage else -1
    while start >= 0:
        yield start, start + len(passage)
        start = text.find(passage, start + len(passage))


def with_erased(
    labels: Sequence[Label], texts: Mapping[str, str], every: Iterable[Label]
) -> tuple[tuple[Label, ...], dict[str, str]]:
    """Returns the questions, each answerable one followed by its erased copy, and the texts of all documents.

    A document is erased once: everything that answers any of `every` question about it is removed.
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
