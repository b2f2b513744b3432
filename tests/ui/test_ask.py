"""The conversation on the ask page, without a browser: storing, reading, the page beside it, asking again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from ragnano.errors import StoreError
from ragnano.types import Answer, Direct
from tests.ui.fakes import AGREEMENT, UI, FakeChatModel, write_pdf
from tests.ui.pages import ASK_FEE, ASK_NOTICE, SECONDS, button, html, shared_assistant, take_in

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

LEASE = (
    "Lease Agreement",
    "This Lease Agreement is made between Fernhill Mills Ltd. and Oxbow Storage LLC.",
    "1. Termination",
    "The Tenant may terminate this Agreement by giving ninety days written notice to the other party.",
)


def ask(app: AppTest, question: str) -> AppTest:
    if not app.chat_input:
        app.run()
    app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def another_tab(app: AppTest) -> AppTest:
    """Returns a new session with the same address, as after a refresh."""
    other = AppTest.from_file(str(UI / "navigation.py"), default_timeout=SECONDS)
    other.query_params["talk"] = talk_of(app)
    return other.run()


def talk_of(app: AppTest) -> str:
    value = app.query_params["talk"]
    return value if isinstance(value, str) else value[0]


def questions(app: AppTest) -> list[str]:
    return [line for line in html(app).splitlines() if line.startswith('<div class="rn-question">')]


def forget_open_talks() -> None:
    """Discards the open conversations, as a restart of the server does."""
    streamlit.cache_resource.clear()


def test_a_conversation_outlives_a_refresh_and_a_restart(app: AppTest, contracts: Path) -> None:
    ask(ask(app, ASK_NOTICE), ASK_FEE)
    again = another_tab(app)
    assert len(questions(again)) == 2
    shared_assistant().close()
    forget_open_talks()
    after = another_tab(app)
    assert len(questions(after)) == 2
    assert "4,250" in html(after)
    assert after.get("image")  # the latest answer's page is open again


def give_direct_answer(monkeypatch: pytest.MonkeyPatch, words: str, answer_text: str = "") -> None:
    """Gives answers these words of their first quote as direct answer, worded as `answer_text`."""
    assistant = shared_assistant()
    ask = assistant.ask

    def direct(*given: Any, **more: Any) -> Answer:
        answer: Answer = ask(*given, **more)
        start = answer.citations[0].quote.index(words)
        found = Direct(words, 1, "span", start, start + len(words))
        return replace(answer, direct=found, answer=answer_text or answer.answer)

    monkeypatch.setattr(assistant, "ask", direct)


def test_the_direct_answer_stands_first_and_is_marked_in_its_quote(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    give_direct_answer(monkeypatch, "sixty days", "The notice is sixty days [1].")
    drawn = html(ask(app, ASK_NOTICE))
    first, other, quote = (drawn.index(piece) for piece in (
        '<div class="rn-direct">sixty days <sup><button class="rn-mark" type="button" data-cite="1:1"',
        '<div class="rn-answer">The notice is sixty days',
        'by giving <mark>sixty days</mark> written notice',
    ))  # fmt: skip
    assert first < other < quote
    assert 'data-copy="sixty days [1]\nThe notice is sixty days [1].' in drawn
    again = another_tab(app)
    assert 'class="rn-direct"' in html(again) and "<mark>sixty days</mark>" in html(again)


def test_an_answer_that_is_its_quote_is_read_there(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    give_direct_answer(monkeypatch, "sixty days")
    drawn = html(ask(app, ASK_NOTICE))
    assert 'class="rn-answer"' not in drawn
    assert "by giving <mark>sixty days</mark> written notice" in drawn


def test_an_answer_without_a_direct_one_looks_as_before(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    ask_before = shared_assistant().ask
    monkeypatch.setattr(shared_assistant(), "ask", lambda *a, **b: replace(ask_before(*a, **b), direct=None))
    drawn = html(ask(app, ASK_NOTICE))
    assert '<div class="rn-answer">Either party' in drawn
    assert 'class="rn-direct"' not in drawn and "<mark>" not in drawn


def test_a_new_conversation_leaves_the_old_one_among_the_recent(app: AppTest, contracts: Path) -> None:
    first = talk_of(ask(app, ASK_NOTICE))
    app.button(key="new conversation").click().run()
    assert not questions(app)
    assert "talk" not in app.query_params
    app.button(key=f"recent {first}").click().run()
    assert len(questions(app)) == 1
    assert talk_of(app) == first


def test_an_address_that_names_no_conversation_begins_a_new_one(app: AppTest, contracts: Path) -> None:
    for name in ("last", "../..", "0" * 16):
        app.query_params["talk"] = name
        app.run()
        assert not app.exception
        assert not questions(app)
        assert "talk" not in app.query_params


def test_a_follow_up_shows_how_it_was_read_and_can_be_put_right(app: AppTest, contracts: Path) -> None:
    ask(ask(app, ASK_NOTICE), "And the fee?")
    assert "Read as: " in html(app)
    app.button(key="edit 2").click().run()
    app.text_area(key="edited 2").set_value(ASK_FEE)
    button(app, "Ask").click().run()
    assert not app.exception
    turns = shared_assistant().catalogue.turns(talk_of(app))
    assert [turn.asked for turn in turns][2:] == [ASK_FEE]
    assert turns[2].scope == turns[1].scope
    assert len(questions(app)) == 3
    assert not app.text_area


def test_an_edit_can_be_left(app: AppTest, contracts: Path) -> None:
    ask(ask(app, ASK_NOTICE), "And the fee?")
    app.button(key="edit 2").click().run()
    button(app, "Leave it").click().run()
    assert not app.text_area
    assert len(questions(app)) == 2


def test_a_citation_opens_its_page_which_can_be_turned_and_closed(app: AppTest, tmp_path: Path) -> None:
    take_in(write_pdf(tmp_path / "services.pdf", AGREEMENT, ("Schedule", "Nothing else.")))
    ask(app, ASK_NOTICE)
    assert '<div class="rn-fact">1 / 2</div>' in html(app)
    button_of(app, "Next").click().run()
    assert '<div class="rn-fact">2 / 2</div>' in html(app)
    assert button_of(app, "Next").disabled
    button(app, "Close").click().run()
    assert not app.get("image")
    app.button(key="open turn 1 citation 0").click().run()
    assert '<div class="rn-fact">1 / 2</div>' in html(app)
    assert "Copy with reference" in html(app)
    assert "Services Agreement, 2, p. 1" in html(app)


def test_the_card_of_what_an_answer_opens_is_marked_at_once(app: AppTest, contracts: Path) -> None:
    ask(app, ASK_NOTICE)
    card = app.button(key="open turn 1 citation 0")
    assert card.proto.icon == ":material/visibility:"
    button(app, "Close").click().run()
    assert app.button(key="open turn 1 citation 0").proto.icon == ":material/article:"


def button_of(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(found for found in app.button if found.label == label and str(found.key).startswith("panel"))


def test_larger_and_smaller_end_where_they_should(app: AppTest, contracts: Path) -> None:
    ask(app, ASK_NOTICE)
    assert button_of(app, "Smaller").disabled
    for _ in range(3):
        button_of(app, "Larger").click().run()
    assert button_of(app, "Larger").disabled
    assert not button_of(app, "Smaller").disabled


def test_a_refusals_nearest_clause_is_one_click_away(app: AppTest, contracts: Path) -> None:
    ask(app, "What colour is the elephant in Antarctica?")
    assert not app.get("image")
    nearest = next(found for found in app.button if "nearest" in str(found.key) and "services" in found.label)
    nearest.click().run()
    assert app.get("image")


def test_a_refusal_puts_away_the_page_that_an_answer_before_it_had_opened(app: AppTest, contracts: Path) -> None:
    ask(app, ASK_NOTICE)
    assert app.get("image")
    ask(app, "What colour is the elephant in Antarctica?")
    assert not app.run().get("image")


def test_the_same_question_is_answered_by_another_model(app: AppTest, contracts: Path) -> None:
    ask(app, ASK_NOTICE)
    app.selectbox(key="again 1").set_value("none").run()
    app.button(key="answer again 1").click().run()
    answers = [turn.answer for turn in shared_assistant().catalogue.turns(talk_of(app))]
    assert [answer.model for answer in answers if answer] == [shared_assistant().settings.chat_model, "none"]
    assert [turn.read_as for turn in shared_assistant().catalogue.turns(talk_of(app))] == [ASK_NOTICE] * 2


def test_the_same_question_is_asked_of_another_document(app: AppTest, contracts: Path, tmp_path: Path) -> None:
    lease = write_pdf(tmp_path / "lease.pdf", LEASE)
    take_in(lease)
    ask(app, "How many days written notice to terminate the Services Agreement?")
    other = next(found.id for found in shared_assistant().documents() if found.path == str(lease))
    app.selectbox(key="other 1").set_value(other).run()
    app.button(key="ask other 1").click().run()
    turn = shared_assistant().catalogue.turns(talk_of(app))[1]
    assert turn.scope.documents == (other,)
    assert turn.answer
    assert "ninety days" in turn.answer.answer
    assert "Asked of Lease Agreement" in html(app)


def test_first_questions_are_suggested_and_asked_by_a_click(app: AppTest, contracts: Path) -> None:
    app.run()
    suggested = app.button(key="suggested 0")
    assert suggested.label == "How can the Services Agreement be terminated?".replace("?", r"\?")
    suggested.click().run()
    assert not app.exception
    assert len(questions(app)) == 1
    assert "sixty days" in html(app)


def test_a_stopped_question_is_not_kept_and_can_be_asked_again(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import conversation_jobs

    asked_before = FakeChatModel.generate

    def stop_at_once(*args: object, on_text: object = None, **more: object) -> object:
        (job,) = [talk.job for talk in conversation_jobs.talks()._open.values() if talk.job]
        job.stop()
        return asked_before(*args, on_text=on_text, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as stopping:
        stopping.setattr(FakeChatModel, "generate", stop_at_once)
        ask(app, ASK_NOTICE)
    assert any("Stopped before" in found.value for found in app.caption)
    assert not shared_assistant().conversations()
    app.button(key="ask unanswered").click().run()
    assert any("Answered" in found.value for found in app.markdown)
    assert len(questions(app)) == 1


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full: make room")

    monkeypatch.setattr(shared_assistant().catalogue, "begin_conversation", full)
    ask(app, ASK_NOTICE)
    assert "sixty days" in html(app)
    assert any("the disk is full" in found.value for found in app.warning)


def test_an_answer_goes_with_its_document(app: AppTest, contracts: Path) -> None:
    ask(app, ASK_NOTICE)
    assistant = shared_assistant()
    assistant.remove(next(found.id for found in assistant.documents() if found.path.endswith("services.pdf")))
    app.run()
    assert not app.exception
    assert len(questions(app)) == 1
    assert "sixty days" not in html(app)
    assert any("removed with a document" in found.value for found in app.caption)


def test_what_a_kept_conversation_was_asked_of_is_chosen_again(app: AppTest, contracts: Path) -> None:
    app.run().selectbox(key="ask kind").set_value("application/pdf").run()
    app.text_input(key="ask to").set_value("2050").run()
    ask(app, ASK_NOTICE)
    again = another_tab(app)
    assert again.selectbox(key="ask kind").value == "application/pdf"
    assert again.text_input(key="ask to").value.startswith("2050")


def test_what_is_no_date_is_told_once_and_hides_neither_the_conversation_nor_what_was_typed(
    app: AppTest, contracts: Path
) -> None:
    ask(app, ASK_NOTICE)
    app.text_input(key="ask from").set_value("the first of May").run()
    assert len(app.error) == 1
    ask(app, ASK_FEE)
    assert len(app.error) == 1
    assert "the first of May" in app.error[0].value
    assert ASK_NOTICE in questions(app)[0]
    assert ASK_FEE in questions(app)[1]
    assert any("Not asked" in found.value for found in app.caption)
    assert shared_assistant().conversations()[0].turns == 1
    app.text_input(key="ask from").set_value("").run()
    assert not app.error


def test_limits_that_leave_nothing_are_told_instead_of_an_empty_page(app: AppTest, contracts: Path) -> None:
    app.run().text_input(key="ask from").set_value("2050").run()
    assert "No document lies within the limits" in app.info[0].value


def test_a_long_conversation_shows_its_end_first(app: AppTest, contracts: Path) -> None:
    talk = shared_assistant().converse()
    for at in range(23):
        talk.ask(f"What is the monthly fee of the Customer in case {at}?", model="none")
    app.query_params["talk"] = talk.id_to_be
    app.run()
    assert len(questions(app)) == 20
    app.button(key="earlier").click().run()
    assert len(questions(app)) == 23
