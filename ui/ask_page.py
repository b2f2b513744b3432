"""Asking: a question, an answer that streams, and the words it rests on."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st
from adding import show_report
from cards import card, conflict
from first_run import welcome
from safe_text import answer_html, escape, line_html
from session import ALL, Session, Turn, session
from shared import assistant, choose, counted, file_name, questions, told, unexpected

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.errors import RagnanoError
from ragnano.types import Answer, Scope, Verdict

Look = tuple[str, str, Literal["green", "blue", "orange"]]

MOST_MARKS = 99  # of a preview, whose citations are not made yet
MOST_NAMED = 4  # files, when a question fits several
PULSE_S = 0.3
FLUSH_S = 0.05  # Streamlit sends every 0.01 s

VERDICTS: dict[Verdict, Look] = {
    "answered": ("Answered", ":material/check_circle:", "green"),
    "quoted": ("Quoted from the document", ":material/format_quote:", "blue"),
    "not_found": ("Not in the documents", ":material/search_off:", "orange"),
}


def model_label(name: str | None) -> str:
    """A model's name as it is shown."""
    return "quotes only, no model" if name in (None, QUOTES_ONLY) else Path(str(name)).name


def choose_scope(helper: Assistant, state: Session) -> None:
    """What the next question is asked of, and by which model; in the sidebar."""
    collections = [ALL, *(name for name, _ in helper.catalogue.collections())]
    state.collection = choose(
        "Collection",
        collections,
        state.collection,
        "ask collection",
        format_func=lambda name: name or "All collections",
    )
    documents = {document.id: document.title for document in helper.documents(Scope(state.collection or None))}
    state.document = choose(
        "Document",
        [ALL, *documents],
        state.document,
        "ask document",
        format_func=lambda identifier: documents.get(identifier, "All documents"),
    )
    choose_limits(helper, state)
    models = helper.chat_models()
    state.model = choose(
        "Model",
        models,
        state.model or models[0],
        "ask model",
        format_func=model_label,
        help="A model puts the answer in words. Quotes only shows the best sentence as it stands.",
    )
    if models == [QUOTES_ONLY]:
        st.caption(escape("No model is here yet: `ragnano models fetch` brings one. Until then answers are quotes."))


def choose_limits(helper: Assistant, state: Session) -> None:
    """The dates and the kind of file that the next question is limited to."""
    with st.expander("Dates and kinds of file", icon=":material/filter_alt:"):
        said = "2019, 2019-05 or 2019-05-01"
        state.dated_from = st.text_input("Dated from", state.dated_from, placeholder=said, key="ask from").strip()
        state.dated_to = st.text_input("Dated to", state.dated_to, placeholder=said, key="ask to").strip()
        kinds = sorted({document.media_type for document in helper.documents()})
        state.kind = choose(
            "Kind of file", [ALL, *kinds], state.kind, "ask kind", format_func=lambda kind: kind or "All kinds"
        )


def scope_now(helper: Assistant, state: Session) -> Scope:
    """What the next question is asked of. Raises QuestionError for what is no date."""
    return helper.scope(
        state.collection or None,
        state.document or None,
        dated_from=state.dated_from or None,
        dated_to=state.dated_to or None,
        kind=state.kind or None,
    )


def asked_of(scope: Scope) -> str:
    """A scope in words."""
    place = "this document" if scope.documents else ("this collection" if scope.collection else "all documents")
    limited = scope.dated_from or scope.dated_to or scope.media_types
    return f"{place}, within the limits chosen" if limited else place


def show_turn(helper: Assistant, turn: Turn, at: int, *, pictures: bool) -> None:
    """What came of a question."""
    if turn.trouble is not None:
        st.error(escape(turn.trouble), icon=":material/error:")
    elif turn.answer is None:
        st.caption("Stopped before the answer was complete.")
    else:
        show_answer(helper, turn.answer, f"turn {at}", pictures=pictures)


def show_history(helper: Assistant, turns: Sequence[Turn]) -> None:
    """Earlier questions, latest first; an answer is drawn when its question is opened."""
    if turns:
        st.subheader("Earlier in this session", anchor=False)
    for at in reversed(range(len(turns))):
        answer = turns[at].answer
        icon = VERDICTS[answer.verdict][1] if answer else ":material/error:"
        earlier = st.expander(escape(turns[at].question), icon=icon, key=f"earlier {at}", on_change="rerun")
        if earlier.open:
            with earlier:
                show_turn(helper, turns[at], at, pictures=False)


def show_answer(helper: Assistant, answer: Answer, key: str, *, pictures: bool) -> None:
    """Verdict, words, citations; for a refusal the nearest clauses."""
    label, icon, color = VERDICTS[answer.verdict]
    st.badge(label, icon=icon, color=color)
    st.html(answer_html(answer.answer, max((citation.number for citation in answer.citations), default=0)))
    for at, contradiction in enumerate(answer.conflicts):
        conflict(helper, contradiction, answer.citations, f"{key} conflict {at}")
    for at, citation in enumerate(answer.citations):
        card(helper, citation, f"{key} citation {at}", picture=pictures)
    if len(answer.about) > 1:
        names = ", ".join(file_name(path) for path in answer.about[:MOST_NAMED])
        more = f" and {len(answer.about) - MOST_NAMED} more" if len(answer.about) > MOST_NAMED else ""
        st.info(escape(f"{len(answer.about)} documents fit the question about as well: {names}{more}."))
    if answer.nearest:
        st.caption("The clauses that come nearest:")
    for at, citation in enumerate(answer.nearest):
        card(helper, citation, f"{key} nearest {at}", picture=False)
    st.caption(escape(f"{answer.timings.total_s:.1f} s · {model_label(answer.model)}"))


def answer_now(helper: Assistant, turn: Turn) -> None:
    """Ask, streaming a preview; the outcome is kept in the turn."""
    status, queue, preview = st.empty(), st.empty(), st.empty()
    shown: list[str] = []
    drawn = 0.0

    def write(piece: str) -> None:
        if not shown:
            status.empty()
        shown.append(piece)
        preview.html(answer_html("".join(shown), MOST_MARKS))

    def waits() -> bool:
        """Called while the question waits and while the model writes: drawing lets the reader's stop through."""
        nonlocal drawn
        now = time.monotonic()
        if now - drawn >= PULSE_S:
            drawn = now
            before = ahead()
            queue.caption(f"{counted(before, 'question')} ahead of yours." if before else "")
        return False

    try:
        with questions().one_more() as ahead, status, st.spinner("Looking through the documents …", show_time=True):
            turn.answer = helper.ask(
                turn.question,
                turn.scope,
                model=turn.model,
                on_text=write,
                cancelled=waits,
            )
    except RagnanoError as error:
        turn.trouble = str(error)
    # The border to the reader, as in `shared.told`; the turn keeps the message for later reruns.
    except Exception as error:  # noqa: BLE001
        turn.trouble = unexpected(error)


def page() -> None:
    """Draw the page."""
    state = session()
    with told():
        helper = assistant()
        st.title("Ask", anchor=False)
        show_report()
        if not helper.catalogue.collections():
            welcome(helper)
            return
        with st.sidebar:
            choose_scope(helper, state)
            st.caption("Everything stays on this machine.")
        # In a container the box stays where it is written. At the bottom of the window it would scroll each answer's
        # beginning out of sight, because its citations are long.
        with st.container():
            question = st.chat_input("Ask about the documents", submit_mode="stop", key="question")
        scope = scope_now(helper, state)
        st.caption(escape(f"Asks {asked_of(scope)} · {model_label(state.model)}"))
        if question:
            turn = Turn(question, scope, state.model)
            state.turns.append(turn)
        place = st.empty()
        if question:
            # Lets the empty place reach the browser by itself: sent together with what follows it would be merged with
            # it, and the answer before would shine through until the new one is complete.
            time.sleep(FLUSH_S)
        show_history(helper, state.turns[:-1])
        if not state.turns:
            return
        if question:
            with place.container():
                st.html(line_html(question, "question"))
                answer_now(helper, state.turns[-1])
        # Drawn in the same run: st.rerun() here would take the place of a click on another page made meanwhile.
        with place.container():
            st.html(line_html(state.turns[-1].question, "question"))
            show_turn(helper, state.turns[-1], len(state.turns) - 1, pictures=True)


page()
