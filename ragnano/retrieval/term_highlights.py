"""Finds which words of a passage match a question, for highlighting. Works on text alone, without store or model."""

import re

from ragnano.text.query import Question, synonym_stems, synonyms
from ragnano.text.words import WORD, stem


def marks_of(text: str, question: Question) -> tuple[tuple[int, int], ...]:
    """Returns spans [start, end) of the words of `text` that the question asks for, in order and without overlaps.

    Words and their one-word synonyms match by stem. Quoted phrases, amounts, numbers and synonyms of several words
    match literally, ignoring case.
    """
    query_stems = {other for asked in question.stems for other in (asked, *synonym_stems(asked))}
    spans = [match.span() for match in WORD.finditer(text) if stem(match.group()) in query_stems]
    phrases = [*question.phrases, *question.exact, *(name for name in synonyms(question.text) if " " in name)]
    for phrase in phrases:
        pattern = r"\s+".join(map(re.escape, phrase.split()))
        spans += [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
