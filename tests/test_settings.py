"""Settings come from the environment: misspelt names stop the command, names of other programs are only reported."""

import logging
from pathlib import Path

import pytest

from ragnano.errors import ConfigError
from ragnano.settings import Settings, config_dir


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RAGNANO_CHAT_MODLE", "RAGNANO_CHAT_MODEL"),
        ("RAGNANO_RISKS", "RAGNANO_RISK"),
        ("RAGNANO_LANGUAGES", "RAGNANO_OCR_LANGUAGES"),
        ("RAGNANO_HOMES", "RAGNANO_HOME"),
    ],
)
def test_a_misspelt_setting_is_an_error_that_names_the_likely_one(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(ConfigError, match=rf"unknown setting {name}: .*{meant}\b"):
        Settings.load()


@pytest.mark.parametrize("name", ["RAGNANO_EXTENSION_TOKEN", "RAGNANO_DEBUG", "RAGNANO_PORT"])
def test_another_programs_variable_is_reported_once_and_ignored(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(name, "x")
    with caplog.at_level(logging.WARNING):
        assert Settings.load() == Settings.load()
    assert [record.getMessage() for record in caplog.records] == [
        f"ragnano: {name} is not a setting of ragnano and is ignored"
    ]


def test_a_misspelt_setting_is_found_among_other_programs_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGNANO_AAA", "x")
    monkeypatch.setenv("RAGNANO_THREDS", "2")
    with pytest.raises(ConfigError, match="RAGNANO_THREDS: do you mean RAGNANO_THREADS"):
        Settings.load()


def test_a_value_out_of_bounds_is_an_error_that_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGNANO_ANSWER_TOKENS", "-3")
    with pytest.raises(ConfigError, match="answer_tokens"):
        Settings.load()


def test_the_folder_of_the_users_own_configuration_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGNANO_CONFIG", str(tmp_path))
    assert config_dir() == tmp_path
    Settings.load()
