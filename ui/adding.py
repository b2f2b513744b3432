"""Taking files in from a page, with progress and a report, and taking documents out again."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from safe_text import escape
from session import ALL, session
from shared import counted, file_name
from uploads import forget, keep

from ragnano.assistant import Assistant
from ragnano.errors import LoadError
from ragnano.types import Document, FailedFile, IngestReport

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ingest.pipeline import Progress

_REDRAW_S = 0.2  # a redraw costs the browser more than a page costs us
MOST_SHOWN = 50


def take_in(
    assistant: Assistant, paths: Sequence[Path], collection: str, passwords: Sequence[str] = ()
) -> IngestReport:
    """Ingest under a progress bar and remember the report for `show_report`. Raises RagnanoError."""
    from ingest.pipeline import ingest

    bar = st.progress(0.0, text="Looking at the files …")
    drawn = 0.0

    def show(state: "Progress") -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn >= _REDRAW_S or state.done == state.total:
            drawn = now
            bar.progress(min(state.done / state.total, 1.0) if state.total else 0.0, text=escape(_line(state)))

    try:
        report = ingest(
            paths,
            settings=assistant.settings,
            catalogue=assistant.catalogue,
            vectors=assistant.vectors,
            embedder=lambda: assistant.embedder,
            collection=collection,
            passwords=tuple(passwords),
            progress=show,
        )
    finally:
        bar.empty()
    session().report = report
    return report


def take_in_uploads(
    assistant: Assistant, files: "Sequence[UploadedFile]", collection: str, passwords: Sequence[str] = ()
) -> IngestReport:
    """Keep a copy of each upload and ingest the copies; copies of files that could not be read are deleted again."""
    data_dir, limit = assistant.settings.data_dir, assistant.settings.file_megabytes
    kept: list[Path] = []
    refused: list[FailedFile] = []
    for file in files:
        try:
            kept.append(keep(data_dir, file.name, file.getvalue(), limit))
        except LoadError as error:
            refused.append(FailedFile(file.name, str(error)))
    try:
        report = take_in(assistant, kept, collection, passwords) if kept else IngestReport()
    finally:
        placed = {place.path for place in assistant.catalogue.placements()}
        forget(data_dir, (path for path in kept if str(path) not in placed))
    if refused:
        report = _with_failed(report, refused)
    session().report = report
    return report


def take_out(assistant: Assistant, document: Document, collection: str) -> None:
    """Remove a document from a collection, and the copy that its upload left when nothing stands there any more.

    Raises NotFoundError, StoreError.
    """
    assistant.remove(document.id, collection)
    placed = {place.path for place in assistant.catalogue.placements()}
    forget(assistant.settings.data_dir, (path for path in document.paths if path not in placed))
    if session().document == document.id:
        session().document = ALL


def show_report() -> None:
    """What the last ingestion of this tab did; shown once."""
    report, session().report = session().report, None
    if report is None:
        return
    parts = [f"{counted(report.files, 'document')} added ({counted(report.pages, 'page')})"]
    parts += [f"{report.replaced} replaced"] if report.replaced else []
    parts += [f"{report.skipped} there already"] if report.skipped else []
    parts += [f"{counted(len(report.failed), 'file')} could not be read"] if report.failed else []
    tell = st.warning if report.failed else st.success
    tell(escape(f"{', '.join(parts)}. {report.seconds:.1f} s."))
    troubles = [f"{file_name(item.path)}: {item.reason}" for item in report.failed]
    troubles += [f"{file_name(item.path)}, page {item.page}: {item.reason}" for item in report.unreadable_pages]
    if troubles:
        with st.expander(f"What could not be read ({len(troubles)})", expanded=bool(report.failed)):
            st.markdown("\n".join(f"- {escape(line)}" for line in troubles[:MOST_SHOWN]))
            if len(troubles) > MOST_SHOWN:
                st.caption(f"and {len(troubles) - MOST_SHOWN} more")


def _line(state: "Progress") -> str:
    left = f", about {_duration(state.seconds_left)} left" if state.seconds_left is not None else ""
    name = f": {file_name(state.path)}" if state.path else ""
    return f"{state.done} of {counted(state.total, 'file')}, {counted(state.pages, 'page')}{left}{name}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _with_failed(report: IngestReport, failed: Sequence[FailedFile]) -> IngestReport:
    return replace(report, failed=(*report.failed, *failed))
