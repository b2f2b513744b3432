"""The command `ragnano models`: lists models, fetches them and checks their bytes."""

from typing import Annotated, Any

import typer

from ragnano.cli.options import Json, settings
from ragnano.cli.output import echo_lines
from ragnano.serialization import to_json

group = typer.Typer(name="models", help="List, fetch and check models.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Models' names; without any, the two defaults.")]


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    app.add_typer(group)


@group.command("list")
def list_models(json: Json = False) -> None:
    """List the models in the catalogue, and which are here."""
    from ragnano.models import installed, load_catalogue

    models_dir = settings().models_dir
    rows: list[dict[str, Any]] = [
        {
            "name": spec.name,
            "kind": spec.kind,
            "parameters": spec.parameters,
            "license": spec.license,
            "bytes": spec.size,
            "ram_mb": spec.ram_mb,
            "pinned": spec.sha256 is not None,
            "installed": installed(spec, models_dir) is not None,
        }
        for spec in load_catalogue()
    ]
    if json:
        typer.echo(to_json(rows, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "kind", "parameters", "size", "memory", "licence", "state")
    for row in rows:
        size = f"{row['bytes'] / 1e6:,.0f} MB" if row["bytes"] else "?"
        memory = f"{row['ram_mb']:,} MB" if row["ram_mb"] else "?"
        state = "here" if row["installed"] else ("" if row["pinned"] else "unpinned")
        table.add_row(
            str(row["name"]),
            str(row["kind"]),
            str(row["parameters"]),
            size,
            memory,
            str(row["license"]),
            state,
        )
    Console().print(table)


@group.command("fetch")
def fetch_models(
    names: Names = None,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="Leave the proof to the first question.")] = False,
    json: Json = False,
) -> None:
    """Fetch models, verify their digests, prove the engine with them. The one command that uses the network."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from ragnano.models import default_specs, fetch, find, installed, prove

    chosen = settings()
    models_dir = chosen.models_dir
    specs = [find(name) for name in names] if names else default_specs()
    done = []
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=Console(stderr=True)
    ) as bars:
        for spec in specs:
            folder = installed(spec, models_dir)
            if folder is None:
                bar = bars.add_task(spec.name, total=spec.size or None)

                def moved(step: str, count: int, total: int | None, bar: object = bar, name: str = spec.name) -> None:
                    bars.update(bar, description=f"{name}: {step}", completed=count, total=total)  # type: ignore[arg-type]

                folder = fetch(spec, models_dir, progress=moved)
            if spec.kind == "chat" and not no_proof:
                # Proved now, so that the first question does not wait for it; a known proof costs nothing.
                prove(folder, chosen)
            done.append({"name": spec.name, "path": str(folder)})
    if json:
        typer.echo(to_json(done, indent=1))
    else:
        echo_lines(f"{item['name']}: {item['path']}" for item in done)


@group.command("check")
def check_models(names: Names = None, json: Json = False) -> None:
    """Read installed models' bytes again and compare their digests."""
    from ragnano.models import check, find, installed, load_catalogue

    models_dir = settings().models_dir
    specs = [find(name) for name in names] if names else [s for s in load_catalogue() if installed(s, models_dir)]
    results = [check(spec, models_dir) for spec in specs]
    if json:
        typer.echo(to_json(results, indent=1))
    else:
        echo_lines(f"{result.name}: {result.detail}" for result in results)
    if not all(result.ok for result in results):
        raise typer.Exit(1)
