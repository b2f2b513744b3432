"""The history page, without a browser."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import StoreBusy
from tests.ui.pages import ASK_NOTICE, assistant, html

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]


@pytest.fixture
def talks(contracts: Path) -> tuple[str, str]:
    """Two stored conversations, the later one first."""
    made = []
    for question in (ASK_NOTICE, "What is the monthly fee of the Customer?"):
        talk = assistant().converse()
        talk.ask(question, model="none")
        made.append(talk.id_to_be)
    return made[1], made[0]


def history(desk: AppTest, *opened: str) -> AppTest:
    desk.run().switch_page("history_page.py")
    for identifier in opened:
        desk.session_state[f"talk {identifier}"] = True
    desk.run()
    assert not desk.exception
    return desk


def labels(desk: AppTest) -> list[str]:
    return [box.label for box in desk.main.expander]


def test_an_empty_history_says_what_comes_here(desk: AppTest, contracts: Path) -> None:
    assert "No conversations yet" in history(desk).info[0].value


def test_conversations_are_listed_by_day_the_latest_first(desk: AppTest, talks: tuple[str, str]) -> None:
    shown = labels(history(desk))
    assert "monthly fee" in shown[0]
    assert "How many days" in shown[1]
    assert '<div class="rn-period">Today</div>' in html(desk)


def test_a_conversation_is_renamed(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk, talks[0])
    desk.text_input(key=f"name {talks[0]}").set_value("Fees of **Alderbrook**").run()
    desk.button(key=f"rename {talks[0]}").click().run()
    assert r"Fees of \*\*Alderbrook\*\*" in labels(desk)[0]
    desk.text_input(key=f"name {talks[0]}").set_value("  ").run()
    desk.button(key=f"rename {talks[0]}").click().run()
    assert "needs a name" in desk.error[0].value


def test_a_conversation_is_deleted_for_good(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk, talks[0])
    desk.button(key=f"delete {talks[0]}").click().run()
    assert not desk.exception
    assert [info.id for info in assistant().conversations()] == [talks[1]]
    home = assistant().settings.data_dir
    assert not any(b"monthly fee of the Customer?" in file.read_bytes() for file in home.glob("catalogue*"))


def test_all_are_deleted_at_once(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk).button(key="delete all").click().run()
    assert not assistant().conversations()
    assert "No conversations yet" in desk.info[0].value


def test_a_deleted_conversation_leaves_the_ask_page(desk: AppTest, contracts: Path) -> None:
    desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    (info,) = assistant().conversations()
    history(desk, info.id).button(key=f"delete {info.id}").click().run()
    desk.switch_page("ask_page.py").run()
    assert not desk.exception
    assert "sixty days" not in html(desk)


def test_traces_that_cannot_be_wiped_yet_are_told(
    desk: AppTest, talks: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: str) -> int:
        raise StoreBusy("deleted, but another process was reading")

    monkeypatch.setattr(assistant(), "forget", busy)
    history(desk, talks[0]).button(key=f"delete {talks[0]}").click().run()
    assert "another process was reading" in desk.error[0].value


def test_words_are_found_in_answers_and_quotes(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk).text_input(key="history find").set_value("SIXTY days").run()
    assert any(found.value == "1 question" for found in desk.caption)
    assert ASK_NOTICE in html(desk)
    desk.text_input(key="history find").set_value("elephant").run()
    assert any("Nothing that was kept" in found.value for found in desk.caption)


def test_what_was_looked_for_is_there_again_after_another_page(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk).text_input(key="history find").set_value("sixty days").run()
    desk.switch_page("machine_page.py").run()
    desk.switch_page("history_page.py").run()
    assert desk.text_input(key="history find").value == "sixty days"
    assert "1 question" in desk.caption[0].value


def test_files_are_offered_in_three_forms(desk: AppTest, talks: tuple[str, str]) -> None:
    history(desk, talks[0])
    assert [found.proto.label for found in desk.get("download_button")] == ["Word", "PDF", "Markdown"]


def test_headings_say_how_long_ago() -> None:
    from relative_dates import period

    today = date(2026, 11, 24)
    periods = [period(day, today) for day in (today, date(2026, 11, 23), date(2026, 11, 18), date(2026, 11, 17))]
    assert periods == ["Today", "Yesterday", "Last seven days", "November 2026"]
