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
from tests.ui.pages import ASK_FEE, ASK_NOTICE, SECONDS, assistant, button, html, take_in

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

LEASE = (
    "Lease Agreement",
    "This Lease Agreement is made between Fernhill Mills Ltd. and Oxbow Storage LLC.",
    "1. Termination",
    "The Tenant may terminate this Agreement by giving ninety days written notice to the other party.",
)


def ask(desk: AppTest, question: str) -> AppTest:
    if not desk.chat_input:
        desk.run()
    desk.chat_input[0].set_value(question).run()
    assert not desk.exception
    return desk


def another_tab(desk: AppTest) -> AppTest:
    """Returns a new session with the same address, as after a refresh."""
    other = AppTest.from_file(str(UI / "navigation.py"), default_timeout=SECONDS)
    other.query_params["talk"] = talk_of(desk)
    return other.run()


def talk_of(desk: AppTest) -> str:
    value = desk.query_params["talk"]
    return value if isinstance(value, str) else value[0]


def questions(desk: AppTest) -> list[str]:
    return [line for line in html(desk).splitlines() if line.startswith('<div class="rn-question">')]


def forget_open_talks() -> None:
    """Discards the open conversations, as a restart of the server does."""
    streamlit.cache_resource.clear()


def test_a_conversation_outlives_a_refresh_and_a_restart(desk: AppTest, contracts: Path) -> None:
    ask(ask(desk, ASK_NOTICE), ASK_FEE)
    again = another_tab(desk)
    assert len(questions(again)) == 2
    assistant().close()
    forget_open_talks()
    after = another_tab(desk)
    assert len(questions(after)) == 2
    assert "4,250" in html(after)
    assert after.get("image")  # the latest answer's page is open again


def tell_directly(monkeypatch: pytest.MonkeyPatch, words: str, said: str = "") -> None:
    """Gives answers these words of their first quote as direct answer, worded as `said`."""
    helper = assistant()
    ask = helper.ask

    def direct(*given: Any, **more: Any) -> Answer:
        answer: Answer = ask(*given, **more)
        start = answer.citations[0].quote.index(words)
        found = Direct(words, 1, "span", start, start + len(words))
        return replace(answer, direct=found, answer=said or answer.answer)

    monkeypatch.setattr(helper, "ask", direct)


def test_the_direct_answer_stands_first_and_is_marked_in_its_quote(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run()
    tell_directly(monkeypatch, "sixty days", "The notice is sixty days [1].")
    drawn = html(ask(desk, ASK_NOTICE))
    first, other, quote = (drawn.index(piece) for piece in (
        '<div class="rn-direct">sixty days <sup><button class="rn-mark" type="button" data-cite="1:1"',
        '<div class="rn-answer">The notice is sixty days',
        'by giving <mark>sixty days</mark> written notice',
    ))  # fmt: skip
    assert first < other < quote
    assert 'data-copy="sixty days [1]\nThe notice is sixty days [1].' in drawn
    again = another_tab(desk)
    assert 'class="rn-direct"' in html(again) and "<mark>sixty days</mark>" in html(again)


def test_an_answer_that_is_its_quote_is_read_there(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run()
    tell_directly(monkeypatch, "sixty days")
    drawn = html(ask(desk, ASK_NOTICE))
    assert 'class="rn-answer"' not in drawn
    assert "by giving <mark>sixty days</mark> written notice" in drawn


def test_an_answer_without_a_direct_one_looks_as_before(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run()
    ask_before = assistant().ask
    monkeypatch.setattr(assistant(), "ask", lambda *a, **b: replace(ask_before(*a, **b), direct=None))
    drawn = html(ask(desk, ASK_NOTICE))
    assert '<div class="rn-answer">Either party' in drawn
    assert 'class="rn-direct"' not in drawn and "<mark>" not in drawn


def test_a_new_conversation_leaves_the_old_one_among_the_recent(desk: AppTest, contracts: Path) -> None:
    first = talk_of(ask(desk, ASK_NOTICE))
    desk.button(key="new conversation").click().run()
    assert not questions(desk)
    assert "talk" not in desk.query_params
    desk.button(key=f"recent {first}").click().run()
    assert len(questions(desk)) == 1
    assert talk_of(desk) == first


def test_an_address_that_names_no_conversation_begins_a_new_one(desk: AppTest, contracts: Path) -> None:
    for name in ("last", "../..", "0" * 16):
        desk.query_params["talk"] = name
        desk.run()
        assert not desk.exception
        assert not questions(desk)
        assert "talk" not in desk.query_params


def test_a_follow_up_shows_how_it_was_read_and_can_be_put_right(desk: AppTest, contracts: Path) -> None:
    ask(ask(desk, ASK_NOTICE), "And the fee?")
    assert "Read as: " in html(desk)
    desk.button(key="edit 2").click().run()
    desk.text_area(key="edited 2").set_value(ASK_FEE)
    button(desk, "Ask").click().run()
    assert not desk.exception
    turns = assistant().catalogue.turns(talk_of(desk))
    assert [turn.asked for turn in turns][2:] == [ASK_FEE]
    assert turns[2].scope == turns[1].scope
    assert len(questions(desk)) == 3
    assert not desk.text_area


def test_an_edit_can_be_left(desk: AppTest, contracts: Path) -> None:
    ask(ask(desk, ASK_NOTICE), "And the fee?")
    desk.button(key="edit 2").click().run()
    button(desk, "Leave it").click().run()
    assert not desk.text_area
    assert len(questions(desk)) == 2


def test_a_citation_opens_its_page_which_can_be_turned_and_closed(desk: AppTest, tmp_path: Path) -> None:
    take_in(write_pdf(tmp_path / "services.pdf", AGREEMENT, ("Schedule", "Nothing else.")))
    ask(desk, ASK_NOTICE)
    assert '<div class="rn-fact">1 / 2</div>' in html(desk)
    button_of(desk, "Next").click().run()
    assert '<div class="rn-fact">2 / 2</div>' in html(desk)
    assert button_of(desk, "Next").disabled
    button(desk, "Close").click().run()
    assert not desk.get("image")
    desk.button(key="open turn 1 citation 0").click().run()
    assert '<div class="rn-fact">1 / 2</div>' in html(desk)
    assert "Copy with reference" in html(desk)
    assert "Services Agreement, 2, p. 1" in html(desk)


def test_the_card_of_what_an_answer_opens_is_marked_at_once(desk: AppTest, contracts: Path) -> None:
    ask(desk, ASK_NOTICE)
    card = desk.button(key="open turn 1 citation 0")
    assert card.proto.icon == ":material/visibility:"
    button(desk, "Close").click().run()
    assert desk.button(key="open turn 1 citation 0").proto.icon == ":material/article:"


def button_of(desk: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(found for found in desk.button if found.label == label and str(found.key).startswith("panel"))


def test_larger_and_smaller_end_where_they_should(desk: AppTest, contracts: Path) -> None:
    ask(desk, ASK_NOTICE)
    assert button_of(desk, "Smaller").disabled
    for _ in range(3):
        button_of(desk, "Larger").click().run()
    assert button_of(desk, "Larger").disabled
    assert not button_of(desk, "Smaller").disabled


def test_a_refusals_nearest_clause_is_one_click_away(desk: AppTest, contracts: Path) -> None:
    ask(desk, "What colour is the elephant in Antarctica?")
    assert not desk.get("image")
    nearest = next(found for found in desk.button if "nearest" in str(found.key) and "services" in found.label)
    nearest.click().run()
    assert desk.get("image")


def test_a_refusal_puts_away_the_page_that_an_answer_before_it_had_opened(desk: AppTest, contracts: Path) -> None:
    ask(desk, ASK_NOTICE)
    assert desk.get("image")
    ask(desk, "What colour is the elephant in Antarctica?")
    assert not desk.run().get("image")


def test_the_same_question_is_answered_by_another_model(desk: AppTest, contracts: Path) -> None:
    ask(desk, ASK_NOTICE)
    desk.selectbox(key="again 1").set_value("none").run()
    desk.button(key="answer again 1").click().run()
    answers = [turn.answer for turn in assistant().catalogue.turns(talk_of(desk))]
    assert [answer.model for answer in answers if answer] == [assistant().settings.chat_model, "none"]
    assert [turn.read_as for turn in assistant().catalogue.turns(talk_of(desk))] == [ASK_NOTICE] * 2


def test_the_same_question_is_asked_of_another_document(desk: AppTest, contracts: Path, tmp_path: Path) -> None:
    lease = write_pdf(tmp_path / "lease.pdf", LEASE)
    take_in(lease)
    ask(desk, "How many days written notice to terminate the Services Agreement?")
    other = next(found.id for found in assistant().documents() if found.path == str(lease))
    desk.selectbox(key="other 1").set_value(other).run()
    desk.button(key="ask other 1").click().run()
    turn = assistant().catalogue.turns(talk_of(desk))[1]
    assert turn.scope.documents == (other,)
    assert turn.answer
    assert "ninety days" in turn.answer.answer
    assert "Asked of Lease Agreement" in html(desk)


def test_first_questions_are_suggested_and_asked_by_a_click(desk: AppTest, contracts: Path) -> None:
    desk.run()
    suggested = desk.button(key="suggested 0")
    assert suggested.label == "How can the Services Agreement be terminated?".replace("?", r"\?")
    suggested.click().run()
    assert not desk.exception
    assert len(questions(desk)) == 1
    assert "sixty days" in html(desk)


def test_a_stopped_question_is_not_kept_and_can_be_asked_again(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import conversation_jobs

    asked_before = FakeChatModel.generate

    def stop_at_once(*args: object, on_text: object = None, **more: object) -> object:
        (job,) = [talk.job for talk in conversation_jobs.talks()._open.values() if talk.job]
        job.stop()
        return asked_before(*args, on_text=on_text, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as stopping:
        stopping.setattr(FakeChatModel, "generate", stop_at_once)
        ask(desk, ASK_NOTICE)
    assert any("Stopped before" in found.value for found in desk.caption)
    assert not assistant().conversations()
    desk.button(key="ask unanswered").click().run()
    assert any("Answered" in found.value for found in desk.markdown)
    assert len(questions(desk)) == 1


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full: make room")

    monkeypatch.setattr(assistant().catalogue, "begin_conversation", full)
    ask(desk, ASK_NOTICE)
    assert "sixty days" in html(desk)
    assert any("the disk is full" in found.value for found in desk.warning)


def test_an_answer_goes_with_its_document(desk: AppTest, contracts: Path) -> None:
    ask(desk, ASK_NOTICE)
    helper = assistant()
    helper.remove(next(found.id for found in helper.documents() if found.path.endswith("services.pdf")))
    desk.run()
    assert not desk.exception
    assert len(questions(desk)) == 1
    assert "sixty days" not in html(desk)
    assert any("removed with a document" in found.value for found in desk.caption)


def test_what_a_kept_conversation_was_asked_of_is_chosen_again(desk: AppTest, contracts: Path) -> None:
    desk.run().selectbox(key="ask kind").set_value("application/pdf").run()
    desk.text_input(key="ask to").set_value("2050").run()
    ask(desk, ASK_NOTICE)
    again = another_tab(desk)
    assert again.selectbox(key="ask kind").value == "application/pdf"
    assert again.text_input(key="ask to").value.startswith("2050")


def test_what_is_no_date_is_told_once_and_hides_neither_the_conversation_nor_what_was_typed(
    desk: AppTest, contracts: Path
) -> None:
    ask(desk, ASK_NOTICE)
    desk.text_input(key="ask from").set_value("the first of May").run()
    assert len(desk.error) == 1
    ask(desk, ASK_FEE)
    assert len(desk.error) == 1
    assert "the first of May" in desk.error[0].value
    assert ASK_NOTICE in questions(desk)[0]
    assert ASK_FEE in questions(desk)[1]
    assert any("Not asked" in found.value for found in desk.caption)
    assert assistant().conversations()[0].turns == 1
    desk.text_input(key="ask from").set_value("").run()
    assert not desk.error


def test_limits_that_leave_nothing_are_told_instead_of_an_empty_page(desk: AppTest, contracts: Path) -> None:
    desk.run().text_input(key="ask from").set_value("2050").run()
    assert "No document lies within the limits" in desk.info[0].value


def test_a_long_conversation_shows_its_end_first(desk: AppTest, contracts: Path) -> None:
    talk = assistant().converse()
    for at in range(23):
        talk.ask(f"What is the monthly fee of the Customer in case {at}?", model="none")
    desk.query_params["talk"] = talk.id_to_be
    desk.run()
    assert len(questions(desk)) == 20
    desk.button(key="earlier").click().run()
    assert len(questions(desk)) == 23
