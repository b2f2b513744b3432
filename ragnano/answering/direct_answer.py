"""The direct answer: the shortest exact words of the best citation, or Yes or No with its condition in those words.

The reader decides (see `ragnano.evidence.answer_span`) and code checks: a plain Yes is never given beside a denial, and
text in a language that the reader was not trained on gives no direct answer.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ragnano.answering.blank import left_blank
from ragnano.evidence.answer_kind import restricts
from ragnano.text.query import Question
from ragnano.text.words import WORD, content_stems, unfolded
from ragnano.types import Citation, Direct, Evidence, Exact
from ragnano.verification.claims import asks_what_is_forbidden, denies

LEAST_WORDS = 0.05
"""Least probability at which the exact words are displayed; below it, no words count as the exact answer."""

UNSURE = 0.2
"""Below this probability of the exact words a short sentence is displayed whole: a sentence misleads less than unsure
words, and as many direct answers were right on documents kept for choosing (.702 of 168, either way)."""
SHORT = 20
"""Most words of such a sentence."""

LEAST_FOR_YES_OR_NO = 0.3
"""Least confidence of the gate for a Yes or No. On documents kept for choosing, 3 of 4 given between .3 and .5 were
right."""

_NUMBER = re.compile(r"\s*(?:\d+(?:\.\d+)*\.?|\([a-z]{1,4}\)|[A-Z]\.\d+\.?)\s+(?=[A-Z])")
# The last such word before a condition, with at most three words between: "by entering into a | written addendum".
_LEADS = {
    kind: re.compile(rf".*\b(?P<lead>(?:{words})(?:\s+[a-z]+){{0,3}}\s+)$", re.I | re.S)
    for kind, words in (
        ("yes-if", "upon|subject to|if|only|by|with|provided that|after|during|within|in"),
        ("no-unless", "unless|without|except|subject to|until|before"),
    )
}
_CONDITION = re.compile(
    r"(?:if|unless|except|provided|only|without|until|upon|subject|when|where|after|before|as long|so long|in case|"
    r"to the extent|in the event|with|within|during|but|by|on condition|other than|save)\b",
    re.I,
)


def without_doubtful_yes_or_no(evidence: Sequence[Evidence], confidence: float) -> tuple[Evidence, ...]:
    """Returns the evidence; no yes or no in it counts as sure where the gate doubts that the documents answer."""
    if confidence >= LEAST_FOR_YES_OR_NO:
        return tuple(evidence)
    return tuple(
        replace(item, exact=replace(item.exact, sure=min(item.exact.sure, confidence)))
        if item.exact and item.exact.kind != "span"
        else item
        for item in evidence
    )


def direct_answer(question: Question, evidence: Sequence[Evidence], citations: Sequence[Citation]) -> Direct | None:
    """Returns the direct answer from the first evidence, whose citations have number 1; None if there is none.

    `citations` are those of the evidence, in its order. Words that only repeat the question, and the condition of a yes
    or no that is not sure, are no answer by themselves: a short sentence is displayed whole, a longer one only quoted.
    """
    best = evidence[0] if evidence else None
    if best is None or best.exact is None or best.foreign:
        return None
    exact = best.exact
    own = [citation for citation in citations if citation.number == 1]
    words = best.text[exact.start : exact.end] if exact.score >= LEAST_WORDS else ""
    if blank := left_blank(best.text, question, (exact.start, exact.end) if words else None):
        return Direct(blank, 1, "span")
    if not exact.says_yes_or_no:
        unfit = exact.kind != "span" or _repeats(question, words)
        if unfit or exact.score < UNSURE:
            exact, words = _whole(exact, best.text) or (exact, "" if unfit else words)
        return Direct(words, 1, "span", *in_quote(exact, best, own)) if words else None
    if not _may_say(exact, question, best.text):
        return None
    said = "Yes" if exact.kind.startswith("yes") else "No"
    if exact.kind in ("yes", "no"):
        # A bare Yes must not hide a condition that the reader missed. Beside a sentence of more than SHORT words 2 of 9
        # were right on documents kept for choosing, beside a shorter one 9 of 11.
        whole = _whole(exact, best.text)
        if whole is None:
            return None
        if not restricts(best.text):
            return Direct(said, 1, exact.kind)
        exact, words = whole
    if not words:
        return Direct(said, 1, exact.kind)
    exact = _from_its_preposition(exact, best.text)
    words = best.text[exact.start : exact.end]
    condition = f", {words[0].lower()}{words[1:]}" if _CONDITION.match(words) else f": {words}"
    return Direct(f"{said}{condition}", 1, exact.kind, *in_quote(exact, best, own))


def _repeats(question: Question, words: str) -> bool:
    """Whether the words say nothing that the question does not say itself: "EZJR" for who signed for EZJR."""
    stems = set(content_stems(words))
    return bool(stems) and stems <= set(content_stems(question.text))


def _whole(exact: Exact, text: str) -> tuple[Exact, str] | None:
    """Returns all of a short sentence but its clause number as the exact answer; None for a longer one."""
    if len(WORD.findall(text)) > SHORT:
        return None
    number = _NUMBER.match(text)
    start = number.end() if number else 0
    return replace(exact, start=start, end=len(text)), text[start:]


def _from_its_preposition(exact: Exact, text: str) -> Exact:
    """Returns a condition with the word that makes it one: "upon reasonable notice", not "reasonable notice"."""
    if _CONDITION.match(text[exact.start : exact.end]):
        return exact
    pattern = _LEADS.get(exact.kind)
    lead = pattern.match(text[: exact.start]) if pattern else None
    return replace(exact, start=lead.start("lead")) if lead else exact


def _may_say(exact: Exact, question: Question, text: str) -> bool:
    """Whether a Yes may be given beside the text: not if it denies, unless the question asks what is forbidden."""
    return exact.kind != "yes" or not denies(text) or asks_what_is_forbidden(question.text)


def in_quote(exact: Exact, evidence: Evidence, citations: Sequence[Citation]) -> tuple[int, int]:
    """Characters of the exact words in the citation's quote; (0, 0) if a page break splits it."""
    if len(evidence.spans) > 1 or len(citations) != 1 or exact.start >= exact.end:
        return 0, 0
    return unfolded(citations[0].quote, exact.start, exact.end)
