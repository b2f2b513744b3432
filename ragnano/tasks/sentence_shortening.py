"""The map step: the chat model shortens one sentence, and code decides whether to accept the result.

The model may only leave words out. Its words must be the sentence's, in their order, so that one party's duty never
becomes another's; and words that reverse the meaning ("not", "unless", "only") must stay. A rejected result is replaced
by the sentence itself. This module does not use the store.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragnano.generation.prompts import SHORTEN, SHORTEN_EXAMPLE, SHORTER
from ragnano.models import ChatModel, Part, Prompt
from ragnano.tasks.task_context import NO_TOKENS
from ragnano.text.query import read_question
from ragnano.text.words import WORD, content_stems, fold, sentences, stem, words
from ragnano.types import TokenCount
from ragnano.verification.claims import is_supported

SHORT_ENOUGH = 150
"""Characters. A shorter sentence is quoted verbatim: reading it costs less than waiting for the model."""
WORTH_IT = 0.8
"""A result longer than this share of the sentence is not worth the loss: the sentence is quoted instead."""
MOST_READ = 1000
"""Most characters of a sentence sent to the model: about 250 tokens, which fit the smallest context."""

# Conditions must always stay; the words in _TURNS may go only together with their whole clause.
# "to those who need it" is a condition, too.
_CONDITIONS = frozenset("unless except excluding only solely if until provided without those who whom whose".split())
_TURNS = frozenset(
    "not no never neither nor none cannot prohibited may must shall will should can waive waives "
    "and or that which".split()
)
_CLAUSE_END = re.compile(r"[,;:](?=\s)")
_REPEATED_FIGURE = re.compile(r"(?<=\w) \((?=\d[\d,.]*%?\))")
_LEADING = re.compile(r"^(?:shorter|shortened|sentence)\s*[:,]\s*", re.IGNORECASE)
_NO_TOPIC = read_question("Summary")
"""Verification accepts words of the question without proof; the question of a summary contributes none."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """The result: `text` is None if the sentence must be quoted instead; seconds as in `Generation`."""

    text: str | None = None
    tokens: TokenCount = NO_TOKENS
    first_token_s: float | None = None


def shorten(model: ChatModel, text: str, *, max_tokens: int, cancelled: Callable[[], bool] | None = None) -> Shortened:
    """Returns a shortened sentence, or None in its place. Raises EngineError."""
    if not SHORT_ENOUGH < len(text) <= MOST_READ:
        return Shortened()
    parts = (Part(SHORTEN_EXAMPLE, trusted=True), Part(text, trusted=False), Part(SHORTER, trusted=True))
    reply = model.generate(
        Prompt(system=SHORTEN, parts=parts), max_tokens=max_tokens, stop=("\n",), cancelled=cancelled
    )
    short = _LEADING.sub("", fold(reply.text)).strip(' "“”')
    accepted = short if reply.finish == "stop" and only_leaves_out(short, text) else None
    return Shortened(accepted, TokenCount(reply.prompt_tokens, reply.answer_tokens), reply.seconds_to_first_token)


def only_leaves_out(short: str, text: str) -> bool:
    """Whether `short` is one sentence that says less than `text` and nothing else.

    Its words are the sentence's, in their order. Conditions stay. A clause (text between commas) that is partly kept
    also keeps its figures, its words that change the meaning, and its conjunctions: "assign this Lease or sublet the
    Premises" does not mean "assign the Premises", and an "insurer that agrees in writing" is not any "insurer".
    """
    if not content_stems(short) or len(short) > WORTH_IT * len(text) or len(list(sentences(short))) != 1:
        return False
    if not is_supported(short, _NO_TOPIC, [text]):
        return False
    tokens = list(WORD.finditer(text))
    kept_indices = _aligned(short, tokens)
    if kept_indices is None:
        return False
    ends = [match.start() for match in _CLAUSE_END.finditer(text)]
    clause_of = [sum(end <= token.start() for end in ends) for token in tokens]
    alive = {clause_of[at] for at in kept_indices if content_stems(tokens[at].group())}
    return not any(
        _must_stay(text, tokens, at, kept_indices, clause_of[at] in alive)
        for at in range(len(tokens))
        if at not in kept_indices
    )


def _aligned(short: str, tokens: Sequence[re.Match[str]]) -> set[int] | None:
    """Returns the indices of the words of `short` in the sentence; None if they do not all occur in this order."""
    kept_indices: set[int] = set()
    at = 0
    for word in words(short):
        while at < len(tokens) and stem(tokens[at].group()) != stem(word):
            at += 1
        if at == len(tokens):
            return None
        kept_indices.add(at)
        at += 1
    return kept_indices


def _must_stay(text: str, tokens: Sequence[re.Match[str]], at: int, kept_indices: set[int], alive: bool) -> bool:
    """Whether the omitted word at this index must stay; `alive`: another part of its clause was kept."""
    word = tokens[at].group().lower()
    if word in _CONDITIONS:
        return True
    figure = any(character.isdigit() for character in word)
    if not alive or not (figure or word in _TURNS):
        return False
    # In "sixty (60) days" one of the two is enough.
    repeated = figure and _REPEATED_FIGURE.match(text, tokens[at - 1].end()) if at else None
    return not (repeated and at - 1 in kept_indices)
