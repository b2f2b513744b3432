"""Options that several commands share, and the settings built from them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ragnano.assistant import Assistant
    from ragnano.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the index lives (default: RAGNANO_HOME or the user's data folder)."),
]
Collection = Annotated[str | None, typer.Option("--collection", "-c", help="Ask only this collection.")]
Doc = Annotated[str | None, typer.Option("--doc", "-d", help="Ask only this document: its id, path or file name.")]
From = Annotated[
    str | None, typer.Option("--from", help="Ask only documents dated so or later: 2019, 2019-05 or 2019-05-01.")
]
To = Annotated[str | None, typer.Option("--to", help="Ask only documents dated so or earlier.")]
Kind = Annotated[str | None, typer.Option("--type", help="Ask only this kind of file: pdf, txt, …")]
Model = Annotated[
    str | None,
    typer.Option("--model", "-m", help="A model's name, a path to a GGUF file, or none for quotes without a model."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        help='A file with {"id", "question"} a line, and "collection", "doc", "from", "to", "type" where wanted; '
        "one result a line.",
    ),
]

_chosen: dict[str, Path | None] = {"data_dir": None}


def remember_data_dir(path: Path | None) -> None:
    """Stores the --data-dir that was given before the command."""
    _chosen["data_dir"] = path


def settings(**overrides: Any) -> "Settings":
    """Returns the settings for this call. A --data-dir after the command overrides one before it."""
    from ragnano.settings import Settings

    overrides["data_dir"] = overrides.get("data_dir") or _chosen["data_dir"]
    return Settings.load(**overrides)


def open_assistant(**overrides: Any) -> "Assistant":
    """Returns the assistant for this call."""
    from ragnano.assistant import Assistant

    return Assistant(settings(**overrides))
