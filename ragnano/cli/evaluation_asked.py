"""The command `ragnano eval asked`: questions as people ask them, of whole documents and of erased ones."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.evaluation_index import Index, index_of
from ragnano.cli.evaluation_tables import middle_cell, plain_text, progress, risk_table, share_cell, times_lines
from ragnano.cli.options import Json, Model, settings
from ragnano.cli.output import echo_lines
from ragnano.serialization import record, to_json

if TYPE_CHECKING:
    from rich.table import Table

    from ragnano.evaluation.asked_answers import AskedReport
    from ragnano.evaluation.asked_scores import AskedScores, Measures
    from ragnano.evaluation.calibration import Calibration

BY_PART = ("first citation right", "any citation right", "direct right", "wrongly refused", "erased refused", "hit@8")


class Split(StrEnum):
    """The purpose of a document: for training, for tuning and calibration, for measuring."""

    train = "train"
    tune = "tune"
    dev = "dev"


class Kind(StrEnum):
    """Kinds of documents."""

    contracts = "contracts"
    office = "office"
    tables = "tables"
    mergers = "mergers"
    regulations = "regulations"


def asked(
    data: Annotated[
        Path, typer.Option("--data", help="A file of labelled questions, or a folder: its dev.jsonl. Texts lie in txt.")
    ],
    split: Annotated[Split | None, typer.Option(help="Only questions of this split (default: all).")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only questions about this kind of document.")] = None,
    model: Model = None,
    erased: Annotated[
        bool,
        typer.Option("--erased/--no-erased", help="Also ask each question of its document without what answers it."),
    ] = True,
    plain: Annotated[
        bool, typer.Option("--plain", help="Also ask a plain pipeline with the same model, question by question.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many labelled questions, taken evenly.")] = None,
    seed: Annotated[int, typer.Option(help="Which ones: another seed chooses others.")] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", help="Write each answer into this file as it comes; what it holds already is not asked again."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Also draw risk over coverage and the calibration into this file (.svg, .png)."),
    ] = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Ask questions as people ask them: citations, direct answers and refusals, by type and kind, with 95 % intervals.

    A refusal is judged on pairs: the question asked of its document, and of the document without what answers it.
    """
    from ragnano.assistant import QUOTES_ONLY
    from ragnano.evaluation.asked_answers import measure_asked
    from ragnano.evaluation.asked_labels import chosen_of, read_asked, texts_of
    from ragnano.evaluation.baseline import CONTEXT_TOKENS, EMBEDDER, PlainPipeline
    from ragnano.evaluation.erasure import with_erased
    from ragnano.evaluation.plots import plot_asked, require_form
    from ragnano.evaluation.saved_answers import Replies
    from ragnano.models import open_embedder

    if plot is not None:
        require_form(plot)
    chosen = settings()
    name = model or chosen.chat_model
    if plain and name == QUOTES_ONLY:
        raise typer.BadParameter("--plain needs a chat model: give --model another one")
    every = read_asked(data)
    labels = chosen_of(every, split=split, kind=kind, limit=limit, seed=seed)
    texts = texts_of(data, labels)
    if erased:
        labels, texts = with_erased(labels, texts, every)
    room = max(chosen.context_tokens, CONTEXT_TOKENS) if plain else None
    with ExitStack() as stack:
        replies = stack.enter_context(Replies(keep))
        peer = open_embedder(settings(embedder=EMBEDDER)) if plain else None
        assistant = stack.enter_context(index_of(texts, index, context_tokens=room))
        report = measure_asked(
            assistant,
            labels,
            name,
            replies,
            plain=None if peer is None else PlainPipeline(assistant, peer),
            progress=stack.enter_context(progress()),
        )
    if plot is not None:
        plot_asked(report.scores, plot)
    if json:
        typer.echo(to_json(_record(report), indent=1))
    else:
        _print_report(report)
    echo_lines((f"no answer: {reason}" for reason in report.failed), err=True)


def _record(report: "AskedReport") -> dict[str, Any]:
    """Returns the JSON report: ragnano's scores, others by system ("plain"), time ratios, why answers are missing."""
    ours, *others = report.scores
    beside = {way.system: record(way) for way in others}
    return {**record(ours), **beside, "times": report.times, "failed": report.failed}


def _print_report(report: "AskedReport") -> None:
    from rich.console import Console

    console = Console()
    ours = report.scores[0]
    console.print(_table_of_measures(report.scores))
    console.print(risk_table({_name(way): way.curve for way in report.scores}))
    console.print(_table_of_calibration({_name(way): way.calibration for way in report.scores}))
    for what, parts in (("type", ours.by_type), ("kind", ours.by_kind)):
        if len(parts) > 1:
            console.print(_table_of_parts(what, parts, _name(ours)))
    echo_lines(times_lines(ours.model, report.times))


def _table_of_measures(scores: "Sequence[AskedScores]") -> "Table":
    """Returns a table with a column for each system; shares and medians have their intervals."""
    from rich.table import Table

    missing = sum(way.scores.missing for way in scores)
    note = f", {missing} answers missing" if missing else ""
    table = Table("", title=f"{scores[0].scores.questions} questions{note}, 95 % intervals (more with --json)")
    for way in scores:
        table.add_column(plain_text(_name(way)))
    for name in dict.fromkeys(name for way in scores for name in way.scores.shares):
        table.add_row(name, *(share_cell(way.scores.shares.get(name)) for way in scores))
    for name in dict.fromkeys(name for way in scores for name in way.scores.medians):
        table.add_row(f"{name}, median", *(middle_cell(way.scores.medians.get(name)) for way in scores))
    return table


def _table_of_calibration(found: "Mapping[str, Mapping[str, Calibration]]") -> "Table":
    """Returns a table of each system's calibration error, overall and by kind."""
    from rich.table import Table

    table = Table("", "", "answers", "expected calibration error", title="calibration")
    for name, calibrations in found.items():
        for kind, calibration in calibrations.items():
            table.add_row(plain_text(name), plain_text(kind), str(calibration.of), f"{calibration.error:.3f}")
    return table


def _table_of_parts(what: str, parts: "Mapping[str, Measures]", title: str) -> "Table":
    from rich.table import Table

    table = Table(what, "questions", *BY_PART, title=plain_text(title))
    for name, part in parts.items():
        cells = (share_cell(part.shares.get(measure), interval=False) for measure in BY_PART)
        table.add_row(plain_text(name), str(part.questions), *cells)
    return table


def _name(way: "AskedScores") -> str:
    return f"{way.system}, {way.model}"
