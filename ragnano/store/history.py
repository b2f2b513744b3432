"""Stores conversations: questions, answers and their scopes.

The history never keeps the words of a removed document: a trigger (schema.py) deletes the answers that quote it, name
it or were asked of it, and a turn that is added after the removal is stored without its answer.
"""

import dataclasses
import json
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from ragnano.errors import AmbiguousError, NotFoundError, QuestionError, StoreDamaged
from ragnano.store.database import Database
from ragnano.store.json_codec import documents_in, from_json, to_json
from ragnano.text.words import fold
from ragnano.types import Answer, ConversationInfo, FoundTurn, Scope, Turn

T = TypeVar("T", Scope, Answer)

LATEST = "last"
"""As an id: the conversation that was used last."""
_TITLE = 80  # characters
_CONVERSATIONS = """SELECT id, title, scope, created, updated,
    (SELECT count(*) FROM turns WHERE conversation = conversations.id) FROM conversations"""
_TURNS = "SELECT ordinal, asked, read_as, scope, answer, created FROM turns"
# The schema that introduced the history: an older catalogue that cannot be written has none.
_SINCE = 2


class History(Database):
    """The catalogue's conversations."""

    def conversations(self, most: int | None = None) -> list[ConversationInfo]:
        """Returns all conversations, or at most `most`, the one used last first."""
        return self._conversations("ORDER BY updated DESC, id LIMIT ?", -1 if most is None else most)

    def _conversations(self, which: str, *values: str | int) -> list[ConversationInfo]:
        if self.schema < _SINCE:
            return []
        with self.reading() as connection:
            rows = connection.execute(f"{_CONVERSATIONS} {which}", values).fetchall()
        return [_conversation(row) for row in rows]

    def conversation(self, name: str) -> ConversationInfo:
        """Returns the conversation with this id, start of an id, or "last". Raises NotFoundError, AmbiguousError."""
        if name == LATEST:
            found = self.conversations(1)
        else:
            found = self._conversations("WHERE instr(id, ?) = 1", name.lower()) if name else []
        if len(found) > 1:
            raise AmbiguousError(f"{name!r} fits {len(found)} conversations; use more of the id")
        if not found:
            raise NotFoundError(f"no conversation {name!r}; `ragnano history list` shows what is kept")
        return found[0]

    def turns(self, conversation: str) -> list[Turn]:
        """Returns the turns of the conversation with this full id, in order."""
        if self.schema < _SINCE:
            return []
        with self.reading() as connection:
            rows = connection.execute(f"{_TURNS} WHERE conversation = ? ORDER BY ordinal", (conversation,)).fetchall()
        return [_turn(row, conversation) for row in rows]

    def begin_conversation(self, title: str, scope: Scope, identifier: str | None = None) -> str:
        """Stores a new conversation and returns its id: `identifier` (`new_id`) if given. Raises StoreError."""
        identifier, now = identifier or new_id(), _now()
        title = _short(title)
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO conversations (id, title, scope, created, updated) VALUES (?, ?, ?, ?, ?)",
                (identifier, title, to_json(scope), now, now),
            )
            _limit(connection, identifier, scope)
        return identifier

    def rename_conversation(self, conversation: str, title: str) -> None:
        """Renames the conversation with this full id.

        Raises NotFoundError, QuestionError for an empty title, StoreError.
        """
        if not (title := _short(title)):
            raise QuestionError("a conversation needs a name of at least one character")
        with self.writing() as connection:
            _require(connection, conversation)
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation))

    def limit_conversation(self, conversation: str, scope: Scope) -> None:
        """Sets the scope of the conversation with this full id from now on. Raises StoreError."""
        with self.writing() as connection:
            _limit(connection, conversation, scope)

    def add_turn(self, conversation: str, asked: str, read_as: str, scope: Scope, answer: Answer) -> Turn:
        """Appends a turn and returns it as stored.

        Raises NotFoundError if the conversation has been deleted, StoreError.
        """
        now = _now()
        with self.writing() as connection:
            _require(connection, conversation)
            (last,) = connection.execute(
                "SELECT ifnull(max(ordinal), 0) FROM turns WHERE conversation = ?", (conversation,)
            ).fetchone()
            sources = _sources(connection, scope, answer)
            stored_answer = None if None in sources else answer
            connection.execute(
                """INSERT INTO turns (conversation, ordinal, asked, read_as, scope, answer, created)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (conversation, last + 1, asked, read_as, to_json(scope), stored_answer and to_json(stored_answer), now),
            )
            connection.executemany(
                "INSERT INTO turn_documents (document, conversation, ordinal) VALUES (?, ?, ?)",
                [(document, conversation, last + 1) for document in sources if document],
            )
            connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation))
        return Turn(last + 1, asked, read_as, scope, stored_answer, now)

    def delete_conversation(self, conversation: str) -> None:
        """Deletes the conversation with this full id; `compact` then removes its last traces from the files.

        Raises NotFoundError.
        """
        with self.writing() as connection:
            _require(connection, conversation)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def turns_about(self, document: str) -> list[FoundTurn]:
        """Returns the turns whose answer quotes, names or was asked of the document with this id, latest first."""
        if self.schema < _SINCE:
            return []
        with self.reading() as connection:
            rows = connection.execute(
                f"""{_TURNS.replace("SELECT ", "SELECT conversation, ", 1)} WHERE (conversation, ordinal) IN (
                        SELECT conversation, ordinal FROM turn_documents WHERE document = ?)
                    ORDER BY created DESC""",
                (document,),
            ).fetchall()
        known = {info.id: info for info in self.conversations()} if rows else {}
        return [FoundTurn(known[owner], _turn(tuple(row), owner)) for owner, *row in rows if owner in known]

    def search_turns(self, words: str) -> Iterator[FoundTurn]:
        """Yields the turns with all the words in question, answer or quotes, regardless of case.

        The conversation used last comes first.
        """
        terms = words.casefold().split()
        for info in self.conversations() if terms else ():
            for turn in self.turns(info.id):
                text = _text(turn).casefold()
                if all(word in text for word in terms):
                    yield FoundTurn(info, turn)


def rename_collection(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Updates the scopes of conversations and turns that are limited to the collection."""
    for table in ("conversations", "turns"):
        connection.execute(
            f"""UPDATE {table} SET scope = json_set(scope, '$.collection', ?2)
                WHERE json_extract(scope, '$.collection') = ?1""",
            (old, new),
        )


def new_id() -> str:
    """Returns an id for a conversation that is not stored yet."""
    return uuid.uuid4().hex[:16]


def _short(title: str) -> str:
    title = fold(title)
    return title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _require(connection: sqlite3.Connection, conversation: str) -> None:
    if not connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone():
        raise NotFoundError("this conversation has been deleted; begin a new one")


def _limit(connection: sqlite3.Connection, conversation: str, scope: Scope) -> None:
    connection.execute("UPDATE conversations SET scope = ? WHERE id = ?", (to_json(scope), conversation))
    connection.execute("DELETE FROM turn_documents WHERE conversation = ? AND ordinal = 0", (conversation,))
    connection.executemany(
        "INSERT INTO turn_documents (document, conversation, ordinal) VALUES (?, ?, 0)",
        [(document, conversation) for document in dict.fromkeys(scope.documents or ())],
    )


def _sources(connection: sqlite3.Connection, scope: Scope, answer: Answer) -> set[str | None]:
    """Returns the ids of all documents that a turn quotes, names or was asked of, with None for removed ones."""
    named = set(documents_in(dataclasses.asdict(answer))) | set(scope.documents or ())
    stored = _column(connection, "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))", named)
    places = "SELECT path, document FROM placements WHERE path IN (SELECT value FROM json_each(?))"
    about = connection.execute(places, (json.dumps(answer.about),)).fetchall()
    gone = named != stored or set(answer.about) != {path for path, _ in about}
    return {*stored, *(document for _, document in about), *([None] if gone else [])}


def _column(connection: sqlite3.Connection, query: str, values: set[str]) -> set[str]:
    return {row[0] for row in connection.execute(query, (json.dumps(sorted(values)),))}


def _conversation(row: tuple[Any, ...]) -> ConversationInfo:
    identifier, title, scope, created, updated, turns = row
    return ConversationInfo(identifier, title, _read(Scope, scope, identifier), created, updated, turns)


def _turn(row: tuple[Any, ...], conversation: str) -> Turn:
    number, asked, read_as, scope, answer, created = row
    stored_answer = None if answer is None else _read(Answer, answer, conversation)
    return Turn(number, asked, read_as, _read(Scope, scope, conversation), stored_answer, created)


def _read(kind: type[T], text: str, conversation: str) -> T:
    try:
        return from_json(kind, text)
    except (ValueError, TypeError, KeyError):
        raise StoreDamaged(
            f"conversation {conversation} cannot be read; `ragnano history delete {conversation}` removes it"
        ) from None


def _text(turn: Turn) -> str:
    answer = turn.answer
    direct = (answer.direct.text,) if answer and answer.direct else ()
    answer_texts = (*direct, answer.answer, *(citation.quote for citation in answer.citations)) if answer else ()
    return fold(" ".join((turn.asked, turn.read_as, *answer_texts)))
