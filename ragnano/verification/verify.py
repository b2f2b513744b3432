"""Verifies a model's reply in code: every claim in an answer must be supported by the evidence it cites.

A nano model asked for a notice period that the passage states as 60 days may say "12 days", so its words are never
trusted unchecked. Each sentence is compared with the evidence that contains most of it; if its claims
(`ragnano.verification.claims`) are not supported there, the sentence is dropped. An answer to "when" or "how much" must
contain a date or a sum if the evidence does, and the right one if the evidence states several
(`ragnano.verification.value_disambiguation`). If everything fails, the answer is the document's own words. This module
depends on neither store nor model.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragnano.evidence import SHOWN
from ragnano.generation.prompts import NOT_FOUND
from ragnano.text.query import Question
from ragnano.text.word_lists import CLAUSE_WORD
from ragnano.text.words import content_stems, fold, sentences, words
from ragnano.types import Evidence, Exact, Verdict
from ragnano.verification.claims import TOKEN, asks_what_is_forbidden, denies, is_supported
from ragnano.verification.value_disambiguation import contains_kind, may_be_another

SEE_ALSO = "See also"
"""Ragnano's own words in an answer, before the citation numbers of evidence that the model's words leave out."""
NOT_READ = "Quoted as it stands, in a language that ragnano does not read:"
"""Ragnano's own words before quotes that reader and gate were not trained to judge."""
MARK = re.compile(r"\s*\[\s*(\d{1,2}(?:\s*,\s*\d{1,2})*)\s*\]")
_LEADING = re.compile(r"^(?:answer|extract \d+|the extracts? says?)\s*[:,]\s*", re.I)
_ABOUT_EXTRACTS = re.compile(r"\b(?:the|these|this) extracts?\b", re.I)
_CLAUSE_NUMBER = re.compile(rf"^\W*(?:{CLAUSE_WORD})?\s*(\d+(?:\.\d+)*)", re.I)
_YES_NO = re.compile(r"^(yes|no)\b[\s,.:;-]*", re.I)
_WITHOUT = re.compile(r"\b(?:without|no|need not|not (?:be )?(?:need|requir|oblig)\w*)\b", re.I)

ENOUGH = 0.6
"""Sentences are displayed until one of them answers with this probability, assuming independent scores …"""
RIVAL = 0.65
"""A sentence with at least this probability is displayed even beyond ENOUGH: it may say otherwise."""
LEAST = 0.2
"""… but none below this probability (except by ALIKE). Of questions as people ask them, to documents kept for choosing,
that passed the gate: .75 of the citations are right; with ENOUGH .8 and LEAST .1 .57, for .04 more with a right one
(LOG.md)."""

ALIKE = 0.7
"""A sentence of another document with at least this share of the best score is displayed even so: two leases may
each have a notice period, and the question does not say which is meant."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An answer with proven facts. `cited` contains indices into the evidence, in citation order [1], [2] …"""

    text: str
    verdict: Verdict
    cited: tuple[int, ...]


NOTHING = Verified("", "not_found", ())

LEAST_SHARE = 0.5
"""Least share of the best evidence's score that a sentence's own evidence must have: the reader chooses the evidence,
not the model. Held-out contracts (`make held-out`): with .25 to .75 .698 of short answers are right, .679 without."""


def verify(reply: str, question: Question, evidence: Sequence[Evidence]) -> Verified:
    """Checks a model's reply sentence by sentence against the evidence, which is given best first.

    Sentences that fail are dropped. If none is left, but one failed only for names from the question, the evidence that
    proves the rest is quoted. Otherwise the result is "not_found" without text, as for a reply that declines, only
    repeats the question, or does not contain what was asked for.
    """
    reply = _LEADING.sub("", fold(MARK.sub("", reply)))
    if says_not_found(reply):
        return NOTHING
    if question.kind == "yes_no" and (yes_no := _YES_NO.match(reply)):
        return _with_clause(yes_no[1].capitalize(), reply, question, evidence)
    cited: list[int] = []
    proved: list[str] = []
    named: tuple[int, ...] | None = None
    for start, end in sentences(reply):
        sentence = _plain_words(reply[start:end], question)
        if not any(character.isalnum() for character in sentence) or _is_idle(sentence):
            continue
        support = _support(sentence, question, evidence)
        if support is None:
            named = named or _support(sentence, question, evidence, given=frozenset(words(question.text)))
            continue
        if _is_echo(sentence, question, [evidence[at] for at in support]):
            continue
        cited += [number for number in support if number not in cited]
        proved.append(_with_marks(sentence, [cited.index(number) + 1 for number in support]))
    text = " ".join(proved)
    if proved and _is_likely(evidence, cited) and _answers_the_question(text, question, evidence, cited):
        return Verified(text, "answered", tuple(cited))
    return quote([evidence[at] for at in named], named) if named else NOTHING


def _is_likely(evidence: Sequence[Evidence], cited: Sequence[int]) -> bool:
    """Whether the cited evidence scores about as high as the best: the reader chooses the evidence, not the model."""
    best = max(item.score for item in evidence)
    return max(evidence[at].score for at in cited) >= LEAST_SHARE * best


def _answers_the_question(text: str, question: Question, evidence: Sequence[Evidence], cited: Sequence[int]) -> bool:
    """Whether the text contains what is asked for, if the evidence does, and no other value fits as well."""
    if not contains_kind(text, question.kind) and any(contains_kind(item.text, question.kind) for item in evidence):
        return False
    return not may_be_another(text, question, [evidence[at].text for at in cited])


def _with_clause(verdict: str, reply: str, question: Question, evidence: Sequence[Evidence]) -> Verified:
    """Returns yes or no with the exact words of the clause that proves it: the one with most of the model's words.

    Returns nothing when no clause supports the verdict, or when the sentence claims more than the clause.
    """
    first = next(sentences(reply), (0, len(reply)))
    sentence = _plain_words(reply[first[0] : first[1]], question)
    support = _support(sentence, question, evidence)
    if support is None:
        return NOTHING
    at = support[0]
    return Verified(f"{verdict}. “{evidence[at].text}” [1]", "answered", (at,))


def quote(evidence: Sequence[Evidence], places: Sequence[int] | None = None) -> Verified:
    """Returns the document's own words as the answer: the best sentence, and those that must be quoted with it.

    `evidence` is best first and must not be empty. `places`, if given, are its indices among all evidence.
    """
    displayed = enough(evidence, (0,))
    text = " ".join(f"“{evidence[at].text}” [{number}]" for number, at in enumerate(displayed, start=1))
    if evidence[0].foreign:
        text = f"{NOT_READ} {text}"
    return Verified(text, "quoted", tuple(places[at] if places else at for at in displayed))


def see_also(checked: Verified, evidence: Sequence[Evidence]) -> Verified:
    """Returns the answer with a pointer to evidence that it leaves out but that probably answers too."""
    displayed = enough(evidence, checked.cited)
    marks = "".join(f"[{number}]" for number in range(len(checked.cited) + 1, len(displayed) + 1))
    if not marks:
        return Verified(checked.text, checked.verdict, displayed)
    end = "" if checked.text.endswith((".", "!", "?")) else "."
    return Verified(f"{checked.text}{end} {SEE_ALSO} {marks}.", checked.verdict, displayed)


def agrees(text: str, exact: Exact | None) -> bool:
    """Whether a text that begins with yes or no agrees with a confident reader; any other text agrees."""
    yes_no = _YES_NO.match(text)
    if yes_no is None or exact is None:
        return True
    return exact.says_yes_or_no and exact.kind.startswith(yes_no[1].lower())


def best_first(checked: Verified) -> Verified:
    """Returns the answer with citations in the order of the evidence, best first, and the text renumbered to match."""
    order = sorted(checked.cited)
    numbers = {old: order.index(at) + 1 for old, at in enumerate(checked.cited, start=1)}

    def renumbered(match: re.Match[str]) -> str:
        return f"[{numbers[int(match[1])]}]"

    return Verified(re.sub(r"\[(\d{1,2})\]", renumbered, checked.text), checked.verdict, tuple(order))


def enough(evidence: Sequence[Evidence], cited: Sequence[int]) -> tuple[int, ...]:
    """Returns what to display: `cited` (indices into the evidence, best first), and more until it is likely enough.

    At most SHOWN citations; a sentence split by a page break counts as two.
    """
    displayed = list(cited)
    missed = math.prod(1 - evidence[at].score for at in displayed)
    room = SHOWN - sum(len(evidence[at].spans) for at in displayed)
    for at, item in enumerate(evidence):
        if at in displayed:
            continue
        if len(item.spans) > room:
            break
        done = 1 - missed >= ENOUGH and item.score < RIVAL
        if (done or item.score < LEAST) and not _is_alike_elsewhere(item, [evidence[place] for place in displayed]):
            continue
        displayed.append(at)
        room -= len(item.spans)
        missed *= 1 - item.score
    return tuple(displayed)


def _is_alike_elsewhere(item: Evidence, shown: Sequence[Evidence]) -> bool:
    """Whether it is from a document not yet displayed and scores nearly as high as the best displayed item."""
    if not shown or item.hit.document.id in {other.hit.document.id for other in shown}:
        return False
    return item.score >= ALIKE * max(other.score for other in shown)


def says_not_found(reply: str) -> bool:
    """Whether the model declined."""
    return reply.strip(" .\"'“”[]").upper().startswith(NOT_FOUND)


def _is_idle(sentence: str) -> bool:
    """Whether the sentence asks instead of answering, or talks about the model's input."""
    return sentence.rstrip().endswith("?") or _ABOUT_EXTRACTS.search(sentence) is not None


def _is_echo(sentence: str, question: Question, proof: Sequence[Evidence]) -> bool:
    """Whether the sentence only repeats the question, or the title and parties of the document.

    The number at the start of a clause does not count as an answer either.
    """
    numbers = {number[1] for item in proof if (number := _CLAUSE_NUMBER.match(item.text))}
    given = set(content_stems(question.text)) | {
        stem for item in proof for stem in content_stems(item.hit.chunk.context)
    }
    return set(content_stems(sentence)) <= given | numbers


def _plain_words(sentence: str, question: Question) -> str:
    """Lower-cases words that the question writes in lower case: they are no names ("Governing Law is …")."""
    small = {token for token in TOKEN.findall(question.text) if token[0].islower()}

    def lowered(match: re.Match[str]) -> str:
        token = match.group()
        return token.lower() if match.start() > 0 and token.istitle() and token.lower() in small else token

    return TOKEN.sub(lowered, sentence)


def _support(
    sentence: str, question: Question, evidence: Sequence[Evidence], given: frozenset[str] = frozenset()
) -> tuple[int, ...] | None:
    """Returns indices of evidence that proves the sentence, or None; tries single items by overlap, then pairs."""
    yes_no = _YES_NO.match(sentence)
    statement = sentence[yes_no.end() :] if yes_no else sentence
    likely = sorted(range(len(evidence)), key=lambda at: (-_overlap(statement, evidence[at].text), at))
    pairs = [(first, at) for first in likely[:1] for at in likely[1:3]]
    attempts = [(at,) for at in likely[:3]] + ([] if yes_no else pairs)
    for attempt in attempts:
        texts = [evidence[at].text for at in attempt]
        if yes_no and not _verdict_fits(yes_no[1], question, " ".join(texts)):
            continue
        if is_supported(statement, question, texts, given):
            return attempt
    return None


def _verdict_fits(verdict: str, question: Question, proof: str) -> bool:
    """Whether the proof supports yes or no: "yes" only if it contains no denial, "no" only if it contains one.

    A question with "without" is answered "yes" only if the proof also says that something is not needed. For a question
    whether something is forbidden, a denial may mean either, so both answers are allowed.
    """
    if verdict.lower() == "yes" and re.search(r"\bwithout\b", question.text, re.I) and not _WITHOUT.search(proof):
        return False
    if asks_what_is_forbidden(question.text):
        return True
    return denies(proof) == (verdict.lower() == "no")


def _overlap(sentence: str, text: str) -> float:
    stems = content_stems(sentence)
    known = set(content_stems(text))
    return sum(stem in known for stem in stems) / len(stems) if stems else 0.0


def _with_marks(sentence: str, numbers: Sequence[int]) -> str:
    marks = "".join(f"[{number}]" for number in numbers)
    if sentence[-1] in ".!?":
        return f"{sentence[:-1].rstrip()} {marks}{sentence[-1]}"
    return f"{sentence} {marks}"
