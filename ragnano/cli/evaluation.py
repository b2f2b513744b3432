"""`ragnano eval`: measure ragnano on questions whose answers are known."""

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ragnano.cli.options import Json, settings
from ragnano.cli.output import echo_lines, to_json


class Measurement(StrEnum):
    """What can be measured."""

    questions = "questions"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


def evaluate(
    name: Annotated[Measurement, typer.Argument(help="questions: right page cited, unanswerable refused.")],
    data: Annotated[Path, typer.Option("--data", help="A folder with questions.json and documents/.")],
    model: Annotated[str | None, typer.Option("--model", "-m", help="The chat model to measure.")] = None,
    json: Json = False,
) -> None:
    """Measure ragnano: takes the folder's documents into a fresh index, asks its questions and counts what is right."""
    from ingest.pipeline import ingest
    from ragnano.assistant import Assistant
    from ragnano.evaluate.questions import read_questions, score_questions

    questions = read_questions(data / "questions.json")
    with (
        tempfile.TemporaryDirectory(prefix="ragnano-eval-") as folder,
        Assistant(settings(data_dir=Path(folder))) as helper,
    ):
        ingest(
            [data / "documents"],
            settings=helper.settings,
            catalogue=helper.catalogue,
            vectors=helper.vectors,
            embedder=helper.embedder,
        )
        scores = score_questions(questions, lambda text: helper.ask(text, model=model))
    if json:
        typer.echo(to_json(scores, indent=1))
        return
    wrong = [item for item in scores.judged if not item.right]
    echo_lines(
        [
            f"right page cited      {scores.right_page} of {scores.answerable}",
            f"expected words shown  {scores.expected_words} of {scores.answerable}",
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
