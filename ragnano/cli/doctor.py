"""The command `ragnano doctor`: checks that everything works."""

import typer

from ragnano.cli.options import DataDir, Json, settings
from ragnano.cli.output import echo_lines
from ragnano.serialization import to_json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(doctor)


def doctor(json: Json = False, data_dir: DataDir = None) -> None:
    """Report processor, memory, disk, models, engine proof, index and offline state; exit 1 when something is wrong."""
    from ragnano.doctor import examine

    checks = examine(settings(data_dir=data_dir))
    if json:
        typer.echo(to_json({"ok": all(check.ok for check in checks), "checks": checks}, indent=1))
    else:
        echo_lines(f"{'ok   ' if check.ok else 'WRONG'}  {check.name:<12} {check.detail}" for check in checks)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
