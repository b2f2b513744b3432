"""Finds words in a question that refer back to earlier text: "it", "they", "that period", "the other party".

Works on text alone. A pronoun whose referent precedes it in the same question does not refer to earlier questions:
"Does the tenant lose its deposit if it leaves?" is complete by itself.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ragnano.conversations.question_slots import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PARTIES,
    PREPOSITIONS,
    QUESTION_WORDS,
    Token,
    tokens_of,
    without_times,
)
from ragnano.text.words import stem

Points = Literal["thing", "people", "person", "named", "whole", "other"]

_THING = {"it": False, "its": True, "itself": False}
_PEOPLE = {"they": False, "them": False, "their": True, "theirs": True, "themselves": False}
_PERSON = {"he": False, "him": False, "his": True, "she": False, "her": True, "hers": True}
_POINTING = frozenset("that this those these such".split())
# In "Is it possible to …" the "it" refers to nothing.
_EMPTY_IT = re.compile(
    r"\b(?:(?:is|was|be)\s+it|it\s+(?:is|was|be))\s+(?:\w+ly\s+)?(?:possible|allowed|permitted|legal|lawful|true|correct|"
    r"necessary|mandatory|compulsory|prohibited|forbidden|enough|sufficient|important|usual|customary)\s+"
    r"(?:to|that|for|if|whether)\b|\b(?:does|will|would|did)\s+it\s+(?:take|cost)\s+(?:\w+\s+){0,3}?to\b",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"\bthe\s+same(?=\s+(?:for|true|apply|applies|hold|holds|go|goes|thing|rules?)\b|\W*$)", re.IGNORECASE
)
_LAST_TWO = re.compile(r"\bthe\s+(?:former|latter)\b|\b(?:ones?|both|then)\b(?=\W*$)", re.IGNORECASE)
_OTHER = re.compile(r"\bother\s+(?:party|side|parties)\b", re.IGNORECASE)
_A_PARTY = re.compile(r"\b(?:a|each|either|one|any|every)\s+(?:party|side|of)\b", re.IGNORECASE)
_ELSE = re.compile(r"\belse\b", re.IGNORECASE)
_BEFORE_POINTING = AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | {"and", "or", "but", "if"}


class Anaphor(NamedTuple):
    """Characters [start, end) that refer back. `noun` is the stem of N in "that N"; `owns` is true for "its".

    `points` is the kind of referent: a thing, people or a person (pronouns), a thing "named" again, the "whole" of what
    was said, or an "other" thing, which can be asked about without naming the first.
    """

    start: int
    end: int
    points: Points
    noun: str = ""
    owns: bool = False


def anaphora_of(text: str) -> list[Anaphor]:
    """Returns the words that refer back, in order, except those whose referent is in the question itself."""
    tokens = tokens_of(without_times(text))
    empty = [found.span() for found in _EMPTY_IT.finditer(text)]
    found = [*_pronouns(text, tokens, empty), *_pointing(text, tokens), *_phrases(text)]
    return sorted(found)


def _pronouns(text: str, tokens: list[Token], empty: list[tuple[int, int]]) -> Iterator[Anaphor]:
    kinds: tuple[tuple[dict[str, bool], Points], ...] = ((_THING, "thing"), (_PEOPLE, "people"), (_PERSON, "person"))
    for at, token in enumerate(tokens):
        for words, points in kinds:
            if token.lower in words and not any(start <= token.start < end for start, end in empty):
                owns = words[token.lower]
                if not _has_antecedent(text, tokens, at, owns):
                    yield Anaphor(token.start, token.end, points, owns=owns)


def _has_antecedent(text: str, tokens: list[Token], at: int, owns: bool) -> bool:
    """Whether a noun precedes the pronoun; it must be in another clause unless the pronoun is possessive: in "when must
    the tenant return it?" the tenant is not "it"."""
    first = next((place for place in range(at) if _begins_noun(tokens, place)), None)
    if first is None:
        return False
    between = tokens[first + 1 : at]
    return (
        owns
        or any(token.lower in CONJUNCTIONS for token in between)
        or "," in text[tokens[first].end : tokens[at].start]
    )


def _begins_noun(tokens: list[Token], at: int) -> bool:
    if at + 1 >= len(tokens):
        return False
    word, following = tokens[at], tokens[at + 1]
    if at > 0 and word.text[0].isupper() and word.is_content:
        return True
    if not following.is_content:
        return False
    if word.lower in DETERMINERS - {"that", "this"} or word.lower in ("do", "does", "did"):
        return True
    plural = following.lower.endswith("s") and not following.lower.endswith("ss")
    return word.lower in AUXILIARIES and (at == 0 or plural)


def _pointing(text: str, tokens: list[Token]) -> Iterator[Anaphor]:
    for at, token in enumerate(tokens):
        before = tokens[at - 1].lower if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.lower == "there":
            # "Is there a cap" only asks whether something exists.
            if before not in AUXILIARIES and (after is None or after.lower not in AUXILIARIES):
                yield Anaphor(token.start, token.end, "whole")
        elif token.lower in _POINTING:
            if token.lower == "that" and before and after and before not in _BEFORE_POINTING:
                continue  # "the fees that are due"
            if after and (token.lower, after.lower) in {("such", "as"), ("those", "who"), ("those", "that")}:
                continue
            noun = stem(after.text) if after and after.is_content else ""
            if noun and any(stem(other.text) == noun for other in tokens[:at]):
                continue
            end = after.end if after and noun else token.end
            yield Anaphor(token.start, end, "named" if noun else "whole", noun)


def _phrases(text: str) -> Iterator[Anaphor]:
    for pattern in (_SAME, _LAST_TWO):
        for found in pattern.finditer(text):
            yield Anaphor(found.start(), found.end(), "whole")
    for pattern in (_OTHER, _ELSE):
        for found in pattern.finditer(text):
            if not _mentions_party(text[: found.start()]):
                yield Anaphor(found.start(), found.end(), "other")


def _mentions_party(text: str) -> bool:
    return bool(_A_PARTY.search(text)) or any(
        token.lower in PARTIES or (place and token.text[0].isupper() and token.is_content)
        for place, token in enumerate(tokens_of(text))
    )
