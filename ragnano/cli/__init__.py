"""The command line: one Typer app, with a module for each group of commands. Commands print; the library never does.

Only Typer is imported here. Commands import what they need when they run, so that `ragnano --help` is quick.
"""

import sys
from typing import Annotated

import typer

from ragnano import __version__
from ragnano.cli import answers, chat, docs, doctor, evaluation, history, ingestion, models, replay, serve, ui
from ragnano.cli.options import DataDir, remember_data_dir
from ragnano.errors import RagnanoError

app = typer.Typer(
    name="ragnano",
    help="Private answers from your own documents, with the exact words they rest on. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich's boxes would add 0.2 s to `--help`
    pretty_exceptions_enable=False,
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"ragnano {__version__}")
        raise typer.Exit


@app.callback()
def root(
    data_dir: DataDir = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Private answers from your own documents, with the exact words they rest on. Nothing leaves this machine."""
    remember_data_dir(data_dir)


ingestion.register(app)
answers.register(app)
chat.register(app)
history.register(app)
replay.register(app)
serve.register(app)
ui.register(app)
docs.register(app)
models.register(app)
doctor.register(app)
evaluation.register(app)


def main() -> None:
    """Runs the command line; every error ends as one clear line and an exit code (1 failed, 2 usage, 3 partial)."""
    try:
        app()
    except RagnanoError as error:
        typer.echo(f"ragnano: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("ragnano: stopped; everything finished so far is kept", err=True)
        sys.exit(130)
