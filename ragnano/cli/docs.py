"""`ragnano docs`: what is in the index, page by page, and keeping it sound."""

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragnano.cli.options import Collection, DataDir, Json, assistant
from ragnano.cli.output import echo_lines, to_json
from ragnano.errors import NotFoundError, StoreBusy
from ragnano.places import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragnano.assistant import Assistant
    from ragnano.store import Version
    from ragnano.types import Document

group = typer.Typer(name="docs", help="List, show, remove, verify and rebuild documents.", no_args_is_help=True)

MOST_HIDDEN = 200
"""Characters of a hidden passage that a terminal shows; --json has all."""

Name = Annotated[str, typer.Argument(help="A document's id, path or file name.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(group)


@group.command("list")
def list_documents(collection: Collection = None, json: Json = False, data_dir: DataDir = None) -> None:
    """List the documents."""
    with assistant(data_dir=data_dir) as helper:
        documents = helper.documents(helper.scope(collection))
        versions = helper.catalogue.versions() if documents else {}
        hidden = helper.catalogue.hidden_counts() if documents else {}
        if json:
            records = [
                {
                    **_record(each),
                    "versions": _versions(helper, versions.get(each.id, ())),
                    "hidden": hidden.get(each.id, 0),
                }
                for each in documents
            ]
            typer.echo(to_json(records, indent=1))
            return
        if not documents:
            echo_lines(["No documents yet: take some in with `ragnano ingest FOLDER`."])
        for document in documents:
            note = ", some pages unreadable" if document.status == "partial" else ""
            alike = len(versions.get(document.id, ()))
            passages = hidden.get(document.id, 0)
            note += f"; hides text ({passages} passage{'s' if passages != 1 else ''})" if passages else ""
            note += f"; much like {alike} other{'s' if alike != 1 else ''}" if alike else ""
            pages = f"{document.pages} page{'s' if document.pages != 1 else ''}"
            echo_lines([f"{document.id[:12]}  {PurePath(document.path).name}  ({document.title}; {pages}{note})"])


@group.command("show")
def show(
    name: Name,
    page: Annotated[int | None, typer.Option("--page", "-p", min=1, help="Show this page's text.")] = None,
    collection: Collection = None,
    json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show a document, or the stored text of one of its pages."""
    with assistant(data_dir=data_dir) as helper:
        document = helper.catalogue.resolve(name, collection)
        if page is None:
            pages = helper.catalogue.pages(document.id)
            unreadable = [{"page": item.number, "reason": item.unreadable} for item in pages if item.unreadable]
            places = [{"page": item.number, "place": item.place} for item in pages if item.place]
            versions = _versions(helper, helper.catalogue.versions_of(document.id))
            hidden = [
                {"page": page.number, "kind": item.kind, "text": item.text} for page in pages for item in page.hidden
            ]
            if json:
                found = {"unreadable_pages": unreadable, "places": places, "versions": versions, "hidden": hidden}
                typer.echo(to_json({**_record(document), **found}, indent=1))
            else:
                echo_lines(_about(document))
                echo_lines(f"  page {item['page']} is {item['place']}" for item in places)
                echo_lines(f"  much like {item['path']} ({item['likeness']:.0%})" for item in versions)
                echo_lines(f"  page {item['page']} not readable: {item['reason']}" for item in unreadable)
                echo_lines(
                    f"  page {page.number} hides text ({HIDDEN[item.kind]}): {item.text[:MOST_HIDDEN]!r}"
                    for page in pages
                    for item in page.hidden
                )
            return
        if page > document.pages:
            raise NotFoundError(f"{PurePath(document.path).name} has {document.pages} pages: there is no page {page}")
        stored = helper.page(document.id, page)
        if json:
            shape = {"document": document.id, "page": page, "width": stored.width, "height": stored.height}
            text = {"text": stored.text, "read_by": stored.read_by, "unreadable": stored.unreadable}
            typer.echo(to_json({**shape, **text, "place": stored.place}))
        else:
            echo_lines(stored.text.split("\n"))


@group.command("remove")
def remove(name: Name, collection: Collection = None, json: Json = False, data_dir: DataDir = None) -> None:
    """Remove a document from the index (from one collection, or from all). The file itself is not touched."""
    with assistant(data_dir=data_dir) as helper:
        document = helper.catalogue.resolve(name, collection)
        helper.remove(document.id, collection)
        if json:
            typer.echo(to_json({"removed": document.id, "path": document.path}))
        else:
            echo_lines([f"Removed {PurePath(document.path).name} from the index; the file itself was not touched."])


@group.command("verify")
def verify(json: Json = False, data_dir: DataDir = None) -> None:
    """Check that the index is whole: the database, the vectors, and that the files are still where they were."""
    with assistant(data_dir=data_dir) as helper:
        from ragnano.health import index_problems

        problems = index_problems(helper)
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

    with assistant(data_dir=data_dir) as helper:
        documents = len(helper.documents(Scope()))
        if reembed:
            from ingest.pipeline import rebuild as reembed_all

            reembed_all(
                settings=helper.settings,
                catalogue=helper.catalogue,
                vectors=helper.vectors,
                embedder=helper.embedder,
            )
        else:
            helper.catalogue.reindex_words()
            if not helper.vectors.rebuild():
                raise StoreBusy("another ragnano process is using the vector index: close it, then run this again")
        if json:
            typer.echo(to_json({"documents": documents, "reembedded": reembed}))
        else:
            echo_lines([f"Rebuilt the index of {documents} documents."])


def _record(document: "Document") -> dict[str, Any]:
    from ragnano.cli.output import plain

    record = plain(document)
    assert isinstance(record, dict)
    return record


def _versions(helper: "Assistant", found: "Sequence[Version]") -> list[dict[str, Any]]:
    """Documents much like one: id, path, title, date and the share of wording in common, most alike first."""
    others = [(helper.catalogue.document(version.document), version.likeness) for version in found]
    return [
        {"document": one.id, "path": one.path, "title": one.title, "date": one.date, "likeness": likeness}
        for one, likeness in others
    ]


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
