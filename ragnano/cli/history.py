"""The command `ragnano history`: the conversations that `ragnano chat` kept."""

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ragnano.cli.options import DataDir, Json, open_assistant
from ragnano.cli.output import echo_answer, echo_lines
from ragnano.serialization import conversation, to_json

if TYPE_CHECKING:
    from ragnano.conversations.export import Form
    from ragnano.types import ConversationInfo, Turn

group = typer.Typer(name="history", help="List, show, search, export and delete conversations.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A conversation's id, the start of it, or last.")]


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    app.add_typer(group)


@group.command("list")
def list_conversations(json: Json = False, data_dir: DataDir = None) -> None:
    """List the conversations that were kept, the last one first."""
    with open_assistant(data_dir=data_dir) as assistant:
        found = assistant.conversations()
        if json:
            typer.echo(to_json(found, indent=1))
            return
        if not found:
            echo_lines(["No conversations yet: begin one with `ragnano chat`."])
        echo_lines(map(_line, found))


@group.command("show")
def show(name: Name, json: Json = False, data_dir: DataDir = None) -> None:
    """Show a conversation: each question, how it was read, and its answer with the words it rests on."""
    from ragnano.conversations.transcript import REMOVED

    with open_assistant(data_dir=data_dir) as assistant:
        info = assistant.catalogue.conversation(name)
        turns = assistant.catalogue.turns(info.id)
        if json:
            typer.echo(to_json(conversation(info, turns), indent=1))
            return
        echo_lines([_line(info)])
        for turn in turns:
            echo_lines(["", f"{turn.number}. {turn.asked}"])
            if turn.read_as != turn.asked:
                echo_lines([f"Read as: {turn.read_as}"])
            if turn.answer:
                echo_answer(turn.answer)
            else:
                echo_lines([REMOVED])


@group.command("search")
def search(
    words: Annotated[str, typer.Argument(help="Words that all stand in a question, its answer or the quoted words.")],
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find questions and answers of earlier conversations by their words."""
    from ragnano.answering.presentation import in_brief
    from ragnano.conversations.transcript import REMOVED

    with open_assistant(data_dir=data_dir) as assistant:
        found = list(assistant.catalogue.search_turns(words))
        if json:
            typer.echo(to_json(found, indent=1))
            return
        if not found:
            echo_lines(["Nothing found. `ragnano history list` shows what is kept."])
        for item in found:
            echo_lines([f"{item.conversation.id}  {item.turn.number}. {item.turn.asked}"])
            echo_lines([f"    {in_brief(item.turn.answer) if item.turn.answer else REMOVED}"])


@group.command("export")
def export(
    name: Name,
    form: Annotated[
        Literal["markdown", "json", "docx", "pdf"],
        typer.Option("--format", "-f", help="What to write; docx and pdf need --out."),
    ] = "markdown",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write into this file, readable by you alone, not to the screen.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a conversation as Markdown, JSON, Word or PDF. It holds words of your documents."""
    from ragnano.conversations.transcript import write

    if out is None and form in ("docx", "pdf"):
        raise typer.BadParameter(f"{form} cannot be printed to the terminal: name a file with --out")
    with open_assistant(data_dir=data_dir) as assistant:
        info = assistant.catalogue.conversation(name)
        content = _exported(form, info, assistant.catalogue.turns(info.id))
        if out is not None:
            write(out, content)
            echo_lines([f"Wrote {PurePath(out).name}."], err=True)
        else:
            echo_lines([content.decode().rstrip("\n")])


@group.command("delete")
def delete(
    names: Annotated[list[str] | None, typer.Argument(help="Ids of conversations, or last.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Delete every conversation.")] = False,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Delete conversations: nothing of them stays in the data directory."""
    if bool(names) == everything:
        raise typer.BadParameter("give either conversation ids or --all")
    with open_assistant(data_dir=data_dir) as assistant:
        chosen = [info.id for info in assistant.conversations()] if everything else names or []
        deleted = assistant.forget(*chosen)
        if json:
            typer.echo(to_json({"deleted": deleted}))
        else:
            echo_lines([f"Deleted {deleted} conversation{'s' if deleted != 1 else ''}."])


def _exported(form: "Form | Literal['json']", info: "ConversationInfo", turns: "list[Turn]") -> bytes:
    """Returns the conversation's bytes in the chosen format."""
    from ragnano.conversations.export import EXPORTS

    if form == "json":
        return (to_json(conversation(info, turns), indent=1) + "\n").encode()
    return EXPORTS[form].content(info, turns)


def _line(info: "ConversationInfo") -> str:
    turns = f"{info.turns} question{'s' if info.turns != 1 else ''}"
    return f"{info.id}  {info.updated[:16].replace('T', ' ')}  {info.title}  ({turns})"
