"""Makes yes-or-no questions from what a sentence allows, demands or forbids, and turns sentences into the opposite.

A small reader soon learns that a question asks for yes or no, but hardly which (LOG.md). It has to see the same
question beside a sentence and beside its opposite, so that only the sentence decides.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ragnano.models.reader import KINDS
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Cut

NEIGHBOURS = 2  # sentences of the same passage before and after, at most
LONGEST = 28  # words of a condition
_YES, _NO, _YES_IF, _NO_UNLESS = (KINDS.index(name) for name in ("yes", "no", "yes-if", "no-unless"))

SAYS = re.compile(
    r"^(?:(?:\(?[a-z]{1,4}\)|\d+(?:\.\d+)*[.)]?)\s+)?"
    r"(?P<subject>(?:(?:The|Each|Either|Neither|Any|All)\s)?[A-Z][\w'’-]*"
    r"(?:\s(?:of|the|and|or|[A-Z][\w'’-]*|party|parties)){0,4})\s"
    r"(?P<modal>shall not|will not|may not|must not|cannot|shall|will|may|must|agrees to|agrees not to|is entitled to|"
    r"has the right to)\s(?P<rest>[a-z][^.;]{12,})"
)
STOPS = re.compile(r"[,;:(]|\s(?:provided|unless|if|without|except|subject to|until|upon|in the event|so long as)\b")
_CONDITION = re.compile(
    r"\b(?:provided that|unless|if|without|except|subject to|until|in the event|so long as|only)\b[^.;]*"
)
_ALLOWS, _DEMANDS, _FORBIDS = "allows", "demands", "forbids"
_ASKS = {
    _ALLOWS: ("May {} {}?", "Can {} {}?", "Is {} allowed to {}?", "Does {} have the right to {}?", "{} free to {}?"),
    _DEMANDS: ("Must {} {}?", "Does {} have to {}?", "Is {} obliged to {}?", "Is {} required to {}?", "{} must {}?"),
    _FORBIDS: ("Is {} forbidden to {}?", "Is it forbidden for {} to {}?", "Has {} promised not to {}?"),
}
"""Questions whose answer is yes where a sentence does what the key says."""
_ANSWERS = {
    (_ALLOWS, _ALLOWS): True,
    (_ALLOWS, _FORBIDS): False,
    (_DEMANDS, _DEMANDS): True,
    (_FORBIDS, _FORBIDS): True,
    (_FORBIDS, _ALLOWS): False,
}
"""(what the sentence does, what the question asks): yes. Whether a demanded act is otherwise forbidden is not asked."""
_MODAL = re.compile(r"\b(shall|will|may|must|can)(\s+not)?\b", re.I)
_IS = re.compile(r"\b(is|are|does|do)(\s+not)?\b", re.I)
_DENIAL = re.compile(r"\b(?:no|not|never|neither|nor|none|nothing|cannot|only)\b", re.I)


def turned(pair: Pair) -> Pair | None:
    """Returns the pair with its answering sentence negated, or its negation removed; None where that is unsafe."""
    if pair.kind not in (_YES, _NO) or not pair.answering or len(pair.answering) != 1:
        return None
    start, end = pair.answering[0]
    sentence = pair.passage[start:end]
    modals = list(_MODAL.finditer(sentence)) or list(_IS.finditer(sentence))
    denials = _DENIAL.findall(sentence)
    if len(modals) != 1 or len(denials) != (1 if modals[0].group(2) else 0):
        return None  # the words don't tell which of several is negated, or whether two negations cancel out
    first = modals[0]
    said = first.group(1) if first.group(2) else f"{first.group(1)} not"
    other = sentence[: first.start()] + said + sentence[first.end() :]
    passage = pair.passage[:start] + other + pair.passage[end:]
    kind = _NO if pair.kind == _YES else _YES
    return replace(pair, passage=passage, answering=((start, start + len(other)),), kind=kind)


def made(cuts: Sequence[Cut], rng: random.Random) -> Iterator[list[Pair]]:
    """Yields groups without end: a yes-or-no question and the sentence it was made from, among its neighbours."""
    while True:
        cut = rng.choice(cuts)
        at = rng.randrange(len(cut.texts))
        found = SAYS.match(cut.texts[at])
        pair = found and _asked(cut, at, found, rng)
        if pair:
            rest = [place for place in _window(cut, at) if place != at]
            group = [pair]
            if opposite := turned(pair):
                group.append(opposite)
            elif rest:
                group.append(Pair(pair.question, cut.composed(rest)[0], False, ()))
            yield group


def _window(cut: Cut, at: int) -> list[int]:
    return list(range(max(0, at - NEIGHBOURS), min(len(cut.texts), at + NEIGHBOURS + 1)))


def _asked(cut: Cut, at: int, found: re.Match[str], rng: random.Random) -> Pair | None:
    subject, modal, rest = found["subject"], found["modal"], found["rest"]
    does = _ALLOWS if modal in ("may", "is entitled to", "has the right to") else _DEMANDS
    if " not" in modal or modal == "cannot" or subject.startswith("Neither"):
        does = _FORBIDS
    stop = STOPS.search(rest)
    act = (rest[: stop.start()] if stop else rest).strip()
    if not 3 <= len(act.split()) <= 14 or act.startswith(("only", "not ", "in no", "at no", "have no", "be deemed")):
        return None
    asks = rng.choice([ask for said, ask in _ANSWERS if said == does])
    subject = re.sub(r"^Neither\b", "either", subject)
    subject = re.sub(r"^(The|Each|Either|Any|All)\b", lambda word: word[0].lower(), subject)
    question = rng.choice(_ASKS[asks]).format(subject, act)
    window = _window(cut, at)
    text, places = cut.composed(window)
    start, end = places[window.index(at)]
    yes = _ANSWERS[does, asks]
    condition = _CONDITION.search(text, start, end)
    kind, span = (_YES if yes else _NO), None
    if condition and yes == (does != _FORBIDS):
        kind = _YES_IF if yes else _NO_UNLESS
        words = condition.group().split()
        span = condition.span() if len(words) <= LONGEST else None
    elif condition:
        return None  # "forbidden unless": neither a plain yes nor a plain no
    return Pair(question[0].upper() + question[1:], text, True, ((start, end),), span, kind)
