"""Extracts what a sentence claims and checks whether a text supports it: figures, names, negation, most of its words.

Words with a digit and capitalised words must occur in the text unchanged. Figures must be equal by value and unit ("60
days" matches "sixty (60) days", but never 60 months). A name of several words must occur in one piece. The sentence
must not deny what the text affirms, nor affirm what it denies. This module depends on neither store nor model.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ragnano.text.quantities import values_of
from ragnano.text.query import AnswerKind, Question, synonym_stems
from ragnano.text.words import STOPWORDS, content_stems, stem, words

TOKEN = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")

SUPPORT = 0.6
"""Least share of a sentence's content stems that must occur in its evidence (set by judgement)."""
BROUGHT = 0.5
"""The same for those stems that come from the question."""

_NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|none|cannot|without|prohibited|unless|except)\b|n['’]t\b", re.I)
_DENIAL = re.compile(
    r"\b(?:shall|may|must|will|can|do|does|did|is|are|was|were|has|have|had|would|should|could)\s+not\b"
    r"|\bcannot\b|n['’]t\b|\b(?:neither|no)\s+(?:party|person|\w+)\s+(?:shall|may|will|must|can)\b",
    re.I,
)
_FORBIDDEN = re.compile(r"\b(?:prohibited|forbidden|no (?:right|obligation|liability)|in no event|nothing)\b", re.I)
_ASKS_FOR_A_BAN = re.compile(
    r"\b(?:prohibit|forbid|forbidden|restrict|prevent|bar|ban|exclude|limit|preclude)\w*\b|n't\b|\bnot\b", re.I
)
_AFTER_DENIAL = 4  # content words after a denial that are searched for what it denies
_WITH_UNIT: tuple[AnswerKind, ...] = ("duration", "amount", "share", "date")


def is_supported(sentence: str, question: Question, texts: Iterable[str], given: frozenset[str] = frozenset()) -> bool:
    """Whether the texts support everything that the sentence claims. Words in `given` need no proof."""
    proof = " ".join(texts)
    return (
        facts_of(sentence) - given <= set(words(proof))
        and _figures(sentence) <= _figures(proof)
        and all(f" {name} " in f" {_words_of(proof)} " for name in names_of(sentence) if not set(name.split()) & given)
        and not _turned_round(sentence, proof)
        and _words_known(sentence, proof, question)
    )


def facts_of(text: str) -> set[str]:
    """Returns the words that must be proved: those with a digit, and capitalised ones.

    A single capitalised word that opens the text is ordinary, unless it has an inner capital ("ExxonMobil").
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
    """Returns names of two or more words, in lower case: "ironvale systems". Skips the word that opens the text."""
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
    """Returns figures with a unit, by value."""
    return {(value.unit, str(value.value)) for kind in _WITH_UNIT for value in values_of(text, kind)}


def _turned_round(sentence: str, proof: str) -> bool:
    """Whether the sentence denies but the proof contains no negation, or it affirms what the proof only denies."""
    if _NEGATION.search(sentence) and not _NEGATION.search(proof):
        return True
    if _NEGATION.search(sentence):
        return False
    claimed, denied, proof_stems = (
        set(content_stems(sentence)),
        list(_denied(proof)),
        [stem(word) for word in words(proof)],
    )
    return any(one in claimed and proof_stems.count(one) == denied.count(one) for one in denied)


def asks_what_is_forbidden(question: str) -> bool:
    """Whether the question asks for a ban or a denial, so that a sentence that denies may answer it with yes."""
    return _ASKS_FOR_A_BAN.search(question) is not None


def denies(text: str) -> bool:
    """Whether the text states that something is not so or not allowed."""
    return bool(_DENIAL.search(text) or _FORBIDDEN.search(text))


def _denied(proof: str) -> Iterator[str]:
    """Yields the first content stem after each denial: what "shall not assign" denies."""
    for match in _DENIAL.finditer(proof):
        following = [word for word in words(proof[match.end() :])[:_AFTER_DENIAL] if word not in STOPWORDS]
        if following:
            yield stem(following[0])


def _words_known(sentence: str, proof: str, question: Question) -> bool:
    """Whether most of the sentence's words, and half of those from the question, occur in the proof.

    A synonym counts for a word of the question. The second condition is needed because otherwise any date would pass
    as "the expiration date".
    """
    stems = content_stems(sentence)
    proof_stems = set(content_stems(proof))
    known = proof_stems | {asked for asked in question.stems if proof_stems & {asked, *synonym_stems(asked)}}
    brought = [own_stem for own_stem in stems if own_stem in question.stems]
    return _share(stems, known) >= SUPPORT and _share(brought, known) >= BROUGHT


def _share(stems: Collection[str], known: Collection[str]) -> float:
    return sum(own_stem in known for own_stem in stems) / len(stems) if stems else 1.0
