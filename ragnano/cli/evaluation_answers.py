"""The command `ragnano eval answers`: asks labelled questions and scores the answers."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragnano.cli.evaluation_index import Data, Index, Mode, index_of
from ragnano.cli.evaluation_tables import middle_cell, plain_text, progress, risk_table, share_cell, times_lines
from ragnano.cli.options import Json, settings
from ragnano.cli.output import echo_lines
from ragnano.serialization import to_json

if TYPE_CHECKING:
    from rich.table import Table

    from ragnano.evaluation.answers import AnswerReport
    from ragnano.evaluation.scores import AnswerScores

BY_CATEGORY = ("right", "citation hit", "refusal recall", "wrongly refused")


def answers(
    data: Data,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="A chat model to measure, or none for quotes; give several if you like."),
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="one: ask the right document alone; all: name it and ask all (contracts only).")
    ] = Mode.one,
    plain: Annotated[
        bool, typer.Option("--plain", help="Also ask a plain pipeline with the same models, question by question.")
    ] = False,
    answerable: Annotated[
        int | None, typer.Option(min=0, help="So many questions that have an answer (default: all).")
    ] = None,
    absent: Annotated[int | None, typer.Option(min=0, help="So many questions that have none (default: all).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many of these, taken evenly.")] = None,
    seed: Annotated[int, typer.Option(help="Which ones: another seed chooses others.")] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", help="Write each answer into this file as it comes; what it holds already is not asked again."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Also draw risk over coverage into this file (.svg, .png).")
    ] = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Ask labelled questions: citations, short answers, refusals, inventions and times, with 95 % intervals.

    The files tell the kind: contracts.jsonl with queries.json (CUAD), en_fact.jsonl (RGB) or dev.json (ContractNLI).
    """
    from ragnano.assistant import QUOTES_ONLY
    from ragnano.evaluation.answers import measure_answers
    from ragnano.evaluation.baseline import CONTEXT_TOKENS, EMBEDDER, PlainPipeline
    from ragnano.evaluation.labelled_questions import documents_of, sample
    from ragnano.evaluation.plots import plot_risk, require_form
    from ragnano.evaluation.question_sets import read_set
    from ragnano.evaluation.saved_answers import Replies
    from ragnano.models import open_embedder

    if plot is not None:
        require_form(plot)
    found = read_set(data, named=mode is Mode.all)
    items = sample(found.items, answerable=answerable, absent=absent, seed=seed, limit=limit)
    chosen = settings()
    models = list(dict.fromkeys(model or [chosen.chat_model]))
    if plain and models == [QUOTES_ONLY]:
        raise typer.BadParameter("--plain needs a chat model: give --model one more time")
    room = max(chosen.context_tokens, CONTEXT_TOKENS) if plain else None
    with ExitStack() as stack:
        replies = stack.enter_context(Replies(keep))
        peer = open_embedder(settings(embedder=EMBEDDER)) if plain else None
        assistant = stack.enter_context(index_of(documents_of(found, items), index, context_tokens=room))
        report = measure_answers(
            assistant,
            items,
            models,
            replies,
            plain=None if peer is None else PlainPipeline(assistant, peer),
            progress=stack.enter_context(progress()),
        )
    if plot is not None:
        plot_risk(report.scores, plot)
    if json:
        typer.echo(
            to_json(
                {"kind": found.kind, "scores": report.scores, "times": report.times, "failed": report.failed}, indent=1
            )
        )
    else:
        _print_report(found.kind, report)
    echo_lines((f"no answer: {reason}" for reason in report.failed), err=True)


def _print_report(kind: str, report: "AnswerReport") -> None:
    from rich.console import Console

    console = Console()
    console.print(_table_of_measures(kind, report.scores))
    console.print(risk_table({_name(way): way.curve for way in report.scores}))
    if len(report.scores[0].categories) > 1:
        for way in report.scores:
            console.print(_table_of_categories(way))
    for name, times in report.times.items():
        echo_lines(times_lines(name, times))


def _table_of_measures(kind: str, scores: "Sequence[AnswerScores]") -> "Table":
    """Returns a table with a column for each system and model; shares and medians have their intervals."""
    from rich.table import Table

    missing = sum(way.missing for way in scores)
    note = f", {missing} answers missing" if missing else ""
    title = f"{kind}: {scores[0].questions} questions{note}, 95 % intervals (all categories and the curve with --json)"
    table = Table("", title=title)
    for way in scores:
        table.add_column(plain_text(_name(way)))
    for name in dict.fromkeys(name for way in scores for name in way.shares):
        table.add_row(name, *(share_cell(way.shares.get(name)) for way in scores))
    for name in dict.fromkeys(name for way in scores for name in way.medians):
        table.add_row(f"{name}, median", *(middle_cell(way.medians.get(name)) for way in scores))
    table.add_row("most citations", *(str(way.most_citations) for way in scores))
    return table


def _table_of_categories(way: "AnswerScores") -> "Table":
    from rich.table import Table

    table = Table("category", *BY_CATEGORY, title=plain_text(_name(way)))
    for category, shares in way.categories.items():
        table.add_row(plain_text(category), *(share_cell(shares.get(name), interval=False) for name in BY_CATEGORY))
    return table


def _name(way: "AnswerScores") -> str:
    return f"{way.system}, {way.model}"
