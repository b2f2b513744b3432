"""Models and machine: choice of the answering model and its cost here, downloads, and the privacy checks."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import streamlit as st
from login import is_open, listens_on
from model_downloads import Fetch
from preferences import keep_model
from privacy import fetches, privacy
from safe_text import escape, facts_html, line_html
from session import session
from shared import counted, human_size, shared_assistant, showing_errors

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.doctor import disk, memory
from ragnano.errors import NotFoundError
from ragnano.models import (
    ModelSpec,
    find,
    installed,
    load_catalogue,
    measure_speed,
    measured_speed,
    memory_needed,
    proof_record,
)
from ragnano.settings import Settings

REDRAW_S = 0.7


def sign() -> None:
    """Show whether anything left this machine, and the basis of that statement."""
    found = privacy()
    with st.container(border=True, key="sign", gap="xsmall"):
        st.markdown(f"{found.icon} **{escape(found.message)}**")
        for check in found.checks:
            mark = ":material/check:" if check.ok else ":material/error:"
            st.caption(f"{mark} {escape(check.detail[:1].upper() + check.detail[1:])}")
        if is_open():
            st.caption(
                escape(
                    f"The app listens at {listens_on()}: whoever has the password sees all documents here. Without a "
                    "proxy that encrypts, password and documents cross the network readable."
                )
            )


def answering(assistant: Assistant) -> None:
    """List the installed models with their cost, and let the user choose one."""
    st.subheader("What answers", anchor=False)
    names = assistant.chat_models()
    now = session().model or names[0]
    for name in names:
        with st.container(border=True, key=f"model {name}"), showing_errors():
            if name == QUOTES_ONLY:
                _quotes(now)
            else:
                _model(assistant, name, now)


def _quotes(now: str) -> None:
    left, right = st.columns([5, 1])
    left.html(
        line_html("Quotes only, no model", "source")
        + line_html("The best sentence as it stands in the document. Takes no memory and no time.", "place")
    )
    _use(right, QUOTES_ONLY, now)


def _model(assistant: Assistant, name: str, now: str) -> None:
    settings = assistant.settings
    spec = find(name)
    path = installed(spec, settings.models_dir)
    left, right = st.columns([5, 1])
    left.html(line_html(Path(name).name, "source") + line_html(_described(spec), "place"))
    _use(right, name, now)
    if path is None:  # set by a test or by a program that embeds the app
        return
    speed = measured_speed(path, settings)
    speed_text = (
        f"reads {speed.reading:,.0f}, writes {speed.writing:,.0f} tokens/s here" if speed else "not measured here yet"
    )
    left.html(
        facts_html(
            (
                ("Memory", human_size(spec.ram_mb * 2**20 if spec.ram_mb else memory_needed(path))),
                ("Disk", human_size(path.stat().st_size)),
                ("Speed", speed_text),
                ("Engine", _proof(path, settings)),
            )
        )
    )
    if right.button("Measure", key=f"measure {name}", icon=":material/speed:", help="Asks it once: some seconds"):
        with st.spinner("Measuring …", show_time=True):
            measure_speed(assistant.chat_model(name), path, settings)
        st.rerun()


def _described(spec: ModelSpec) -> str:
    parts = [f"{spec.parameters / 1e9:.2g} billion parameters" if spec.parameters else "", spec.license]
    return " · ".join(filter(None, parts))


def _proof(path: Path, settings: Settings) -> str:
    """Return the result of the engine's self-check as text."""
    record = proof_record(path, settings)
    if record is None:
        return "not proved yet: it proves itself before the first answer"
    failed = [f"{name}: {outcome}" for name, outcome in record.outcomes if outcome != "ok"]
    sound = next((name for name, outcome in record.outcomes if outcome == "ok"), None)
    message = f"proved sound with settings “{sound}”" if sound else "not sound"
    return message + (f" (passed over: {'; '.join(failed)})" if failed else "")


def _use(place: "st.delta_generator.DeltaGenerator", name: str, now: str) -> None:
    if name == now:
        place.badge("Answers", icon=":material/check:", color="green")
    elif place.button("Use", key=f"use {name}", type="primary"):
        keep_model(shared_assistant().settings.data_dir, name)
        session().model = name
        st.rerun()


def others(assistant: Assistant) -> None:
    """List the models that can be downloaded."""
    settings = assistant.settings
    missing = [
        spec for spec in load_catalogue() if spec.kind == "chat" and installed(spec, settings.models_dir) is None
    ]
    running = fetches().latest
    st.subheader("Other models", anchor=False)
    if running and running.state == "running":
        st.fragment(_fetching, run_every=REDRAW_S)(running)
    elif running and running.state == "failed":
        st.error(escape(running.trouble), icon=":material/error:")
    st.caption(
        "Fetching is the one thing that uses the network: it asks for the model's files and sends nothing of your "
        "documents. Every byte is checked against the publisher's digest where one is known."
    )
    with st.expander(f"{counted(len(missing), 'model')} can be fetched", expanded=len(assistant.chat_models()) == 1):
        for spec in missing:
            _offer(spec, settings)


def _offer(spec: ModelSpec, settings: Settings) -> None:
    size = human_size(spec.size) if spec.size else "size not known"
    needs = f"about {human_size(spec.ram_mb * 2**20)} of memory" if spec.ram_mb else ""
    with st.container(horizontal=True, vertical_alignment="center", key=f"offer {spec.name}"):
        st.html(
            line_html(spec.name, "source")
            + line_html(" · ".join(filter(None, (size, needs, _described(spec)))), "place")
        )
        if st.button("Fetch", key=f"fetch {spec.name}", icon=":material/download:", disabled=fetches().busy):
            fetches().begin(spec, settings)
            st.rerun()


def _fetching(fetch: Fetch) -> None:
    if fetch.state != "running":
        st.rerun()
    share = min(fetch.done / fetch.total, 1.0) if fetch.total else 0.0
    moved = f", {human_size(fetch.done)}" + (f" of {human_size(fetch.total)}" if fetch.total else "")
    st.progress(share, text=escape(f"{fetch.name}: {fetch.step}{moved if fetch.done else ''}"))


def machine(assistant: Assistant) -> None:
    """Show the machine and the data that ragnano stores on it."""
    st.subheader("This machine", anchor=False)
    settings = assistant.settings
    documents, pages, chunks = assistant.catalogue.counts()
    st.html(
        facts_html(
            (
                ("Processor", f"{os.cpu_count()} cores, {platform.machine()}; {settings.threads} threads are used"),
                ("Memory", memory().detail),
                ("Disk", disk(settings.data_dir).detail),
                (
                    "Library",
                    f"{counted(documents, 'document')}, {counted(pages, 'page')}, {counted(chunks, 'passage')}",
                ),
                ("Models", str(settings.models_dir)),
                ("Versions", f"ragnano {version('ragnano')}, Python {platform.python_version()}"),
            )
        )
    )


def page() -> None:
    """Draw the page."""
    st.title("Machine", anchor=False)
    with showing_errors():
        sign()
        assistant = shared_assistant()
        _warn_missing(assistant)
        answering(assistant)
        others(assistant)
        machine(assistant)


def _warn_missing(assistant: Assistant) -> None:
    """Warn if the model chosen in the settings is not installed."""
    chosen = assistant.settings.chat_model
    try:
        missing = (
            chosen not in assistant.chat_models() and installed(find(chosen), assistant.settings.models_dir) is None
        )
        message = f"The chosen model {chosen} is not installed: fetch it below. Until then, answers are quotes."
    except NotFoundError as error:
        missing, message = True, str(error)
    if missing:
        st.warning(escape(message), icon=":material/warning:")


page()
