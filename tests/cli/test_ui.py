"""`ragnano ui` finds the app in a checkout and in an installed package, and starts it on this machine only."""

import runpy
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragnano.cli import app
from ragnano.cli import ui as command
from ragnano.errors import ConfigError

UI = Path(__file__).parents[2] / "ui"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command line that Streamlit would be started with."""
    line: list[str] = []
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: line.extend([name, *sys.argv]))
    return line


def run(monkeypatch: pytest.MonkeyPatch, home: Path, *words: str) -> None:
    monkeypatch.setenv("RAGNANO_DATA_DIR", "")  # so that the command's change is undone
    result = CliRunner().invoke(app, ["ui", "--data-dir", str(home), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_the_app_listens_on_this_machine_and_reports_nothing(
    started: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    run(monkeypatch, tmp_path)
    assert started[:4] == ["streamlit", "streamlit", "run", str(UI / "app.py")]
    assert {
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.headless=false",
        "--server.enableXsrfProtection=true",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--theme.dark.linkColor=#5fb0e6",
    } <= set(started)


def test_address_port_and_browser_are_chosen_by_the_user(
    started: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, tmp_path, "--host", "192.0.2.7", "--port", "9000", "--no-browser")
    addresses = [word for word in started if word.startswith("--server.address")]
    assert addresses == ["--server.address=192.0.2.7"]
    assert {"--server.port=9000", "--server.headless=true"} <= set(started)


def test_the_app_uses_the_chosen_data_directory(
    started: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ragnano.settings import Settings

    run(monkeypatch, tmp_path / "matters")
    assert Settings.load().data_dir == tmp_path / "matters"


def test_a_wrong_setting_is_reported_before_the_app_starts(
    started: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGNANO_RISK", "7")
    with pytest.raises(ConfigError, match="risk"):
        run(monkeypatch, tmp_path)
    assert started == []


@pytest.mark.parametrize(("folders", "found"), [(["ragnano_app", "ui"], "ragnano_app"), (["ui"], "ui")])
def test_an_installed_app_is_found_beside_the_library(
    folders: list[str], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir()
        for name in ("app.py", "navigation.py"):
            (tmp_path / folder / name).touch()
    monkeypatch.setattr(command, "__file__", str(tmp_path / "ragnano" / "cli" / "ui.py"))
    assert command.app_file() == tmp_path.resolve() / found / "app.py"


def test_an_installation_without_the_app_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "__file__", str(tmp_path / "ragnano" / "cli" / "ui.py"))
    with pytest.raises(ConfigError, match="install ragnano again"):
        command.app_file()
