"""The command `ragnano chat`: questions that build on each other, on a terminal or one a line from a pipe."""

import sys
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from ragnano import serialization
from ragnano.cli.answers import Preview
from ragnano.cli.options import Collection, DataDir, Doc, Json, Model, open_assistant
from ragnano.cli.output import echo_answer, echo_lines
from ragnano.errors import NotFoundError, QuestionError, RagnanoError
from ragnano.serialization import to_json

if TYPE_CHECKING:
    from ragnano.assistant import Assistant
    from ragnano.conversations import Conversation
    from ragnano.types import Scope

PROMPT = "> "
HELP = (
    "Ask in your own words; a follow-up like “and for the other party?” is completed from the question before.",
    "/all                ask the next question of everything you chose, not only of the last answer's documents",
    "/doc [NAME]         ask only this document from now on; without a name, all of them",
    "/collection [NAME]  ask only this collection from now on; without a name, all of them",
    "/new                begin a new conversation",
    "/quit               end (as do Ctrl-D and Ctrl-C)",
)
MOST_NAMED = 3
"""The most documents that are named; the others are counted."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(chat)


def chat(
    collection: Collection = None,
    doc: Doc = None,
    model: Model = None,
    carry_on: Annotated[
        str | None, typer.Option("--continue", help="Carry on a kept conversation: its id, or last.")
    ] = None,
    no_history: Annotated[bool, typer.Option("--no-history", help="Keep nothing of this conversation.")] = False,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Talk about your documents: follow-ups are completed, the topic's documents stay in scope, the history is kept."""
    with open_assistant(data_dir=data_dir) as assistant:
        chosen = collection is not None or doc is not None
        scope = assistant.scope(collection, doc) if chosen else None
        Session(assistant, assistant.converse(carry_on, scope=scope, keep=not no_history), model, json).run()


class Session:
    """One run of the command: reads lines and prints answers."""

    def __init__(self, assistant: "Assistant", conversation: "Conversation", model: str | None, json: bool) -> None:
        self._assistant = assistant
        self._conversation = conversation
        self._keep = conversation.keep
        self._model = model
        self._json = json
        self._failed = False
        self._last_reason = ""
        self._typed = sys.stdin.isatty()

    def run(self) -> None:
        """Runs until the input ends. Exits with code 3 when a question from a pipe failed."""
        if self._typed and not self._json:
            self._welcome()
        for line in self._lines():
            if line.startswith("/"):
                try:
                    if not self._run_command(line):
                        break
                except RagnanoError as error:
                    self._fail(line, error)
            else:
                self._answer(line)
        if self._failed and not self._typed:
            raise typer.Exit(3)

    def _lines(self) -> Iterator[str]:
        while True:
            try:
                line = input(PROMPT if self._typed and not self._json else "")
            except (EOFError, KeyboardInterrupt):
                if self._typed:
                    typer.echo("")
                return
            except UnicodeDecodeError:
                raise QuestionError("the input is not text: give one question per line, in UTF-8") from None
            if line.strip():
                yield line.strip()

    def _welcome(self) -> None:
        if turns := self._conversation.turns:
            echo_lines([f"Continuing after: {turns[-1].asked}"])
        if limits := self._limits(self._conversation.scope):
            echo_lines([f"Asked of: {limits}"])
        echo_lines(["Ask about your documents; /help shows what else you can type, /quit ends."])

    def _answer(self, text: str) -> None:
        preview = Preview(shown=self._typed and not self._json)
        try:
            turn = self._conversation.ask(
                text,
                model=self._model,
                on_direct=preview.on_direct,
                on_text=preview.on_text,
                on_progress=preview.on_progress,
                on_reading=None if self._json else self._reading(text),
            )
        except RagnanoError as error:
            self._fail(text, error)
            return
        except KeyboardInterrupt:
            # Ctrl-C during an answer stops the answer, not the conversation.
            preview.drop()
            echo_lines(["Stopped."], err=True)
            if not self._typed:
                raise
            return
        if self._json:
            typer.echo(to_json(serialization.turn(self._conversation.id, turn)))
        else:
            assert turn.answer is not None
            echo_answer(turn.answer, streamed=preview.settle(turn.answer))
            echo_lines([""])
        self._print_not_kept()

    def _reading(self, text: str) -> "Callable[[str, Scope], None]":
        def print_reading(read_as: str, scope: "Scope") -> None:
            if read_as != text:
                echo_lines([f"Read as: {read_as}"])
            if scope != self._conversation.scope:
                echo_lines([f"Asked of: {self._limits(scope)} (/all removes the limits)"])

        return print_reading

    def _limits(self, scope: "Scope") -> str:
        """Describes a scope in words; "" for everything."""
        parts = []
        if scope.documents is not None:
            documents = self._assistant.documents(scope)
            names = [PurePath(document.path).name for document in documents[:MOST_NAMED]]
            more = f" and {len(documents) - MOST_NAMED} more" if len(documents) > MOST_NAMED else ""
            parts.append(", ".join(names) + more if names else "a document that has been removed")
        if scope.collection is not None:
            parts.append(f"collection {scope.collection}")
        return ", ".join(parts)

    def _run_command(self, line: str) -> bool:
        """Runs a slash command; returns False to end."""
        command, _, name = line.partition(" ")
        name = name.strip()
        if command == "/quit":
            return False
        if command == "/help":
            echo_lines(HELP)
        elif command == "/all":
            self._conversation.leave_topic()
            self._print_scope()
        elif command == "/new":
            self._conversation = self._assistant.converse(scope=self._conversation.scope, keep=self._keep)
            echo_lines(["A new conversation."], err=self._json)
        elif command in ("/doc", "/collection"):
            current_scope = self._conversation.scope
            if command == "/doc":
                chosen = self._assistant.scope(current_scope.collection, name or None)
            else:
                chosen = self._assistant.scope(name or None)
            self._conversation.limit(chosen)
            self._print_scope()
        else:
            raise NotFoundError(f"unknown command {command}: /help lists the commands")
        return True

    def _print_scope(self) -> None:
        echo_lines([f"Asked of: {self._limits(self._conversation.scope) or 'all documents'}"], err=self._json)
        self._print_not_kept()

    def _print_not_kept(self) -> None:
        """Prints the reason once, as long as it stays the same."""
        if self._conversation.not_kept and self._conversation.not_kept != self._last_reason:
            echo_lines([f"ragnano: not kept in the history: {self._conversation.not_kept}"], err=True)
        self._last_reason = self._conversation.not_kept

    def _fail(self, question: str, error: RagnanoError) -> None:
        self._failed = True
        if self._json:
            typer.echo(to_json({"asked": question, "error": str(error)}))
        else:
            echo_lines([f"ragnano: {error}"], err=True)
