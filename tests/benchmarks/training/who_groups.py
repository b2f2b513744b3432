"""Makes questions for a party from the contracts' own words: who has a role, who has to do something.

Labelled questions seldom ask for the party that has a role, and a small reader that has not seen them takes any
sentence in which the role occurs for the answer.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from ragnano.text.legal_terms import is_role
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Cut
from tests.benchmarks.training.polar_groups import SAYS, STOPS

NEIGHBOURS = 2  # extracts of the same passage before and after, at most
LONGEST = 12  # words of what somebody has to do
ROLES = 0.5  # of the groups ask for a role

_WORD = r"[A-Z][\w&.'’-]*"
_PARTY = re.compile(
    rf"(?:\b(?:between|and|by|among|with)|\(\d\)|^)[\s:]+(?P<name>{_WORD}(?:,?\s(?:of|and|&|{_WORD}))+)"
    r"[^()\"“”]{0,200}\((?:[^()\"“”]{0,45})[\"“](?P<role>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)[.,]?[\"”]"
)
_ASKED_ROLE = (
    "Who is the {}?", "Who's the {} here?", "Which company is the {}?", "What is the {}'s name?", "name of the {}",
    "Who acts as {}?", "who is our {}?", "Who are we dealing with as {}?", "What is the {} called?",
)  # fmt: skip
_ASKED_ACT = {
    "shall": ("Who has to {}?", "Who must {}?", "Which party has to {}?", "who's supposed to {}"),
    "may": ("Who may {}?", "Who can {}?", "Which party is allowed to {}?", "who is entitled to {}"),
    "not": ("Who may not {}?", "Who is not allowed to {}?", "Which party must not {}?"),
}


def who(documents: Mapping[str, Sequence[Cut]], rng: random.Random) -> Iterator[list[Pair]]:
    """Yields groups without end: the passage that names the party, and one that does not."""
    named = [party for cuts in documents.values() for party in _parties(cuts)]
    roles = sorted({role for _, _, role, _, _ in named})
    every = [cut for cuts in documents.values() for cut in cuts]
    while True:
        group = _role(rng.choice(named), roles, rng) if rng.random() < ROLES else _act(rng.choice(every), rng)
        if group:
            yield group


def _parties(cuts: Sequence[Cut]) -> Iterator[tuple[Cut, int, str, str, Sequence[Cut]]]:
    """Yields (passage, extract, role, name, the document's passages) of the parties that a document introduces."""
    for cut in cuts:
        for at, text in enumerate(cut.texts):
            for found in _PARTY.finditer(text):
                name, role = found["name"].rstrip(",. "), found["role"]
                if is_role(role.lower().split()[-1]):
                    yield cut, at, role, name, cuts


def _role(
    party: tuple[Cut, int, str, str, Sequence[Cut]], roles: Sequence[str], rng: random.Random
) -> list[Pair] | None:
    cut, at, role, name, cuts = party
    question = rng.choice(_ASKED_ROLE).format(role.lower())
    pair = _right(question, cut, at, name)
    if pair is None:
        return None
    group = [pair]
    others = [other for other in cuts if other is not cut and any(f" {role} " in text for text in other.texts)]
    if others:
        other = rng.choice(others)
        group.append(Pair(question, other.composed(range(len(other.texts)))[0], False, ()))
    strange = rng.choice(roles)
    if strange.lower() not in pair.passage.lower() and rng.random() < 0.5:
        group.append(Pair(rng.choice(_ASKED_ROLE).format(strange.lower()), pair.passage, False, ()))
        return group[:: len(group) - 1] if len(group) > 2 else group
    return group


def _act(cut: Cut, rng: random.Random) -> list[Pair] | None:
    at = rng.randrange(len(cut.texts))
    found = SAYS.match(cut.texts[at])
    if found is None:
        return None
    stop = STOPS.search(found["rest"])
    act = (found["rest"][: stop.start()] if stop else found["rest"]).strip()
    modal = found["modal"]
    if not 3 <= len(act.split()) <= LONGEST or act.startswith(("be ", "not ", "in no", "at no", "have no", "only")):
        return None
    kind = "not" if "not" in modal else "may" if modal in ("may", "is entitled to", "has the right to") else "shall"
    question = rng.choice(_ASKED_ACT[kind]).format(act)
    pair = _right(question, cut, at, found["subject"])
    rest = [place for place in _window(cut, at) if place != at]
    return [pair, *([Pair(question, cut.composed(rest)[0], False, ())] if rest else [])] if pair else None


def _window(cut: Cut, at: int) -> list[int]:
    return list(range(max(0, at - NEIGHBOURS), min(len(cut.texts), at + NEIGHBOURS + 1)))


def _right(question: str, cut: Cut, at: int, answer: str) -> Pair | None:
    window = _window(cut, at)
    text, places = cut.composed(window)
    start, end = places[window.index(at)]
    found = text.find(answer, start, end)
    return None if found < 0 else Pair(question, text, True, ((start, end),), (found, found + len(answer)), 0)
