"""The commands `ragnano ask` and `ragnano search`."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.options import Batch, Collection, DataDir, Doc, From, Json, Kind, Model, To, open_assistant
from ragnano.cli.output import about_lines, echo_answer, echo_lines, harmless, read_batch
from ragnano.cli.receipts import ask_saving_receipt, make_folder
from ragnano.cli.search_output import echo_hits
from ragnano.errors import RagnanoError
from ragnano.serialization import hits, record, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragnano.assistant import Assistant
    from ragnano.retrieval.retriever import Found
    from ragnano.types import Answer, Scope

ERASE_LINE = "\r\x1b[2K"
"""Moves to the beginning of the line and clears it (ECMA-48)."""
FIRST_COUNTED = 5
"""Documents read before progress is shown."""
LINE_UP = "\x1b[A"
"""Moves to the line above."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(ask)
    app.command()(search)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    collection: Collection = None,
    doc: Doc = None,
    dated_from: From = None,
    dated_to: To = None,
    kind: Kind = None,
    model: Model = None,
    receipt: Annotated[
        Path | None,
        typer.Option(
            "--receipt",
            help="Keep what the answer came from in this file, for `ragnano replay`; with --batch a folder, a file for "
            "each line. It holds words of your documents.",
        ),
    ] = None,
    batch: Batch = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Answer a question with the exact words, file and page it rests on, or say that the documents don't."""
    _need_one(question, batch)
    with open_assistant(data_dir=data_dir) as assistant:
        if batch is not None:
            run_batch(batch, assistant, _batch_ask(assistant, model, receipt))
            return
        ask_one = ask_saving_receipt(assistant, receipt) if receipt else assistant.ask
        scope = assistant.scope(collection, doc, dated_from=dated_from, dated_to=dated_to, kind=kind)
        if json:
            typer.echo(to_json(ask_one(question or "", scope, model=model), indent=1))
        else:
            _stream(ask_one, question or "", scope, model)


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
    with open_assistant(data_dir=data_dir) as assistant:
        if batch is not None:
            run_batch(
                batch,
                assistant,
                lambda item, scope: _batch_hits(
                    assistant.find(item["question"], scope, k), assistant, clause, references
                ),
            )
            return
        scope = assistant.scope(collection, doc, dated_from=dated_from, dated_to=dated_to, kind=kind)
        found = assistant.find(query or "", scope, k)
        echo_lines(about_lines([document.path for document in found.about]), err=True)
        if json:
            typer.echo(to_json(hits(found, assistant, clause=clause, references=references), indent=1))
        else:
            echo_hits(found, assistant, clause=clause, references=references)


def _batch_hits(found: "Found", assistant: "Assistant", clause: bool, references: bool) -> dict[str, Any]:
    return {
        "hits": hits(found, assistant, clause=clause, references=references),
        "about": [document.path for document in found.about],
    }


def run_batch(batch: Path, assistant: "Assistant", run: "Callable[[dict[str, Any], Scope], dict[str, Any]]") -> None:
    """Prints one result a line, in order. A failed line prints {"id", "error"} and makes the exit code 3."""
    failed = False
    assistant.settle()
    for item in read_batch(batch):
        try:
            scope = assistant.scope(
                item.get("collection"),
                item.get("doc"),
                dated_from=item.get("from"),
                dated_to=item.get("to"),
                kind=item.get("type"),
            )
            result = run(item, scope)
        except RagnanoError as error:
            failed = True
            result = {"error": str(error)}
        typer.echo(to_json({"id": item["id"], **result}))
    if failed:
        raise typer.Exit(3)


def _batch_ask(
    assistant: "Assistant", model: str | None, folder: Path | None
) -> "Callable[[dict[str, Any], Scope], dict[str, Any]]":
    """Returns a function that answers a line of a batch; with a folder, it saves the receipt under the line's id."""
    if folder is None:
        return lambda item, scope: record(assistant.ask(item["question"], scope, model=model))
    from ragnano.receipts import receipt_name

    make_folder(folder)
    taken: set[str] = set()

    def run(item: dict[str, Any], scope: "Scope") -> dict[str, Any]:
        ask = ask_saving_receipt(assistant, folder / receipt_name(item["id"], taken))
        return record(ask(item["question"], scope, model=model))

    return run


def _need_one(question: str | None, batch: Path | None) -> None:
    if (question is None) == (batch is None):
        raise typer.BadParameter("give either a question or --batch FILE")


def _stream(ask: "Callable[..., Answer]", question: str, scope: "Scope", model: str | None) -> None:
    preview = Preview(shown=True)
    answer = ask(
        question,
        scope,
        model=model,
        on_direct=preview.on_direct,
        on_text=preview.on_text,
        on_progress=preview.on_progress,
    )
    echo_answer(answer, streamed=preview.settle(answer))


class Preview:
    """Shows the checked preview on a terminal as it arrives.

    The final answer replaces it when it differs, or when a direct answer must stand before it.
    """

    def __init__(self, *, shown: bool) -> None:
        self._pieces: list[str] = []
        seen = shown and sys.stdout.isatty()
        self.on_text = self._show if seen else None
        """For Assistant.ask; None where nothing is shown."""
        self.on_direct = self._show_direct if seen else None
        """The same for the direct answer, which is ready before the model writes."""
        self.on_progress = self._count if seen else None
        """The same for the number of compared documents."""

    def _show(self, piece: str) -> None:
        self._pieces.append(piece)
        typer.echo(harmless(piece), nl=False)

    def _count(self, done: int, total: int) -> None:
        """Shows on one line how many documents have been read, from the fifth on; fewer take no time."""
        if done >= FIRST_COUNTED:
            end = "" if done < total else ERASE_LINE
            typer.echo(f"{ERASE_LINE}Read {done} of {total} documents{end}", nl=False)

    def _show_direct(self, answer: "Answer") -> None:
        from ragnano.answering.presentation import direct_line

        if line := direct_line(answer):
            self._show(f"{line}\n\n")

    def settle(self, answer: "Answer") -> bool:
        """Ends the preview: returns True when it remains as the answer; otherwise erases it as far as possible."""
        from ragnano.answering.presentation import direct_of, without_marks

        preview = "".join(self._pieces).strip()
        # The lines of a summary or a list arrive with their citation marks.
        stands = bool(self._pieces) and preview in (answer.answer, without_marks(answer.answer))
        if stands and not direct_of(answer):
            typer.echo("")
            return True
        self.drop()
        return False

    def drop(self) -> None:
        """Erases what was shown, as far as it is still on the screen."""
        if self._pieces:
            width, height = shutil.get_terminal_size()
            rows = _rows("".join(self._pieces), width)
            typer.echo(LINE_UP.join([ERASE_LINE] * rows) if rows < height else "\n", nl=False)


def _rows(text: str, width: int) -> int:
    """Returns how many lines the text takes on a terminal of this width."""
    from rich.cells import cell_len

    return sum(max(1, -(-cell_len(line.expandtabs()) // max(1, width))) for line in harmless(text).split("\n"))
