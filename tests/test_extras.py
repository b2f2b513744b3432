"""A feature whose packages are not installed reports the extra that installs them."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragnano import extras
from ragnano.cli import app
from ragnano.conversations.document_export import _styles
from ragnano.errors import ExtraMissing
from ragnano.evaluation.plots import require_form
from ragnano.extras import EXTRAS, require

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without extras."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None)


def test_the_server_names_its_extra(without_extras: None, tmp_path: Path) -> None:
    with pytest.raises(ExtraMissing, match=r"ragnano serve needs fastapi and uvicorn: .*'ragnano\[serve\]'"):
        CliRunner().invoke(app, ["serve", "--data-dir", str(tmp_path)], catch_exceptions=False)


def test_a_plot_names_its_extra_before_anything_is_measured(without_extras: None, tmp_path: Path) -> None:
    with pytest.raises(ExtraMissing, match=r"a plot needs matplotlib: .*'ragnano\[eval\]'"):
        require_form(tmp_path / "scores.svg")


def test_a_conversation_as_pdf_names_its_extra(without_extras: None) -> None:
    _styles.cache_clear()
    with pytest.raises(ExtraMissing, match=r"a conversation as PDF needs matplotlib: .*'ragnano\[pdf\]'"):
        _styles()


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_installed_extra_is_enough(extra: str) -> None:
    require(extra, "anything")


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_extra_is_declared_with_its_packages(extra: str) -> None:
    declared = {requirement.split(">=")[0] for requirement in PROJECT["optional-dependencies"][extra]}
    assert declared == set(EXTRAS[extra])
    assert not declared & {requirement.split(">=")[0] for requirement in PROJECT["dependencies"]}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_set_up_installs_what_the_commands_of_the_readme_need(lock: str) -> None:
    text = (Path(__file__).parents[1] / lock).read_text(encoding="utf-8")
    for packages in EXTRAS.values():
        assert all(f"\n{package}==" in f"\n{text}" for package in packages)
