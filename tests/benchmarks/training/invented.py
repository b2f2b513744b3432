"""Questions made of the training contracts' own sentences, so that clauses of kinds nobody labelled are asked for, too.

A sentence that says who shall, may or will do what is turned into the questions that it answers, by rules over its
subject, modal and verb (as in Heilman and Smith 2010, "Good Question!", without a parser). Words are exchanged for
synonyms and names for "a party", so that a question need not say what its clause says. Small models were tried as
writers: they copied an example or asked what the clause was for (tests/benchmarks/LOG.md).
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragnano.models import Embedder
from ragnano.question import synonyms
from ragnano.text import STOPWORDS, WORD, content_stems, fold, sentences
from ragnano.values import values_of
from tests.benchmarks.training.contracts import Contract

SEED = 11
EACH = 30  # questions to a contract at most
FOUND_AMONG = 5  # the dense search must find the sentence's chunk among so many
SENTENCE_WORDS = (9, 90)
OBJECT_WORDS = 9  # most that a question repeats of what follows the verb
LEAST_SAID = 2  # content words that follow the verb
EXCHANGED = 0.3  # of the words that have a synonym
UNNAMED = 0.4  # of the subjects become "a party"
DROPPED = 0.15  # of the object's words

_SUBJECT = (
    r"(?:(?:The|Each|Either|Any|No|Neither|Every)\s+)?[A-Z][\w&'’-]*(?:\s+(?:and\s+)?[A-Z][\w&'’-]*){0,3}"
    r"(?:\s+part(?:y|ies))?"
)
_MODALS = r"(?:shall|may|will|must)\s+not|shall|may|will|must|agrees?\s+to|is\s+entitled\s+to|is\s+required\s+to"
_ACTS = re.compile(
    rf"(?:^|[,;:.)]\s+|\b(?:that|then)\s+)(?P<subject>{_SUBJECT})\s+(?:(?:hereby|also|each)\s+)?(?P<modal>{_MODALS})\s+"
    r"(?:(?:not|only|promptly|also|be\s+obligated\s+to|have\s+the\s+(?:right|option)\s+to)\s+)*(?P<verb>[a-z]{2,})\b"
    r"(?P<rest>[^.;]*)"
)
# What follows is a condition, a time or a reference: not part of what is done.
_ENDS = re.compile(
    r",|:|\(|\s(?:provided|if|unless|except|upon|within|prior to|in accordance|pursuant|as set forth|subject to|which|"
    r"whether|for a period|until|during|after|before|so long as|in the event|including|such that|at least)\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|provided|upon|in the event|subject to)\b", re.IGNORECASE)
_EMPTY_VERBS = frozenset("be have do make take mean include apply constitute remain continue become get".split())
_LEFT_OUT = re.compile(r"[*\[\]_]")  # what public filings keep to themselves
_TOPIC = ("What does it say about {}?", "{}", "Is there anything about {}?", "What about {}?")


@dataclass(frozen=True, slots=True)
class Invented:
    """A question, the place of the chunk it was made from, and the characters of the chunk's body that answer it."""

    question: str
    place: int
    start: int
    end: int


def invented(contract: Contract, most: int) -> list[Invented]:
    """At most so many questions to the contract, each about another sentence; always the same ones."""
    rng = random.Random(f"{SEED} {contract.name}")
    candidates = [
        (place, start, end)
        for place, body in enumerate(contract.bodies)
        for start, end in sentences(body)
        if SENTENCE_WORDS[0] <= len(WORD.findall(body[start:end])) <= SENTENCE_WORDS[1]
    ]
    rng.shuffle(candidates)
    found: list[Invented] = []
    for place, start, end in candidates:
        asked = list(questions_to(fold(contract.bodies[place][start:end]), rng))
        if asked and len(found) < most:
            found.append(Invented(rng.choice(asked), place, start, end))
    return found


def questions_to(sentence: str, rng: random.Random) -> Iterator[str]:
    """What a sentence answers: who does it, whether, when, how much, under which conditions; none for other kinds."""
    act = _ACTS.search(sentence)
    if act is None or act["verb"] in _EMPTY_VERBS:
        return
    rest = _ENDS.split(act["rest"], maxsplit=1)[0].split()[:OBJECT_WORDS]
    while rest and rest[-1].lower() in STOPWORDS:
        rest.pop()
    said = " ".join(rest)
    if len(set(content_stems(said))) < LEAST_SAID or _LEFT_OUT.search(said):
        return
    thing = _reworded(" ".join(word for word in rest if rng.random() >= DROPPED), rng)
    what = f"{act['verb']} {thing}"
    subject = "a party" if rng.random() < UNNAMED else _as_asked(act["subject"])
    modal = "may" if act["modal"].startswith("may") or "entitled" in act["modal"] else "must"
    forbidden = act["modal"].endswith("not") or act["subject"].startswith(("No ", "Neither "))
    whether = ("Can {} {}?", "Is {} allowed to {}?") if modal == "may" or forbidden else ("Must {} {}?",)
    yield rng.choice(whether).format(subject, what)
    yield f"Who {'is not allowed to' if forbidden else modal} {what}?"
    yield f"What {modal} {_as_asked(act['subject'])} {act['verb']}?"
    yield rng.choice(_TOPIC).format(thing)
    if values_of(sentence, "duration"):
        yield f"How long does {subject} have to {what}?"
        yield f"When {modal} {subject} {what}?"
    if values_of(sentence, "amount") or values_of(sentence, "share"):
        yield f"How much {modal} {subject} {what}?"
    if _CONDITION.search(sentence):
        yield f"Under what conditions {modal} {subject} {what}?"


def _as_asked(subject: str) -> str:
    words = re.sub(r"^(?:Each|Either|Any|No|Neither|Every)\s+", "a ", subject).split()
    words[0] = words[0].lower() if words[0].lower() in STOPWORDS else words[0]
    return " ".join(words)


def _reworded(text: str, rng: random.Random) -> str:
    """Some of the words exchanged for a synonym of one word."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        found = [other for other in synonyms(word) if " " not in other and other != word.lower()]
        return rng.choice(found) if found and rng.random() < EXCHANGED else word

    return WORD.sub(other, text)


def invented_of(
    found: Sequence[Contract], vectors: Sequence[NDArray[np.float32]], embedder: Embedder, most: int
) -> list[list[Invented]]:
    """The questions to each contract by which `vectors` (of its chunks) find the sentence's chunk among the first."""
    kept = []
    for contract, chunks in zip(found, vectors, strict=True):
        own = invented(contract, most)
        nearest = _nearest([item.question for item in own], chunks, embedder)
        kept.append([item for item in own if item.place in nearest[item.question]])
    return kept


def _nearest(asked: Sequence[str], chunks: NDArray[np.float32], embedder: Embedder) -> dict[str, set[int]]:
    if not asked:
        return {}
    order = np.argsort(-(embedder.embed_sentences(list(asked)) @ chunks.T), axis=1, kind="stable")[:, :FOUND_AMONG]
    return {question: set(map(int, row)) for question, row in zip(asked, order, strict=True)}
