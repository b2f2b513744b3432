"""Draws the questions and answers of a conversation. New questions are passed to the `Ask` callback."""

from collections.abc import Callable
from typing import Literal

import streamlit as st
from citation_cards import Open, card, conflict, place_of
from conversation_jobs import PendingQuestion, Unanswered
from question_options import in_words, model_label
from row_table import show_rows
from safe_text import answer_html, copy_html, direct_html, escape, line_html, quote_html
from session import session
from shared import file_name

from ragnano.answering.presentation import direct_line, direct_of, marked_in, words_beside
from ragnano.assistant import Assistant
from ragnano.types import Answer, Citation, Scope, Turn, Verdict

Look = tuple[str, str, Literal["green", "blue", "orange"]]
Ask = Callable[[PendingQuestion], None]

MOST_NAMED = 4  # files, if a question matches several

VERDICTS: dict[Verdict, Look] = {
    "answered": ("Answered", ":material/check_circle:", "green"),
    "quoted": ("Quoted from the document", ":material/format_quote:", "blue"),
    "not_found": ("Not in the documents", ":material/search_off:", "orange"),
}


def show_question(question: str) -> None:
    """Draw the question as it was typed."""
    st.html(line_html(question, "question"))


def show_turn(
    assistant: Assistant, turn: Turn, conversation_scope: Scope, ask: Ask, open_page: Open, *, latest: bool
) -> None:
    """Draw a question, its interpretation, and its answer, with actions for the latest turn."""
    show_question(turn.asked)
    _reading(assistant, turn, conversation_scope, ask)
    if turn.answer is None:
        st.caption("The answer was removed with a document that it rested on.")
        return
    show_answer(assistant, turn.answer, f"turn {turn.number}", open_page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(escape(f"{turn.answer.timings.total_s:.1f} s · {model_label(turn.answer.model)}"), width="content")
        st.html(copy_html(_plain(turn.answer), "Copy answer"), width="content")
        if latest:
            _again(assistant, turn, ask)


def show_unanswered(left: Unanswered, ask: Ask) -> None:
    """Draw a question that got no answer, the reason, and a button to ask it again."""
    show_question(left.pending.question)
    if left.trouble:
        st.error(escape(left.trouble), icon=":material/error:")
    else:
        st.caption("Stopped before the answer was complete.")
    st.button("Ask again", icon=":material/refresh:", key="ask unanswered", on_click=ask, args=(left.pending,))


def show_answer(assistant: Assistant, answer: Answer, key: str, open_page: Open) -> None:
    """Draw verdict, direct answer, generated text and citations; for a refusal, the nearest clauses."""
    label, icon, color = VERDICTS[answer.verdict]
    st.badge(label, icon=icon, color=color)
    most = max((citation.number for citation in answer.citations), default=0)
    turn, beside = key.removeprefix("turn "), words_beside(answer)
    if direct := direct_of(answer):
        st.html(direct_html(direct.text, direct.citation, turn))
    if beside:
        st.html(answer_html(beside, most, turn))
    for at, contradiction in enumerate(answer.conflicts):
        conflict(assistant, contradiction, answer.citations, f"{key} conflict {at}", open_page)
    answer_text = " ".join(beside.split())
    for at, citation in enumerate(answer.citations):
        repeated = " ".join(citation.quote.split()) in answer_text
        now, marked = _is_open(citation), marked_in(answer, citation)
        card(citation, f"{key} citation {at}", open_page, now=now, words=not repeated, marked=marked)
    if answer.rows:
        show_rows(answer.rows, key)
    if len(answer.about) > 1 and not answer.rows:
        names = ", ".join(file_name(path) for path in answer.about[:MOST_NAMED])
        more = f" and {len(answer.about) - MOST_NAMED} more" if len(answer.about) > MOST_NAMED else ""
        note = f"{len(answer.about)} documents fit the question about as well: {names}{more}."
        st.caption(f":material/info: {escape(note)}")
    if answer.nearest:
        st.caption("The clauses that come nearest:")
    for at, citation in enumerate(answer.nearest):
        card(citation, f"{key} nearest {at}", open_page, now=_is_open(citation))


def show_directly(answer: Answer) -> None:
    """Draw the direct answer and its quote while the rest of the answer is still being written."""
    if direct := direct_of(answer):
        st.html(direct_html(direct.text, direct.citation))
        for citation in answer.citations:
            if citation.number == direct.citation:
                st.html(quote_html(citation.quote, marked_in(answer, citation)))


def _is_open(citation: Citation) -> bool:
    opened = session().opened
    return opened is not None and opened.citation == citation


def _plain(answer: Answer) -> str:
    """Return the answer and its sources as plain text for the clipboard."""
    sources = [
        f"[{citation.number}] {file_name(citation.path)}, {place_of(citation)}: “{citation.quote}”"
        for citation in answer.citations
    ]
    answer_lines = filter(None, (direct_line(answer), words_beside(answer)))
    return "\n".join((*answer_lines, *(" ".join(source.split()) for source in sources)))


def _reading(assistant: Assistant, turn: Turn, conversation_scope: Scope, ask: Ask) -> None:
    """Draw how a follow-up was interpreted, with a box to correct it, and the scope where it is narrower."""
    notes = []
    if turn.read_as != turn.asked:
        notes.append(f"Read as: {turn.read_as}")
    if turn.scope != conversation_scope:
        notes.append(f"Asked of {in_words(assistant, turn.scope)}")
    if not notes:
        return
    state = session()
    if state.editing == turn.number:
        _edit(turn, ask)
        return
    with st.container(
        horizontal=True, wrap=False, vertical_alignment="center", horizontal_alignment="right", gap="small"
    ):
        st.html(line_html(" · ".join(notes), "reading"))
        st.button(
            "Edit",
            icon=":material/edit:",
            key=f"edit {turn.number}",
            type="tertiary",
            help="Put right how the question was read, and ask it again",
            on_click=_begin_edit,
            args=(turn.number,),
        )


def _edit(turn: Turn, ask: Ask) -> None:
    with st.form(f"edit {turn.number}", border=True):
        text = st.text_area("Ask instead", turn.read_as, key=f"edited {turn.number}", height="content")
        with st.container(horizontal=True):
            sent = st.form_submit_button("Ask", type="primary", icon=":material/send:")
            left = st.form_submit_button("Leave it")
    if left or (sent and not text.strip()):
        session().editing = 0
        st.rerun()
    if sent:
        session().editing = 0
        ask(PendingQuestion(" ".join(text.split()), session().model, turn.scope))
        st.rerun()


def _begin_edit(number: int) -> None:
    session().editing = number


def _again(assistant: Assistant, turn: Turn, ask: Ask) -> None:
    """Draw the options to ask the same question with another model or of another document."""
    with st.popover("Another model", icon=":material/refresh:", type="tertiary"):
        models = assistant.chat_models()
        model = st.selectbox("Answer again with", models, format_func=model_label, key=f"again {turn.number}")
        st.button(
            "Answer again",
            key=f"answer again {turn.number}",
            on_click=ask,
            args=(PendingQuestion(turn.read_as, model, turn.scope),),
        )
    with st.popover("Another document", icon=":material/description:", type="tertiary"):
        documents = {document.id: document.title for document in assistant.documents()}
        chosen = st.selectbox(
            "Ask this of", list(documents), format_func=lambda found: documents[found], key=f"other {turn.number}"
        )
        st.button(
            "Ask it",
            key=f"ask other {turn.number}",
            disabled=chosen is None,
            on_click=ask,
            args=(PendingQuestion(turn.read_as, session().model, Scope(documents=(chosen,) if chosen else None)),),
        )
