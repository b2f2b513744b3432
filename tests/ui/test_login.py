"""Access to the app: this machine only, or anyone with the password."""

import subprocess
import sys
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import ConfigError
from ragnano.settings import Settings
from tests.ui.fakes import UI
from tests.ui.pages import button

pytest_plugins = ["tests.ui.fixtures"]

PASSWORD = "a long enough password"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, app: AppTest) -> AppTest:
    """The app, reachable from other machines."""
    monkeypatch.setenv("RAGNANO_PUBLISHED", "192.0.2.7")
    return app


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_loopback_is_this_machine_alone(address: str, alone: bool, app: AppTest) -> None:
    from ragnano.network import is_loopback

    assert is_loopback(address) is alone


def test_on_this_machine_nobody_is_asked(app: AppTest) -> None:
    app.run()
    assert app.title[0].value == "Ask"


def test_without_a_password_nothing_is_shown_to_other_machines(opened: AppTest) -> None:
    opened.run()
    assert not opened.title
    assert "RAGNANO\\_PASSWORD" in opened.error[0].value
    assert not opened.get("page_link")


def test_a_short_password_is_none(opened: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGNANO_PASSWORD", "short")
    opened.run()
    assert "at least 12" in opened.error[0].value
    assert "short" not in opened.error[0].value


def test_the_password_lets_in_and_a_wrong_one_does_not(opened: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    import login

    clock = [100.0]
    guard = login.Guard(now=lambda: clock[0])
    monkeypatch.setattr(login, "guard", lambda: guard)
    monkeypatch.setenv("RAGNANO_PASSWORD", PASSWORD)
    opened.run()
    opened.text_input[0].set_value("wrong password guess")
    button(opened, "Come in").click().run()
    assert "not the password" in opened.error[0].value
    assert [found.value for found in opened.title] == ["ragnano"]
    opened.text_input[0].set_value(PASSWORD)
    button(opened, "Come in").click().run()  # too soon: even the right password is not checked
    assert "not the password" in opened.error[0].value
    clock[0] += login.WAIT_S
    opened.text_input[0].set_value(PASSWORD)
    button(opened, "Come in").click().run()
    assert opened.title[0].value == "Ask"
    assert any("Open to your network" in found.label for found in opened.get("page_link"))


def test_tries_wait_for_each_other(app: AppTest) -> None:
    from login import Guard

    guard = Guard(wait_s=60)
    assert guard.fits(PASSWORD, PASSWORD)
    assert not guard.fits("wrong", PASSWORD)
    assert guard.seconds_to_wait() > 50
    assert not guard.fits(PASSWORD, PASSWORD)


def test_the_password_is_in_no_message_and_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGNANO_PASSWORD", PASSWORD)
    settings = Settings.load()
    assert PASSWORD not in repr(settings) + str(settings.model_dump())
    with pytest.raises(ConfigError) as raised:
        Settings.load(password=["a", "b"])
    assert "'a'" not in str(raised.value)


def test_the_app_is_started_on_loopback_wherever_from(tmp_path: Any) -> None:
    code = (
        "import sys; from streamlit import config; from streamlit.web import cli, bootstrap; "
        "bootstrap.run_asgi_app = lambda *a, **k: print(config.get_option('server.address')); "
        f"sys.argv = ['streamlit', 'run', {str(UI / 'app.py')!r}]; cli.main()"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "127.0.0.1" in result.stdout


def test_a_pass_opens_until_it_is_given_up_and_nothing_like_it_does(app: AppTest) -> None:
    from login import MOST_PASSES, Guard

    guard = Guard()
    first, second = guard.let_in(), guard.let_in()
    assert guard.knows(first) and guard.knows(second)
    for wrong in ("", first[:-1], first + "x", first.swapcase(), PASSWORD, "\ud800"):
        assert not guard.knows(wrong)
    guard.give_up(first)
    assert not guard.knows(first) and guard.knows(second)
    assert not Guard().knows(second)  # another run of the server
    for _ in range(MOST_PASSES):
        guard.let_in()
    assert not guard.knows(second)


def test_who_signs_out_is_asked_again(opened: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGNANO_PASSWORD", PASSWORD)
    opened.run().text_input[0].set_value(PASSWORD)
    button(opened, "Come in").click().run()
    assert opened.title[0].value == "Ask"
    opened.button(key="sign out").click().run()
    assert [found.value for found in opened.title] == ["ragnano"]
    assert not opened.get("page_link")
