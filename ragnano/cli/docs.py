"""The command `ragnano docs`: shows what is in the index, page by page; removes, verifies and rebuilds."""

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano import serialization
from ragnano.cli.options import Collection, DataDir, Json, open_assistant
from ragnano.cli.output import echo_lines
from ragnano.documents.locations import HIDDEN
from ragnano.errors import NotFoundError, StoreBusy
from ragnano.serialization import to_json

if TYPE_CHECKING:
    from ragnano.types import Document

group = typer.Typer(name="docs", help="List, show, remove, verify and rebuild documents.", no_args_is_help=True)

MOST_HIDDEN = 200
"""Characters of a hidden passage that the terminal shows; --json prints all."""

Name = Annotated[str, typer.Argument(help="A document's id, path or file name.")]


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    app.add_typer(group)


@group.command("list")
def list_documents(collection: Collection = None, json: Json = False, data_dir: DataDir = None) -> None:
    """List the documents."""
    with open_assistant(data_dir=data_dir) as assistant:
        found = serialization.documents(assistant, collection)
        if json:
            typer.echo(to_json(found, indent=1))
            return
        if not found:
            echo_lines(["No documents yet: take some in with `ragnano ingest FOLDER`."])
        echo_lines(map(_line, found))


@group.command("show")
def show(
    name: Name,
    page: Annotated[int | None, typer.Option("--page", "-p", min=1, help="Show this page's text.")] = None,
    collection: Collection = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show a document, or the stored text of one of its pages."""
    with open_assistant(data_dir=data_dir) as assistant:
        document = assistant.catalogue.resolve(name, collection)
        if page is None:
            found = serialization.document(assistant, document)
            if json:
                typer.echo(to_json(found, indent=1))
            else:
                echo_lines([*_about(document), *_noted(found)])
            return
        if page > document.pages:
            raise NotFoundError(f"{PurePath(document.path).name} has {document.pages} pages: there is no page {page}")
        stored = assistant.page(document.id, page)
        if json:
            typer.echo(to_json(serialization.page(document, stored)))
        else:
            echo_lines(stored.text.split("\n"))


@group.command("remove")
def remove(name: Name, collection: Collection = None, json: Json = False, data_dir: DataDir = None) -> None:
    """Remove a document from the index (from one collection, or from all). The file itself is not touched."""
    with open_assistant(data_dir=data_dir) as assistant:
        document = assistant.catalogue.resolve(name, collection)
        assistant.remove(document.id, collection)
        if json:
            typer.echo(to_json({"removed": document.id, "path": document.path}))
        else:
            echo_lines([f"Removed {PurePath(document.path).name} from the index; the file itself was not touched."])


@group.command("verify")
def verify(json: Json = False, data_dir: DataDir = None) -> None:
    """Check that the index is whole: the database, the vectors, and that the files are still where they were."""
    with open_assistant(data_dir=data_dir) as assistant:
        from ragnano.doctor import index_problems

        problems = index_problems(assistant)
        if json:
            typer.echo(to_json({"problems": problems}, indent=1))
        else:
            echo_lines(problems or ["Everything is whole."])
        if problems:
            raise typer.Exit(1)


@group.command("rebuild")
def rebuild(
    reembed: Annotated[
        bool,
        typer.Option("--reembed", help="Cut and embed all stored pages again (after a change of embedder)."),
    ] = False,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Make both indexes again from the database; with --reembed, the chunks and embeddings too."""
    from ragnano.types import Scope

    with open_assistant(data_dir=data_dir) as assistant:
        documents = len(assistant.documents(Scope()))
        if reembed:
            from ingest.pipeline import rebuild as reembed_all

            reembed_all(
                settings=assistant.settings,
                catalogue=assistant.catalogue,
                vectors=assistant.vectors,
                embedder=assistant.embedder,
            )
        else:
            assistant.catalogue.reindex_words()
            if not assistant.vectors.rebuild():
                raise StoreBusy("another ragnano process is using the vector index: close it, then run this again")
        if json:
            typer.echo(to_json({"documents": documents, "reembedded": reembed}))
        else:
            echo_lines([f"Rebuilt the index of {documents} documents."])


def _line(found: dict[str, Any]) -> str:
    note = ", some pages unreadable" if found["status"] == "partial" else ""
    alike, passages = len(found["versions"]), found["hidden"]
    note += f"; hides text ({passages} passage{'s' if passages != 1 else ''})" if passages else ""
    note += f"; much like {alike} other{'s' if alike != 1 else ''}" if alike else ""
    pages = f"{found['pages']} page{'s' if found['pages'] != 1 else ''}"
    return f"{found['id'][:12]}  {PurePath(found['paths'][0]).name}  ({found['title']}; {pages}{note})"


def _about(document: "Document") -> list[str]:
    lines = [f"{document.title}", f"  id       {document.id}"]
    lines += [f"  path     {path}" for path in document.paths]
    lines.append(f"  type     {document.media_type}, {document.pages} pages, {document.size:,} bytes")
    if document.parties:
        lines.append(f"  parties  {'; '.join(document.parties)}")
    if document.date:
        lines.append(f"  dated    {document.date}")
    lines.append(f"  in       {', '.join(document.collections)}; added {document.added}")
    lines += [f"  {'  ' * entry.level}{entry.title}" for entry in document.outline]
    return lines


def _noted(found: dict[str, Any]) -> list[str]:
    """Returns lines about a document's pages (names, hidden text, why some are unreadable) and similar documents."""
    return [
        *(f"  page {item['page']} is {item['place']}" for item in found["places"]),
        *(f"  much like {item['path']} ({item['likeness']:.0%})" for item in found["versions"]),
        *(f"  page {item['page']} not readable: {item['reason']}" for item in found["unreadable_pages"]),
        *(
            f"  page {item['page']} hides text ({HIDDEN[item['kind']]}): {item['text'][:MOST_HIDDEN]!r}"
            for item in found["hidden"]
        ),
    ]
