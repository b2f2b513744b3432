"""The machine page, run without a browser and with fake models."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import EngineError, FetchError
from ragnano.models import Generation
from ragnano.models.speed import Speed, load_speed, measure, save_speed
from tests.ui.pages import button, html, shared_assistant

pytest_plugins = ["tests.ui.fixtures"]


def machine(app: AppTest) -> AppTest:
    return app.run().switch_page("machine_page.py").run()


def test_the_sign_says_what_was_checked(app: AppTest) -> None:
    machine(app)
    assert not app.exception
    assert any("Nothing has left this machine" in found.value for found in app.markdown)
    assert any("no connection to another machine is open" in found.value for found in app.caption)
    assert any("from this machine alone" in found.value for found in app.caption)


def test_a_connection_to_another_machine_takes_the_sign_away(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from ragnano import doctor

    monkeypatch.setattr(doctor, "connected_to", lambda: ("192.0.2.1",))
    machine(app)
    assert not any("Nothing has left" in found.value for found in app.markdown)
    assert any("192\\.0\\.2\\.1" in found.value for found in app.caption)


def test_readers_who_came_in_are_no_connection_outwards() -> None:
    from ragnano.doctor import connected_to

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert connected_to() == ()


def test_a_model_is_chosen_for_good(app: AppTest) -> None:
    machine(app)
    app.button(key="use none").click().run()
    assert not app.exception
    assert not [found for found in app.button if found.key == "use none"]
    home = shared_assistant().settings.data_dir
    assert json.loads((home / "desk.json").read_text(encoding="utf-8")) == {"chat_model": "none"}
    from preferences import chosen_model

    assert chosen_model(home) == "none"
    (home / "desk.json").write_text("[]")
    assert chosen_model(home) is None


def test_the_environment_goes_before_a_kept_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: AppTest
) -> None:
    from preferences import chosen_model, keep_model

    keep_model(tmp_path, "smollm2-135m")
    monkeypatch.setenv("RAGNANO_CHAT_MODEL", "qwen2.5-coder-0.5b")
    assert chosen_model(tmp_path) is None


def test_a_fetch_that_fails_is_one_message(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    import model_downloads

    def fail(*_: object, **__: object) -> Any:
        raise FetchError("no source could give it: check the connection")

    monkeypatch.setattr(model_downloads, "fetch", fail)
    machine(app)
    app.button(key="fetch smollm2-135m").click().run()
    app.run()
    assert "check the connection" in app.error[0].value
    assert any("Models were asked for" in found.value for found in app.caption)


def test_what_answers_is_told_with_its_cost(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(app)
    assert "Processor" in html(app)
    assert "Quotes only" in html(app)
    assert button(app, "Fetch")


class Clockwork:
    """Writes one word per token, and reports how long the first one took."""

    def __init__(self, words: int) -> None:
        self.words = words

    def generate(self, prompt: Any, *, max_tokens: int) -> Generation:
        read = sum(len(part.text.split()) for part in prompt.parts)
        return Generation("word " * self.words, read, self.words, 0.5 if self.words else None, "length")


def test_speed_is_measured_and_remembered_for_this_machine(tmp_path: Path) -> None:
    speed = measure(Clockwork(24))  # type: ignore[arg-type]
    assert 300 < speed.reading < 500  # about 160 words in half a second
    assert load_speed(tmp_path, "digest") is None
    save_speed(Speed(160.0, 26.0), tmp_path, "digest")
    assert load_speed(tmp_path, "digest") == Speed(160.0, 26.0)
    assert load_speed(tmp_path, "another") is None
    with pytest.raises(EngineError, match="generated nothing"):
        measure(Clockwork(0))  # type: ignore[arg-type]
