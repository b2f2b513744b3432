"""Each error is one message that says what to do, and the app continues: the next question is answered."""

import errno
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.assistant import Assistant
from ragnano.errors import EngineError
from ragnano.settings import Settings
from tests.conftest import FakeEmbedder, FakeReader
from tests.ui.fakes import AGREEMENT, FakeChatModel, write_pdf
from tests.ui.pages import ASK_FEE, ASK_NOTICE, assistant, button, html, settle

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]


def add_folder(desk: AppTest, path: Path) -> AppTest:
    """Adds the folder on the library page and waits until it is ingested."""
    desk.switch_page("library_page.py").run()
    next(box for box in desk.text_input if box.label == "Folder or file").set_value(str(path))
    button(desk, "Add this folder").click().run()
    settle()
    return desk.run()


def messages(desk: AppTest) -> list[str]:
    assert not desk.exception
    return [found.value for found in (*desk.error, *desk.warning)]


def assert_answers(desk: AppTest, question: str = ASK_NOTICE, *, still: tuple[str, ...] = ()) -> None:
    """Asserts that the next question is answered, and that only errors that persist are shown."""
    desk.switch_page("ask_page.py").run()
    desk.chat_input[0].set_value(question).run()
    assert messages(desk) == list(still)
    assert any("Answered" in found.value for found in desk.markdown)


def test_damaged_files_are_named_once_each_and_the_others_are_there(desk: AppTest, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = write_pdf(folder / "services.pdf", AGREEMENT).read_bytes()
    (folder / "cut.pdf").write_bytes(good[: len(good) // 3])
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "letter.docx").write_bytes(b"PK\x03\x04 and nothing behind it")
    add_folder(desk.run(), folder)
    [message] = messages(desk)
    assert message.startswith("1 document added")
    assert "3 files could not be read" in message
    listed = "\n".join(found.value for found in desk.markdown)
    for name in ("cut", "empty", "letter"):
        assert listed.count(f"{name}\\.") == 1
    button(desk, "Dismiss").click().run()
    assert_answers(desk)


def test_a_disk_that_is_full_stops_a_run_with_one_message_and_it_goes_on_from_there(
    desk: AppTest, contracts: Path
) -> None:
    """SQLite is allowed no further page: its messages and behaviour are then those of a full disk."""
    write_pdf(contracts / "new.pdf", *([f"{at} Fees", f"The fee of the year {at} is ${at}."] for at in range(40)))
    writer = assistant().catalogue._writer
    [pages] = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    add_folder(desk.run(), contracts)
    [message] = messages(desk)
    assert "is full" in message
    assert "free some space" in message
    writer.execute("PRAGMA max_page_count = 1000000")
    assert_answers(desk, still=(message,))
    desk.switch_page("library_page.py").run()
    button(desk, "Go on").click().run()
    settle()
    desk.run()
    assert "1 document added" in desk.success[0].value


def test_a_question_asked_on_a_full_disk_is_answered_with_one_message_and_kept_when_there_is_room(
    desk: AppTest, contracts: Path
) -> None:
    writer = assistant().catalogue._writer
    [pages] = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    desk.run()
    while not messages(desk):  # what fits into pages already allocated is still stored
        desk.chat_input[0].set_value(ASK_NOTICE).run()
    desk.chat_input[0].set_value(ASK_FEE).run()
    [message] = messages(desk)
    assert "is full" in message
    assert "free some space" in message
    asked = html(desk).count('class="rn-question"')
    assert asked >= 2
    for page in ("history", "library", "ask"):
        desk.switch_page(f"{page}_page.py").run()
        assert messages(desk) == ([message] if page == "ask" else [])
    writer.execute("PRAGMA max_page_count = 1000000")
    assert_answers(desk)
    [info] = assistant().conversations()
    assert info.turns == asked + 1
    assert html(desk.run()).count('class="rn-question"') == asked + 1


def test_an_upload_for_which_there_is_no_room_is_one_message(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    desk.run().switch_page("library_page.py").run()
    new = write_pdf(contracts / "new.pdf", [*AGREEMENT[:-1], "The fee is $9."]).read_bytes()
    desk.file_uploader[0].set_value([("new.pdf", new, "application/pdf")])
    with monkeypatch.context() as broken:
        broken.setattr(tempfile, "mkstemp", full)
        button(desk, "Add these files").click().run()
    [message] = messages(desk)
    assert "No space left" in message
    assert "check the disk" in message
    assert_answers(desk)


def test_an_engine_that_dies_in_mid_answer_leaves_one_message_and_no_half_answer(
    desk: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, on_text: Callable[[str], None] | None = None, **__: object) -> Any:
        assert on_text
        for word in ("Either ", "party ", "may "):
            on_text(word)
        raise EngineError("the engine stopped in mid-answer: ask again; `ragnano doctor` tells more")

    with monkeypatch.context() as broken:
        broken.setattr(FakeChatModel, "generate", die)
        desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    [message] = messages(desk)
    assert "ask again" in message
    assert "Either" not in html(desk)
    assert not assistant().conversations()
    button(desk, "Ask again").click().run()
    assert not messages(desk)
    assert_answers(desk, ASK_FEE)


@pytest.fixture
def own_model(desk: AppTest, contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a model file of the user's own, not there yet; the real engine answers."""
    import shared
    import streamlit

    path = tmp_path / "models" / "mine.gguf"
    path.parent.mkdir(exist_ok=True)
    monkeypatch.setenv("RAGNANO_CHAT_MODEL", str(path))
    assistant().close()
    streamlit.cache_resource.clear()
    monkeypatch.setattr(
        shared,
        "make_assistant",
        lambda: Assistant(Settings.load(), embedder=FakeEmbedder(), reader=FakeReader()),  # type: ignore[arg-type]
    )
    return path


@pytest.mark.parametrize("content", [None, b"GGUF but for the rest"], ids=["missing", "damaged"])
def test_a_model_that_cannot_be_opened_is_one_message_and_quotes_go_on(
    desk: AppTest, own_model: Path, content: bytes | None
) -> None:
    if content:
        own_model.write_bytes(content)
    desk.run().chat_input[0].set_value(ASK_NOTICE).run()
    [message] = messages(desk)
    assert "mine\\.gguf" in message
    desk.selectbox(key="ask model").set_value("none").run()
    desk.chat_input[0].set_value(ASK_NOTICE).run()
    assert not messages(desk)
    assert any("Quoted" in found.value for found in desk.markdown)
