"""The command `ragnano eval`: measures ragnano on questions with known answers, one subcommand for each measurement."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragnano.cli.evaluation_answers import answers
from ragnano.cli.evaluation_asked import asked
from ragnano.cli.evaluation_index import Data, Index, Mode, index_of
from ragnano.cli.options import Json
from ragnano.cli.output import echo_lines
from ragnano.serialization import to_json

if TYPE_CHECKING:
    from ragnano.evaluation.retrieval import RetrievalScores


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("questions")(questions)
    group.command("retrieval")(retrieval)
    group.command("answers")(answers)
    group.command("asked")(asked)
    app.add_typer(group, name="eval", help="Measure ragnano on questions whose answers are known.")


def questions(
    data: Data,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The chat model to measure.")] = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Ask the questions of questions.json: is the right page cited, is the unanswerable refused?"""
    from ragnano.evaluation.sample_questions import read_questions, score_questions

    known = read_questions(data / "questions.json")
    with index_of(data / "documents", index) as assistant:
        scores = score_questions(known, lambda text: assistant.ask(text, model=model))
    if json:
        typer.echo(to_json(scores, indent=1))
        return
    wrong = [item for item in scores.judged if not item.right]
    echo_lines(
        [
            f"right page cited      {scores.right_page} of {scores.answerable}",
            f"expected words shown  {scores.expected_words} of {scores.answerable}",
            f"direct holds expected {scores.direct_holds_expected} of {scores.answerable}",
            f"rightly refused       {scores.refused} of {scores.unanswerable}",
            f"wrongly refused       {scores.wrongly_refused} of {scores.answerable}",
            f"median                {scores.median_total_s} s an answer, first word {scores.median_first_token_s} s,"
            f" {scores.median_prompt_tokens} prompt tokens",
            *(
                f"  wrong: {item.known.question} -> {item.verdict} ({item.confidence:.2f}) {item.answer[:150]}"
                f" {item.cited}, expected {item.known.document} {item.known.page}"
                for item in wrong
            ),
        ]
    )


def retrieval(
    data: Data,
    mode: Annotated[Mode, typer.Option(help="one: ask the right document alone; all: name it and ask all.")] = Mode.one,
    paraphrases: Annotated[
        Path | None, typer.Option(help="A JSON file of category and other wording, asked instead.")
    ] = None,
    ablation: Annotated[bool, typer.Option("--ablation", help="Also with each part of the search left out.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Also draw the scores into this file (.svg, .png).")
    ] = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Search for labelled passages: recall, precision and hits, with 95 % intervals and by category."""
    from ragnano.evaluation.labels import documents_folder, read_labels, read_paraphrases
    from ragnano.evaluation.plots import plot_retrieval, require_form
    from ragnano.evaluation.retrieval import score_ways
    from ragnano.retrieval.retriever import PARTS

    if plot is not None:
        require_form(plot)
    wordings = None if paraphrases is None else read_paraphrases(paraphrases)
    items = read_labels(data, wordings)
    left_out = (None, *PARTS) if ablation else (None,)
    with index_of(documents_folder(data), index) as assistant:
        scores = score_ways(assistant, items, named=mode is Mode.all, left_out=left_out)
    if plot is not None:
        plot_retrieval(scores, plot)
    if json:
        typer.echo(to_json(scores, indent=1))
    else:
        _print_tables(scores)


def _print_tables(scores: "tuple[RetrievalScores, ...]") -> None:
    """Prints the measures by way of searching, then the whole search by category."""
    from rich.console import Console
    from rich.table import Table

    whole = scores[0]
    shown = ("hit@1", "hit@5", "recall@2500")
    measures = (*shown, "right document first")
    table = Table("", *measures, title=f"{whole.questions} questions, 95 % intervals (more with --json)")
    for way in scores:
        found = [way.measures[name] for name in measures]
        table.add_row(way.way, *(f"{one.mean:.3f}\n{one.low:.2f}–{one.high:.2f}" for one in found))
    categories = Table("category", "questions", *shown)
    for category, means in whole.categories.items():
        categories.add_row(category, f"{means['questions']:.0f}", *(f"{means[name]:.3f}" for name in shown))
    console = Console()
    console.print(table)
    console.print(categories)
