"""The first page of an empty library: what the app does, and the two ways to begin. An answer is two clicks away."""

import streamlit as st
from file_adding import intake, take_in
from session import DEFAULT_COLLECTION
from shared import LIBRARY_PAGE, MACHINE_PAGE, SAMPLES

from ragnano.assistant import QUOTES_ONLY, Assistant

_STEPS = (
    (
        ":material/folder_open:",
        "Add",
        "Contracts, letters, spreadsheets: files or whole folders. They stay on this machine.",
    ),
    (":material/forum:", "Ask", "In your own words. A small model on this machine phrases the answer."),
    (":material/verified:", "Check", "Each sentence shows the exact words it rests on, marked on the page."),
)


def welcome(assistant: Assistant) -> None:
    """Draw the welcome page."""
    if intake().busy:
        st.info("The first documents are being taken in. Questions can be asked as soon as they are here.")
        return
    st.markdown("Answers from your own documents, each with the words it rests on. Nothing leaves this machine.")
    for column, (icon, name, description) in zip(st.columns(len(_STEPS)), _STEPS, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"{icon} **{name}**")
            st.caption(description)
    with st.container(horizontal=True):
        if SAMPLES.is_dir():
            # A callback starts the run before this page is drawn again, so that its progress replaces the page.
            st.button(
                "Add the sample documents",
                type="primary",
                icon=":material/auto_stories:",
                key="samples",
                on_click=take_in,
                args=(assistant, [SAMPLES], DEFAULT_COLLECTION),
            )
        if st.button("Add your own", icon=":material/upload_file:", key="own"):
            st.switch_page(LIBRARY_PAGE)
    if SAMPLES.is_dir():
        st.caption("The samples are fifteen invented contracts; remove them whenever you like.")
    if assistant.chat_models() == (QUOTES_ONLY,):
        st.page_link(
            MACHINE_PAGE,
            label="No model is here yet: until one is fetched, answers are quotes. Fetch one",
            icon=":material/memory:",
        )
