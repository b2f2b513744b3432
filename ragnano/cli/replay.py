"""The command `ragnano replay`: checks whether a receipt's question still gets the same answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragnano.cli.options import DataDir, Json, open_assistant
from ragnano.cli.output import echo_answer, echo_lines
from ragnano.serialization import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragnano.replay import Replay


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(replay)


def replay(
    receipt: Annotated[Path, typer.Argument(help="A file that `ragnano ask --receipt` wrote.", show_default=False)],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Ask this model; needed when the receipt's was a GGUF file of yours."),
    ] = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Ask a receipt's question again: the same bytes, or what changed since, earliest cause first (exit code 1)."""
    from ragnano.receipts import load_receipt
    from ragnano.replay import replay as ask_again
    from ragnano.replay import settings_of

    saved_receipt = load_receipt(receipt)
    with open_assistant(data_dir=data_dir, **settings_of(saved_receipt)) as assistant:
        outcome = ask_again(assistant, saved_receipt, model=model)
    if json:
        typer.echo(to_json(outcome, indent=1))
    else:
        echo_lines(_lines(outcome))
        if not outcome.same and outcome.answer is not None:
            echo_lines(["", "The answer now:"])
            echo_answer(outcome.answer)
    if not outcome.same:
        raise typer.Exit(1)


def _lines(outcome: "Replay") -> "Iterator[str]":
    if not outcome.same:
        yield "Not the same answer. What changed, earliest cause first:"
    elif outcome.changes:
        yield "Same answer, byte for byte, although this changed since:"
    else:
        yield "Same bytes: the answer, its citations and everything they came from."
    yield from (f"  {change.step:<9} {change.detail}" for change in outcome.changes)
