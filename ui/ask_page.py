"""The ask page: a conversation, and beside it the page that supports the answer.

The address contains the conversation's id, so that a refresh restores it. Questions are answered on separate threads
(conversation_jobs.py), so that other clicks neither wait nor cancel the answer.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import streamlit as st
from citation_panel import lay_beside, panel, put_away
from conversation_jobs import Job, PendingQuestion, Talk, talks
from conversation_view import show_directly, show_question, show_turn, show_unanswered
from file_adding import show_report
from filter_controls import scope_now
from first_run import welcome
from js_bridge import listen
from page_links import TALK
from question_options import choose_scope, in_words, model_label, take_over
from safe_text import answer_html, escape, line_html
from session import Session, session
from shared import counted, shared_assistant, showing_errors

from ragnano.answering.presentation import direct_of
from ragnano.assistant import Assistant
from ragnano.documents.suggested_questions import first_questions
from ragnano.types import Scope, Turn

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

FIRST_COUNTED = 5  # documents read before progress is shown; fewer take no time
MOST_MARKS = 99  # in a preview, whose citations do not exist yet
MOST_TURNS = 20  # drawn at once; earlier ones are one click away
MOST_RECENT = 6  # conversations in the sidebar
PULSE_S = 0.15


def open_talk(name: str) -> None:
    """Switch the page to the conversation with this id; "" begins a new one. A button callback."""
    state = session()
    state.talk, state.opened, state.editing, state.whole = name, None, 0, False
    if name:
        st.query_params[TALK] = name
    else:
        st.query_params.pop(TALK, None)


def current(assistant: Assistant, state: Session) -> Talk:
    """Return the conversation in the address, else the one last on the page, else a new one."""
    named = st.query_params.get(TALK, "")
    talk = talks().find(assistant, named or state.talk) if named or state.talk else None
    if talk is None:
        talk = talks().begin(assistant)
    if talk.id != state.talk:
        open_talk(talk.id)
        if talk.begun:
            take_over(state, talk.conversation.scope)
    if talk.begun:
        st.query_params[TALK] = talk.id
    else:
        st.query_params.pop(TALK, None)
    return talk


def sidebar(assistant: Assistant, talk: Talk, state: Session) -> None:
    """Draw the button for a new conversation and the choice of scope."""
    st.button(
        "New conversation",
        icon=":material/add_comment:",
        key="new conversation",
        width="stretch",
        on_click=open_talk,
        args=("",),
    )
    choose_scope(assistant, state)
    st.caption("Everything stays on this machine.")


def show_recent(assistant: Assistant, talk: Talk) -> None:
    """Draw the most recent conversations, after everything else, so that a question just answered is included."""
    recent = assistant.conversations(MOST_RECENT)
    if recent:
        st.caption("Recent conversations")
    with st.container(gap=None, key="recent"):
        for info in recent:
            st.button(
                f"**{escape(info.title)}**" if info.id == talk.id else escape(info.title),
                key=f"recent {info.id}",
                type="tertiary",
                width="stretch",
                on_click=open_talk,
                args=(info.id,),
            )


def show_conversation(assistant: Assistant, talk: Talk, state: Session, turns: Sequence[Turn], job: Job | None) -> None:
    """Draw these turns, and a question that got no answer."""
    if len(turns) > MOST_TURNS and not state.whole:
        if st.button(f"Show the {len(turns) - MOST_TURNS} earlier questions", type="tertiary", key="earlier"):
            state.whole = True
            st.rerun()
        turns = turns[-MOST_TURNS:]
    for at, turn in enumerate(turns, start=1):
        show_turn(
            assistant, turn, talk.conversation.scope, talk.ask, lay_beside, latest=at == len(turns) and job is None
        )
    if job is None:
        show_left(talk)


def show_left(talk: Talk) -> None:
    """Draw the error of the last question, if any."""
    if talk.unanswered:
        show_unanswered(talk.unanswered, talk.ask)
    elif talk.conversation.not_kept:
        st.warning(escape(f"This answer is not in the history: {talk.conversation.not_kept}"))


def suggest(assistant: Assistant, talk: Talk, scope: Scope) -> None:
    """Suggest first questions, made from the library's content."""
    documents = assistant.documents(scope)
    if not documents:
        st.info("No document lies within the limits chosen.", icon=":material/filter_alt:")
    questions = first_questions(documents, assistant.catalogue.headings_of)
    if questions:
        st.caption("Ask in your own words, or begin with one of these:")
    for at, question in enumerate(questions):
        st.button(
            escape(question),
            key=f"suggested {at}",
            icon=":material/arrow_outward:",
            on_click=ask_of,
            args=(talk, scope, question),
        )


def ask_of(talk: Talk, scope: Scope, question: str) -> None:
    """Ask a question, and keep its scope for the next ones."""
    if scope != talk.conversation.scope and talk.job is None:
        talk.conversation.limit(scope)
    talk.ask(PendingQuestion(question, session().model))
    st.query_params[TALK] = talk.id


def chosen_limits(assistant: Assistant, state: Session) -> Scope | None:
    """Return the scope chosen in the sidebar, or None after showing an error for an invalid date."""
    with showing_errors():
        return scope_now(assistant, state)
    return None


def not_asked(question: str) -> None:
    """Show the typed question so that it can be copied."""
    show_question(question)
    st.caption("Not asked: put the limits in the sidebar right first.")


def follow(job: Job, place: "DeltaGenerator") -> None:
    """Show a question while it is being answered: its interpretation, its place in the queue, the answer so far."""
    with place.container():
        show_question(job.pending.question)
        reading, status, queue, direct, preview = st.empty(), st.empty(), st.empty(), st.empty(), st.empty()
        stop = st.empty()
        stop.button("Stop", icon=":material/stop_circle:", key=f"stop {job.number}", on_click=job.stop)
    drawn, direct_drawn = "", False
    with ExitStack() as looking:
        looking.enter_context(status)
        looking.enter_context(st.spinner("Looking through the documents …", show_time=True))
        while not job.wait(PULSE_S):
            if job.read_as != job.pending.question:
                reading.html(line_html(f"Read as: {job.read_as}", "reading"))
            # Streamlit processes clicks while it draws, so each pulse draws even if nothing has changed.
            before = job.ahead()
            queue.caption(f"{counted(before, 'question')} ahead of yours." if before else "")
            done, total = job.compared
            if done >= FIRST_COUNTED:
                queue.caption(f"Read {done} of {total} documents")
            if (found := job.direct) and direct_of(found) and not direct_drawn:
                direct_drawn = True
                with direct.container():
                    show_directly(found)
            if job.preview != drawn:
                if not drawn:
                    looking.close()
                    status.empty()
                drawn = job.preview
                preview.html(answer_html(drawn, MOST_MARKS))
    # Clear all elements: a shorter answer would leave some of them below it.
    for placeholder in (reading, queue, direct, preview, stop):
        placeholder.empty()


def open_cited(talk: Talk, mark: str) -> None:
    """Open the citation of a clicked mark: "3:1" is the first citation of the third turn."""
    number, _, cited = mark.partition(":")
    for turn in talk.conversation.turns:
        for citation in turn.answer.citations if turn.answer else ():
            if (str(turn.number), str(citation.number)) == (number, cited):
                lay_beside(citation)
                return


def open_by_itself(talk: Talk, state: Session) -> bool:
    """Open the latest answer's first citation in the panel, once, or close what an earlier answer opened there.

    Returns whether the panel has changed.
    """
    turn = talk.conversation.turns[-1] if talk.conversation.turns else None
    if turn is None or talk.job or state.shown_for == (talk.id, turn.number):
        return False
    state.shown_for = (talk.id, turn.number)
    if turn.answer is None or not turn.answer.citations:
        if state.opened is None or not state.opened.by_itself:
            return False
        put_away()
        return True
    lay_beside(turn.answer.citations[0], by_itself=True)
    return True


def show_beside(assistant: Assistant, state: Session) -> None:
    """Draw the panel: the open citation, or a hint."""
    if state.opened:
        panel(assistant, state.opened)
        return
    with st.container(key="desk-panel-none"):
        st.caption("The page behind a citation opens here, with its words marked.")


def talk_beside_page(assistant: Assistant, talk: Talk, state: Session) -> None:
    """Draw the conversation on the left, the page on the right, and the questions being answered last."""
    job, turns = talk.job, talk.conversation.turns
    open_by_itself(talk, state)
    left, right = st.columns([1, 1.12], gap="medium")
    with left:
        show_conversation(assistant, talk, state, turns, job)
    with right:
        beside = st.empty()
        with beside.container():
            show_beside(assistant, state)
    shown = len(turns)
    while job:
        with left:
            place = st.empty()
        follow(job, place)
        # Drawn in the same run: st.rerun() would discard a click on another page made meanwhile.
        job, turns = talk.job, talk.conversation.turns
        opened = open_by_itself(talk, state)  # before the turns, which highlight the open citation's card
        with place.container(), showing_errors():
            for turn in turns[shown:]:
                show_turn(assistant, turn, talk.conversation.scope, talk.ask, lay_beside, latest=job is None)
            show_left(talk)
        shown = len(turns)
        if opened:
            with beside.container():
                show_beside(assistant, state)


def page() -> None:
    """Draw the page."""
    state = session()
    with showing_errors():
        assistant = shared_assistant()
        if not assistant.catalogue.collections():
            st.title("Ask", anchor=False)
            show_report()
            welcome(assistant)
            return
        st.set_page_config(layout="wide")
        talk = current(assistant, state)
        with st.sidebar:
            sidebar(assistant, talk, state)
        scope = chosen_limits(assistant, state)
        question = st.chat_input("Ask about the documents", key="question")
        if question and scope is not None:
            ask_of(talk, scope, question)
        listen(lambda mark: open_cited(talk, mark))
        with st.container(key="desk" if talk.begun else "desk-alone"):
            with st.container(horizontal=True, vertical_alignment="bottom", key="desk-head"), showing_errors():
                st.title("Ask", anchor=False, width="content")
                if scope is not None:
                    asks = f"Asks {in_words(assistant, scope)} · {model_label(state.model)}"
                    st.caption(escape(asks), width="content")
            show_report()
            if talk.begun:
                talk_beside_page(assistant, talk, state)
            elif scope is not None:
                suggest(assistant, talk, scope)
            if question and scope is None:
                not_asked(question)
        with st.sidebar:
            show_recent(assistant, talk)


page()
