"""Code decides what a model's words are worth: every fact in an answer must stand in the evidence it cites.

A nano model asked for a notice period that the passage states as 60 days may say "12 days"; so nothing it writes is
taken on trust. Facts are numbers, and words written with a capital (names, defined terms, months): each must stand,
as a word, in the cited evidence. Comparison is literal on purpose: "60" where the document only says "sixty" falls
back to the document's own words, which is never wrong. Knows neither store nor model.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragnano.prompts import NOT_FOUND
from ragnano.question import Question
from ragnano.text import content_stems, fold, sentences, words
from ragnano.types import Evidence, Verdict

_MARK = re.compile(r"\s*\[\s*(\d{1,2}(?:\s*,\s*\d{1,2})*)\s*\]")
_TOKEN = re.compile(r"[^\W_]+(?:[.,'’/-][^\W_]+)*")
_NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|none|cannot|without|prohibited|unless|except|n't)\b|n't\b", re.I)
_LEADING = re.compile(r"^(?:answer|extract \d+|the extracts? says?)\s*[:,]\s*", re.I)

SUPPORT = 0.6
"""Least share of a sentence's content stems that must stand in its evidence or the question (set by judgement)."""


NEAR_BEST = 0.85
"""A second sentence is quoted beside the best when its score is at least this share of the best one's.

Lowered from .9 after looking at the sample questions: not an independent choice (tests/benchmarks/LOG.md).
"""


@dataclass(frozen=True, slots=True)
class Verified:
    """An answer whose facts are proved. `cited` are indices into the evidence, in the order of the marks [1], [2] …"""

    text: str
    verdict: Verdict
    cited: tuple[int, ...]


NOTHING = Verified("", "not_found", ())


def verify(reply: str, question: Question, evidence: Sequence[Evidence]) -> Verified:
    """Check a model's reply sentence by sentence against the evidence, best first (a mark [n] means evidence[n - 1]).

    Sentences that fail are dropped. When none is left, but one failed only for names that the question brought, the
    evidence that proves the rest is quoted. Otherwise nothing is left: "not_found" with no text, as for a reply that
    declines or only says the question back.
    """
    reply = _LEADING.sub("", fold(reply))
    if says_not_found(reply):
        return NOTHING
    cited: list[int] = []
    proved: list[str] = []
    named: tuple[int, ...] | None = None
    for start, end in sentences(reply):
        sentence = reply[start:end]
        numbers = _marks(sentence, len(evidence))
        bare = _plain_words(_MARK.sub("", sentence).strip(), question)
        if not any(character.isalnum() for character in bare):
            continue
        support = _support(bare, numbers, question, evidence)
        if support is None:
            named = named or _support(bare, numbers, question, evidence, given=frozenset(words(question.text)))
            continue
        if _is_echo(bare, question, [evidence[at] for at in support]):
            continue
        cited += [number for number in support if number not in cited]
        proved.append(_with_marks(bare, [cited.index(number) + 1 for number in support]))
    if proved:
        return Verified(" ".join(proved), "answered", tuple(cited))
    return quote([evidence[at] for at in named], named) if named else NOTHING


def quote(evidence: Sequence[Evidence], places: Sequence[int] | None = None) -> Verified:
    """The document's own words as the answer: the best sentence, and the second when it is about as good.

    `evidence` is best first and must not be empty. `places`, when given, are its indices among all evidence.
    """
    near = [at for at in range(min(2, len(evidence))) if evidence[at].score >= NEAR_BEST * evidence[0].score]
    text = " ".join(f"“{evidence[at].text}” [{number}]" for number, at in enumerate(near, start=1))
    return Verified(text, "quoted", tuple(places[at] if places else at for at in near))


def _is_echo(sentence: str, question: Question, proof: Sequence[Evidence]) -> bool:
    """Whether the sentence says nothing that the question, or the title and parties of the document, did not say.

    A yes or no is an answer in any words.
    """
    if question.kind == "yes_no":
        return False
    given = set(content_stems(question.text)) | {
        stem for item in proof for stem in content_stems(item.hit.chunk.context)
    }
    return set(content_stems(sentence)) <= given


def says_not_found(reply: str) -> bool:
    """Whether the model declined."""
    return reply.strip(" .\"'“”[]").upper().startswith(NOT_FOUND)


def facts_of(text: str) -> set[str]:
    """Words that must be proved: those with a digit, and capitalised ones.

    A single one that opens the text is ordinary, unless it has a capital inside ("ExxonMobil").
    """
    tokens = list(_TOKEN.finditer(text))
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


def _plain_words(sentence: str, question: Question) -> str:
    """Capitals that mean nothing taken back: a word the question writes small is no name ("Governing Law is …")."""
    small = {token for token in _TOKEN.findall(question.text) if token[0].islower()}

    def lowered(match: re.Match[str]) -> str:
        token = match.group()
        return token.lower() if match.start() > 0 and token.istitle() and token.lower() in small else token

    return _TOKEN.sub(lowered, sentence)


def _marks(sentence: str, most: int) -> list[int]:
    """Evidence indices (from 0) that the sentence names and that exist, in order, each once."""
    numbers = [int(part) - 1 for group in _MARK.findall(sentence) for part in group.split(",")]
    return list(dict.fromkeys(number for number in numbers if 0 <= number < most))


def _support(
    sentence: str,
    marked: Sequence[int],
    question: Question,
    evidence: Sequence[Evidence],
    given: frozenset[str] = frozenset(),
) -> tuple[int, ...] | None:
    """Indices of evidence that proves the sentence, or None: its own marks first, then the likeliest, then pairs."""
    likely = sorted(range(len(evidence)), key=lambda at: (-_overlap(sentence, evidence[at].text), at))
    attempts: list[tuple[int, ...]] = [(at,) for at in marked]
    if len(marked) > 1:
        attempts.append(tuple(marked))
    attempts += [(at,) for at in likely[:3]]
    attempts += [(first, second) for first in (*marked[:1], *likely[:1]) for second in likely[:3] if first != second]
    for attempt in attempts:
        if is_supported(sentence, question, [evidence[at].text for at in attempt], given):
            return attempt
    return None


def is_supported(sentence: str, question: Question, texts: Iterable[str], given: frozenset[str] = frozenset()) -> bool:
    """Whether every fact of the sentence stands in the texts, most of its words do, and no negation was added.

    Words in `given` need no proof.
    """
    proof = " ".join(texts)
    if not facts_of(sentence) - given <= set(words(proof)):
        return False
    if _NEGATION.search(sentence) and not _NEGATION.search(proof):
        return False
    stems = content_stems(sentence)
    known = set(content_stems(proof)) | set(question.stems)
    return not stems or sum(stem in known for stem in stems) >= SUPPORT * len(stems)


def _overlap(sentence: str, text: str) -> float:
    stems = content_stems(sentence)
    known = set(content_stems(text))
    return sum(stem in known for stem in stems) / len(stems) if stems else 0.0


def _with_marks(sentence: str, numbers: Sequence[int]) -> str:
    marks = "".join(f"[{number}]" for number in numbers)
    if sentence[-1] in ".!?":
        return f"{sentence[:-1].rstrip()} {marks}{sentence[-1]}"
    return f"{sentence} {marks}"


class StreamGuard:
    """Lets a streamed reply through word by word as long as its facts stand somewhere in the evidence.

    What is streamed is a preview; `verify` still decides. But not even a preview may show an invented fact, so the
    first word that fails closes the stream.
    """

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._known = {word for item in evidence for word in words(item.text)}
        self._held = ""
        self._started = False
        self.open = True

    def feed(self, piece: str) -> str:
        """The part of the reply that may be shown now ("" while a word is incomplete or once the guard has closed)."""
        self._held += piece
        cut = max(self._held.rfind(" "), self._held.rfind("\n")) + 1
        return self._release(cut)

    def finish(self) -> str:
        """What is left when the reply has ended."""
        return self._release(len(self._held))

    def _release(self, cut: int) -> str:
        if not self.open:
            return ""
        ready, self._held = self._held[:cut], self._held[cut:]
        shown = []
        for token in re.findall(r"\s*\S+\s*", ready):
            if not self._may_show(token):
                self.open = False
                break
            shown.append(token)
            self._started = True
        return "".join(shown)

    def _may_show(self, token: str) -> bool:
        bare = _MARK.sub("", token)
        if not self._started and bare.strip(" \n.\"'“”[]").upper() in ("", "NOT", NOT_FOUND):
            return False
        checked = any(character.isdigit() for character in bare) or (
            self._started and any(character.isupper() for character in bare)
        )
        return not checked or set(words(bare)) <= self._known
