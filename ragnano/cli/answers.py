"""`ragnano ask` and `ragnano search`."""

import shutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.options import Batch, Collection, DataDir, Doc, Json, assistant
from ragnano.cli.output import answer_lines, echo_lines, hit_json, read_batch, to_json, without_marks
from ragnano.errors import RagnanoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ragnano.assistant import Assistant
    from ragnano.types import Answer, Hit, Scope

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
        scope = helper.scope(collection, doc)
        if json:
            typer.echo(to_json(helper.ask(question or "", scope, model=model), indent=1))
        else:
            _stream(helper, question or "", scope, model)


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    collection: Collection = None,
    doc: Doc = None,
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
                lambda text, scope: {"hits": [hit_json(hit) for hit in helper.search(text, scope, k)]},
            )
            return
        hits = helper.search(query or "", helper.scope(collection, doc), k)
        if json:
            typer.echo(to_json([hit_json(hit) for hit in hits], indent=1))
        else:
            echo_lines(_hit_lines(hits))


def run_batch(batch: "Path", helper: "Assistant", run: "Callable[[str, Scope], dict[str, Any]]") -> None:
    """One result a line, in order. A line that fails gives {"id", "error"}, and exit code 3 at the end."""
    failed = False
    helper.settle()
    for item in read_batch(batch):
        try:
            scope = helper.scope(item.get("collection"), item.get("doc"))
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
    stands = bool(shown) and preview.strip() == without_marks(answer.answer)
    if shown:
        fits = len(preview) < shutil.get_terminal_size().columns
        typer.echo("" if stands else ERASE_LINE if fits else "\n", nl=stands)
    echo_lines(answer_lines(answer, streamed=stands))


def _hit_lines(hits: "Iterable[Hit]") -> "Iterable[str]":
    empty = True
    for number, hit in enumerate(hits, start=1):
        empty = False
        where = f"{hit.document.path.rsplit('/', 1)[-1]}, page {hit.chunk.page}"
        yield f"{number}. {where}" + (f", {hit.chunk.section}" if hit.chunk.section else "")
        yield f"   {hit.chunk.text}".replace("\n", "\n   ")
        yield ""
    if empty:
        yield "Nothing found. `ragnano docs list` shows what is in the index."
