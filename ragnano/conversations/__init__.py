"""Conversations: sequences of questions, whose follow-ups are completed by code, stored in the history."""

from ragnano.conversations.conversation import Conversation, forget

__all__ = ["Conversation", "forget"]
