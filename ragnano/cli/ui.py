"""The command `ragnano ui`: starts the app, from a checkout or an installed package.

In a checkout the app lies in `ui`; a wheel carries the same files as the package `ragnano_app`, beside `ragnano`. The
app is Streamlit's to run, and its settings stand in its own .streamlit/config.toml. They are passed as options as well:
only options take precedence over settings of the user's other Streamlit apps (files and STREAMLIT_ variables).
"""

import os
import runpy
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ragnano.cli.options import DataDir, settings
from ragnano.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ui)


def ui(
    host: Annotated[
        str,
        typer.Option("--host", help="The address to listen at; for another than this machine, set RAGNANO_PASSWORD."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the app in the browser.")] = True,
    data_dir: DataDir = None,
) -> None:
    """Open the app in the browser: ask, search, read and manage your documents. It listens on this machine only."""
    app = app_file()
    os.environ["RAGNANO_DATA_DIR"] = str(settings(data_dir=data_dir).data_dir.absolute())
    chosen = {"server.address": host, "server.port": port, "server.headless": not browser}
    # The same process, so that Ctrl-C and termination signals reach the server.
    sys.argv = ["streamlit", "run", str(app), *options(app.parent, chosen)]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def app_file() -> Path:
    """Returns the app's script. Raises ConfigError where the installation lacks it."""
    above = Path(__file__).resolve().parents[2]
    for folder in ("ragnano_app", "ui"):
        if (above / folder / "app.py").is_file() and (above / folder / "navigation.py").is_file():
            return above / folder / "app.py"
    raise ConfigError(f"the app's files are missing from {above}: install ragnano again")


def options(folder: Path, chosen: dict[str, Any]) -> list[str]:
    """Returns Streamlit's options: those of the app's config.toml, with the chosen ones instead where both are set."""
    text = (folder / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    values = dict(_flat(tomllib.loads(text))) | chosen
    return [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in values.items()]


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
