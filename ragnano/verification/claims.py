"""What a sentence claims, and whether a text says so: figures, names, negation, and most of its words.

Words with a digit and capitalised words must stand in the text as they are; figures must be the same by value and unit
("60 days" where it says "sixty (60) days", never where it says 60 months); a name of several words must stand there in
one piece; nothing may be denied that the text affirms, nor affirmed that it denies. Knows neither store nor model.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ragnano.text.quantities import values_of
from ragnano.text.query import AnswerKind, Question, synonym_stems
from ragnano.text.words import STOPWORDS, content_stems, stem, words

TOKEN = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")

SUPPORT = 0.6
"""Least share of a sentence's content stems that must stand in its evidence (set by judgement)."""
BROUGHT = 0.5
"""The same, of those among them that are the question's."""

_NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|none|cannot|without|prohibited|unless|except)\b|n['’]t\b", re.I)
_DENIAL = re.compile(
    r"\b(?:shall|may|must|will|can|do|does|did|is|are|was|were|has|have|had|would|should|could)\s+not\b"
    r"|\bcannot\b|n['’]t\b|\b(?:neither|no)\s+(?:party|person|\w+)\s+(?:shall|may|will|must|can)\b",
    re.I,
)
_FORBIDDEN = re.compile(r"\b(?:prohibited|forbidden|no (?:right|obligation|liability)|in no event|nothing)\b", re.I)
_AFTER_DENIAL = 4  # content words after a denial among which what it denies is looked for
_WITH_UNIT: tuple[AnswerKind, ...] = ("duration", "amount", "share", "date")


def is_supported(sentence: str, question: Question, texts: Iterable[str], given: frozenset[str] = frozenset()) -> bool:
    """Whether everything the sentence claims stands in the texts. Words in `given` need no proof."""
    proof = " ".join(texts)
    return (
        facts_of(sentence) - given <= set(words(proof))
        and _figures(sentence) <= _figures(proof)
        and all(f" {name} " in f" {_words_of(proof)} " for name in names_of(sentence) if not set(name.split()) & given)
        and not _turned_round(sentence, proof)
        and _words_known(sentence, proof, question)
    )


def facts_of(text: str) -> set[str]:
    """Words that must be proved: those with a digit, and capitalised ones.

    A single one that opens the text is ordinary, unless it has a capital inside ("ExxonMobil").
    """
    tokens = list(TOKEN.finditer(text))
    found = set()
    for at, match in enumerate(tokens):
        token = match.group()
        if any(character.isdigit() for character in token) or (
            token[0].isupper() and (at > 0 or _next_is_capital(tokens, at) or token[1:] != token[1:].lower())
        ):
            found.update(words(token))
    return found


def _next_is_capital(tokens: Sequence[re.Match[str]], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].group()[0].isupper()


def names_of(text: str) -> list[str]:
    """Names of two words and more, as words in lower case: "ironvale systems". What opens the text is left out."""
    tokens = list(TOKEN.finditer(text))
    runs: list[list[str]] = []
    last = -2
    for at, match in enumerate(tokens):
        if at == 0 or not match.group()[0].isupper():
            continue
        beside = last == at - 1 and not text[tokens[at - 1].end() : match.start()].strip()
        if beside:
            runs[-1] += words(match.group())
        else:
            runs.append(words(match.group()))
        last = at
    return [" ".join(run) for run in runs if len(run) > 1]


def _words_of(text: str) -> str:
    return " ".join(words(text))


def _figures(text: str) -> set[tuple[str, str]]:
    """Figures that have a unit, by value."""
    return {(value.unit, str(value.value)) for kind in _WITH_UNIT for value in values_of(text, kind)}


def _turned_round(sentence: str, proof: str) -> bool:
    """Whether the sentence denies where the proof holds no negation, or affirms what the proof only denies."""
    if _NEGATION.search(sentence) and not _NEGATION.search(proof):
        return True
    if _NEGATION.search(sentence):
        return False
    claimed, denied, said = set(content_stems(sentence)), list(_denied(proof)), [stem(word) for word in words(proof)]
    return any(one in claimed and said.count(one) == denied.count(one) for one in denied)


def denies(text: str) -> bool:
    """Whether the text says that something is not so or not allowed."""
    return bool(_DENIAL.search(text) or _FORBIDDEN.search(text))


def _denied(proof: str) -> Iterator[str]:
    """The first content stem after each denial: what "shall not assign" denies."""
    for match in _DENIAL.finditer(proof):
        following = [word for word in words(proof[match.end() :])[:_AFTER_DENIAL] if word not in STOPWORDS]
        if following:
            yield stem(following[0])


def _words_known(sentence: str, proof: str, question: Question) -> bool:
    """Whether most of the sentence's words, and half of those that the question brought, stand in the proof.

    A synonym is as good for a word of the question: else any date would be "the expiration date".
    """
    stems = content_stems(sentence)
    said = set(content_stems(proof))
    known = said | {asked for asked in question.stems if said & {asked, *synonym_stems(asked)}}
    brought = [own for own in stems if own in question.stems]
    return _share(stems, known) >= SUPPORT and _share(brought, known) >= BROUGHT


def _share(stems: Collection[str], known: Collection[str]) -> float:
    return sum(own in known for own in stems) / len(stems) if stems else 1.0
