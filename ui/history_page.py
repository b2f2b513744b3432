"""Past conversations: open, rename, search, export, delete."""

from collections.abc import Sequence

import streamlit as st
from conversation_jobs import talks
from conversation_view import VERDICTS
from page_links import ASK_PAGE, TALK
from relative_dates import by_period, day_of
from safe_text import escape, line_html
from session import session
from shared import counted, shared_assistant, showing_errors

from ragnano.answering.presentation import in_brief
from ragnano.assistant import Assistant
from ragnano.conversations.export import EXPORTS
from ragnano.types import ConversationInfo, FoundTurn

MOST_LISTED = 60
"""Conversations drawn at once, and turns found; more are a click away."""

_SNIPPET = 220  # characters of an answer in a search result


def list_conversations(assistant: Assistant, infos: Sequence[ConversationInfo]) -> None:
    """Draw a row for each conversation; opening one shows its actions."""
    shown = infos if session().all_talks else infos[:MOST_LISTED]
    for name, found in by_period(shown):
        st.html(line_html(name, "period"))
        for info in found:
            row(assistant, info)
    if len(shown) < len(infos) and st.button(f"Show {len(infos) - len(shown)} older ones", type="tertiary"):
        session().all_talks = True
        st.rerun()


def row(assistant: Assistant, info: ConversationInfo) -> None:
    """Draw one conversation."""
    label = f"**{escape(info.title)}** · {day_of(info.updated):%d %b %Y} · {counted(info.turns, 'question')}"
    box = st.expander(label, icon=":material/forum:", key=f"talk {info.id}", on_change="rerun")
    if not box.open:
        return
    with box, showing_errors():
        turns = assistant.catalogue.turns(info.id)
        with st.container(gap="small"):
            for turn in turns[:3]:
                st.html(line_html(turn.asked, "fact"))
            if len(turns) > 3:
                st.caption(f"and {counted(len(turns) - 3, 'more question')}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(ASK_PAGE, label="Open", icon=":material/forum:", query_params={TALK: info.id})
            for form in EXPORTS.values():
                st.download_button(
                    form.name,
                    # Created only when requested.
                    data=lambda form=form: form.content(info, turns),
                    file_name=form.file_name(info),
                    mime=form.media_type,
                    icon=":material/download:",
                    key=f"{form.name} {info.id}",
                    on_click="ignore",
                )
            with st.popover("Rename", icon=":material/edit:", key=f"renaming {info.id}"):
                name = st.text_input("Name", info.title, key=f"name {info.id}", max_chars=80)
                if st.button("Keep this name", key=f"rename {info.id}"):
                    assistant.catalogue.rename_conversation(info.id, name)
                    st.rerun()
            with st.popover("Delete", icon=":material/delete:", key=f"deleting {info.id}"):
                st.markdown("Delete this conversation? Its questions and answers are wiped from this machine.")
                if st.button("Delete for good", type="primary", key=f"delete {info.id}"):
                    delete(assistant, info.id)


def delete(assistant: Assistant, *identifiers: str) -> None:
    """Delete conversations from the history and this server's memory, and redraw the page. Raises StoreBusy."""
    try:
        assistant.forget(*identifiers)
    finally:
        talks().drop(identifiers)
        if session().talk in identifiers:
            session().talk, session().opened = "", None
    st.rerun()


def show_found(found: Sequence[FoundTurn]) -> None:
    """Draw the turns that contain the words, each with a link to its conversation."""
    st.caption(counted(len(found), "question") if found else "Nothing that was kept holds all these words.")
    for at, item in enumerate(found[:MOST_LISTED]):
        answer = item.turn.answer
        with st.container(border=True, key=f"found {at}", gap="small"):
            st.html(line_html(item.turn.asked, "source"))
            if answer:
                st.badge(
                    VERDICTS[answer.verdict][0], icon=VERDICTS[answer.verdict][1], color=VERDICTS[answer.verdict][2]
                )
                answer_text = " ".join(in_brief(answer).split())
                st.html(
                    line_html(answer_text if len(answer_text) <= _SNIPPET else f"{answer_text[:_SNIPPET]}…", "fact")
                )
            with st.container(horizontal=True, vertical_alignment="center"):
                talk = item.conversation
                st.page_link(ASK_PAGE, label="Open", icon=":material/forum:", query_params={TALK: talk.id})
                st.caption(escape(f"{talk.title} · {day_of(item.turn.created):%d %b %Y}"), width="content")
    if len(found) > MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} of {len(found)}. More words narrow the list.")


def page() -> None:
    """Draw the page."""
    st.title("History", anchor=False)
    with showing_errors():
        assistant = shared_assistant()
        infos = assistant.conversations()
        if not infos:
            st.info("No conversations yet. What you ask is kept here, on this machine alone.", icon=":material/forum:")
            st.page_link(ASK_PAGE, label="Ask a question", icon=":material/forum:")
            return
        words = session().history_find = st.text_input(
            "Find in questions, answers and quotes",
            session().history_find,
            key="history find",
            icon=":material/search:",
            type="search",
        )
        if words.strip():
            show_found(list(assistant.catalogue.search_turns(words)))
            return
        list_conversations(assistant, infos)
        with st.popover("Delete all", icon=":material/delete_sweep:", type="tertiary"):
            st.markdown(f"Delete all {counted(len(infos), 'conversation')}? Nothing of them stays on this machine.")
            if st.button("Delete all for good", type="primary", key="delete all"):
                delete(assistant, *(info.id for info in infos))


page()
