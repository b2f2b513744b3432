"""Conversations: questions that follow each other, completed by code, and kept in the history."""

from ragnano.conversations.conversation import Conversation, forget

__all__ = ["Conversation", "forget"]
