"""Adds files from a page: starts a run and shows its progress and its outcome."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from ingest_jobs import FileLine, Intake, Run
from safe_text import escape
from session import session
from shared import counted, file_name, shared_assistant, unexpected
from uploads import forget, keep, left_over

from ragnano.assistant import Assistant
from ragnano.errors import LoadError
from ragnano.types import FailedFile, IngestReport

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ingest.pipeline import Progress

REDRAW_S = 0.7
"""Seconds between two checks of a run; a redraw costs the browser more than parsing a page costs the server."""
MOST_SHOWN = 50


@st.cache_resource(show_spinner=False)
def intake() -> Intake:
    """The ingest runs of this server."""
    return Intake(unexpected)


def take_in(assistant: Assistant, paths: Sequence[Path], collection: str, passwords: Sequence[str] = ()) -> None:
    """Begin adding files and folders; `show_report` shows the progress."""
    session().watched = intake().begin(assistant, paths, collection, passwords).number


def take_in_uploads(
    assistant: Assistant, files: "Sequence[UploadedFile]", collection: str, passwords: Sequence[str] = ()
) -> None:
    """Keep a copy of each upload and add the copies. Copies of files that cannot be read are deleted again."""
    data_dir, limit = assistant.settings.data_dir, assistant.settings.file_megabytes
    kept: list[Path] = []
    refused: list[FailedFile] = []
    for file in files:
        try:
            kept.append(keep(data_dir, file.name, file.getvalue(), limit))
        except LoadError as error:
            refused.append(FailedFile(file.name, str(error)))
    run = intake().begin(assistant, kept, collection, passwords, copies=kept, refused=refused)
    session().watched = run.number


def show_report(*, always: bool = False) -> None:
    """Draw the latest run: its progress, then its outcome if this tab watched it (`always`: also if it had trouble).

    An outcome without trouble is shown once, one with trouble until somebody dismisses it.
    """
    run, state = intake().latest, session()
    if run is None or run.dismissed:
        return
    if run.active:
        state.watched = run.number
        st.fragment(_progress, run_every=REDRAW_S)(run)
    elif state.watched == run.number or (always and _is_trouble(run)):
        _outcome(run)
        if not _is_trouble(run):
            state.watched = 0


def _progress(run: Run) -> None:
    """Draw progress as a fragment that redraws itself until the run ends, then redraw the whole page."""
    if not run.active:
        # Once: the browser may request this fragment again before the whole page has replaced it.
        if session().finished < run.number:
            session().finished = run.number
            st.rerun()
        return
    with st.container(border=True, key="run"):
        before = intake().before(run)
        if before:
            st.markdown(f"**Waiting**: {counted(before, 'run')} before this one")
        else:
            st.progress(_share(run.progress), text=escape(_line(run.progress)))
        lines = list(run.files.values())
        failed = [line for line in lines if line.state == "not taken in"]
        with st.container(horizontal=True, vertical_alignment="center"):
            stopping = run.stop.is_set()
            st.button(
                "Stopping after this file …" if stopping else "Stop",
                key="stop run",
                icon=":material/stop_circle:",
                disabled=stopping,
                on_click=run.stop.set,
            )
            if failed:
                st.caption(f"{counted(len(failed), 'file')} could not be read so far")
        with st.expander("Files", key="run files"):
            _list(sorted(lines[-MOST_SHOWN:], key=lambda line: line.state != "reading"))


def _share(progress: "Progress | None") -> float:
    return min(progress.done / progress.total, 1.0) if progress and progress.total else 0.0


def _line(progress: "Progress | None") -> str:
    if progress is None:
        return "Looking at the files …"
    left = f", about {_duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    name = f": {file_name(progress.path)}" if progress.path else ""
    return f"{progress.done} of {counted(progress.total, 'file')}, {counted(progress.pages, 'page')}{left}{name}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _is_trouble(run: Run) -> bool:
    return run.phase in ("stopped", "failed") or bool(run.report and run.report.failed)


def _outcome(run: Run) -> None:
    """Draw what a run did, and the actions for files it did not add."""
    summary = f"{_sum(run.report)} " if run.report else ""
    if run.phase == "failed":
        st.error(escape(f"{summary}It stopped: {run.trouble}"), icon=":material/error:")
    elif run.phase == "stopped":
        st.warning(escape(f"Stopped. {summary}What was added stays."), icon=":material/pause_circle:")
    else:
        (st.warning if _is_trouble(run) else st.success)(escape(summary))
    _troubles(run)
    if not _is_trouble(run):
        return
    with st.container(horizontal=True):
        if run.phase in ("stopped", "failed") and st.button("Go on", key="again", icon=":material/play_arrow:"):
            session().watched = intake().again(shared_assistant(), run).number
            st.rerun()
        if st.button("Dismiss", key="dismiss", icon=":material/close:", type="tertiary"):
            dismiss(run)
            st.rerun()


def dismiss(run: Run) -> None:
    """Stop showing a run, and delete the copies of uploads that it did not add."""
    run.dismissed, run.passwords = True, ()
    placed = {place.path for place in shared_assistant().catalogue.placements()}
    forget(shared_assistant().settings.data_dir, (path for path in run.copies if str(path) not in placed))


def show_left_over(assistant: Assistant, collection: str) -> None:
    """Offer to continue or delete uploads whose run was interrupted (the app or the machine stopped)."""
    run = intake().latest
    if intake().busy or (run and run.copies and _is_trouble(run) and not run.dismissed):
        return
    data_dir = assistant.settings.data_dir
    left = left_over(data_dir, {place.path for place in assistant.catalogue.placements()})
    if not left:
        return
    with st.container(border=True, key="left over"):
        st.markdown(f"{counted(len(left), 'uploaded file')} not taken in: adding was cut off.")
        with st.container(horizontal=True):
            if st.button("Go on", key="take left over", icon=":material/play_arrow:"):
                session().watched = intake().begin(assistant, left, collection, copies=left).number
                st.rerun()
            if st.button("Delete them", key="delete left over", icon=":material/delete:", type="tertiary"):
                forget(data_dir, left)
                st.rerun()


def _sum(report: IngestReport) -> str:
    parts = [f"{counted(report.files, 'document')} added ({counted(report.pages, 'page')})"]
    parts += [f"{report.replaced} replaced"] if report.replaced else []
    parts += [f"{report.skipped} there already"] if report.skipped else []
    parts += [f"{counted(len(report.failed), 'file')} could not be read"] if report.failed else []
    return f"{', '.join(parts)}. {report.seconds:.1f} s."


def _troubles(run: Run) -> None:
    failed = [line for line in run.files.values() if line.state == "not taken in"]
    pages = run.report.unreadable_pages if run.report else ()
    if failed or pages:
        with st.expander(f"What could not be read ({len(failed) + len(pages)})", expanded=bool(failed)):
            _list(failed[:MOST_SHOWN])
            st.markdown(
                "\n".join(
                    f"- {escape(f'{file_name(page.path)}, page {page.page}: {page.reason}')}"
                    for page in pages[:MOST_SHOWN]
                )
            )
            hidden = max(len(failed) - MOST_SHOWN, 0) + max(len(pages) - MOST_SHOWN, 0)
            if hidden:
                st.caption(f"and {hidden} more")


_MARKS = {
    "reading": ":material/hourglass_top:",
    "taken in": ":material/check:",
    "not taken in": ":material/error:",
}


def _list(lines: Sequence[FileLine]) -> None:
    items = [
        f"- {_MARKS[line.state]} {escape(file_name(line.path))}" + (f": {escape(line.reason)}" if line.reason else "")
        for line in lines
    ]
    if items:
        st.markdown("\n".join(items))
