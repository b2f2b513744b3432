"""Conversations that are kept: their turns, and the turns that a search of the history finds."""

from dataclasses import dataclass

from ragnano.types.answers import Answer
from ragnano.types.evidence import Scope


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation: as typed, as interpreted (different only if it refers to earlier turns), its scope,
    and its answer; None when a document that the answer rested on has been removed.

    `number` counts from 1 within the conversation; `created` is ISO 8601, UTC.
    """

    number: int
    asked: str
    read_as: str
    scope: Scope
    answer: Answer | None
    created: str


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A kept conversation without its turns. `scope` is the user's choice for all of it; times are ISO 8601, UTC."""

    id: str
    title: str
    scope: Scope
    created: str
    updated: str
    turns: int


@dataclass(frozen=True, slots=True)
class FoundTurn:
    """A turn found by searching the history, with its conversation."""

    conversation: ConversationInfo
    turn: Turn
