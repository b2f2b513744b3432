"""`ragnano ask` and `ragnano search`."""

import shutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.hits import echo_hits, hits_json
from ragnano.cli.options import Batch, Collection, DataDir, Doc, From, Json, Kind, To, assistant
from ragnano.cli.output import about_lines, answer_lines, echo_lines, read_batch, to_json, without_marks
from ragnano.errors import RagnanoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ragnano.assistant import Assistant
    from ragnano.retrieve import Found
    from ragnano.types import Answer, Scope

ERASE_LINE = "\r\x1b[2K"
"""Back to the line's beginning, and clear it (ECMA-48)."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ask)
    app.command()(search)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    collection: Collection = None,
    doc: Doc = None,
    dated_from: From = None,
    dated_to: To = None,
    kind: Kind = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="A model's name, a path to a GGUF file, or none for quotes without a model."
        ),
    ] = None,
    batch: Batch = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Answer a question with the exact words, file and page it rests on, or say that the documents don't."""
    _need_one(question, batch)
    with assistant(data_dir=data_dir) as helper:
        if batch is not None:
            run_batch(batch, helper, lambda text, scope: _plain_answer(helper.ask(text, scope, model=model)))
            return
        scope = helper.scope(collection, doc, dated_from=dated_from, dated_to=dated_to, kind=kind)
        if json:
            typer.echo(to_json(helper.ask(question or "", scope, model=model), indent=1))
        else:
            _stream(helper, question or "", scope, model)


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    collection: Collection = None,
    doc: Doc = None,
    dated_from: From = None,
    dated_to: To = None,
    kind: Kind = None,
    clause: Annotated[bool, typer.Option("--clause", help="Show each passage in its whole clause.")] = False,
    references: Annotated[
        bool, typer.Option("--references", help="Also the sections it refers to and the terms it uses as defined.")
    ] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    batch: Batch = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find the clauses that bear on a question, without a chat model."""
    _need_one(query, batch)
    with assistant(data_dir=data_dir) as helper:
        if batch is not None:
            run_batch(
                batch,
                helper,
                lambda text, scope: _batch_hits(helper.find(text, scope, k), helper, clause, references),
            )
            return
        scope = helper.scope(collection, doc, dated_from=dated_from, dated_to=dated_to, kind=kind)
        found = helper.find(query or "", scope, k)
        echo_lines(about_lines([document.path for document in found.about]), err=True)
        if json:
            typer.echo(to_json(hits_json(found, helper, clause=clause, references=references), indent=1))
        else:
            echo_hits(found, helper, clause=clause, references=references)


def _batch_hits(found: "Found", helper: "Assistant", clause: bool, references: bool) -> dict[str, Any]:
    return {
        "hits": hits_json(found, helper, clause=clause, references=references),
        "about": [document.path for document in found.about],
    }


def run_batch(batch: "Path", helper: "Assistant", run: "Callable[[str, Scope], dict[str, Any]]") -> None:
    """One result a line, in order. A line that fails gives {"id", "error"}, and exit code 3 at the end."""
    failed = False
    helper.settle()
    for item in read_batch(batch):
        try:
            scope = helper.scope(
                item.get("collection"),
                item.get("doc"),
                dated_from=item.get("from"),
                dated_to=item.get("to"),
                kind=item.get("type"),
            )
            result = run(item["question"], scope)
        except RagnanoError as error:
            failed = True
            result = {"error": str(error)}
        typer.echo(to_json({"id": item["id"], **result}))
    if failed:
        raise typer.Exit(3)


def _plain_answer(answer: "Answer") -> dict[str, Any]:
    from ragnano.cli.output import plain

    result = plain(answer)
    assert isinstance(result, dict)
    return result


def _need_one(question: str | None, batch: "Path | None") -> None:
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or --batch FILE, one of them")


def _stream(helper: "Assistant", question: str, scope: "Scope", model: str | None) -> None:
    """On a terminal, show the checked preview as it comes; the final answer replaces it when it differs."""
    shown: list[str] = []

    def show(piece: str) -> None:
        shown.append(piece)
        typer.echo(piece, nl=False)

    terminal = sys.stdout.isatty()
    answer = helper.ask(question, scope, model=model, on_text=show if terminal else None)
    preview = "".join(shown)
    # The lines of a summary or a list come with their marks.
    stands = bool(shown) and preview.strip() in (answer.answer, without_marks(answer.answer))
    if shown:
        fits = len(preview) < shutil.get_terminal_size().columns
        typer.echo("" if stands else ERASE_LINE if fits else "\n", nl=stands)
    echo_lines(answer_lines(answer, streamed=stands))
