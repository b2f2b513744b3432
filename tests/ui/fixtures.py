"""The app without a browser, on a library of its own, with fake models.

A plugin: `pytest_plugins = ["tests.ui.fixtures"]`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.fakes import AGREEMENT, NASTY, UI, ParserInProcess, use_fakes, write_pdf
from tests.ui.pages import SECONDS, settle, take_in


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app, not run yet."""
    import shared
    import streamlit

    from ingest import pipeline

    monkeypatch.setenv("RAGNANO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAGNANO_MODELS_DIR", str(tmp_path / "models"))
    for module, name in ((shared, "make_assistant"), (pipeline, "ParserPool")):
        monkeypatch.setattr(module, name, getattr(module, name))  # undoes what use_fakes changes
    use_fakes()
    monkeypatch.setattr(pipeline, "ParserPool", ParserInProcess)
    streamlit.cache_resource.clear()
    yield AppTest.from_file(str(UI / "navigation.py"), default_timeout=SECONDS)
    settle()
    shared.shared_assistant().close()
    streamlit.cache_resource.clear()


@pytest.fixture
def contracts(app: AppTest, tmp_path: Path) -> Path:
    """A folder with one PDF and one text file, already in the library."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    write_pdf(folder / "services.pdf", AGREEMENT)
    (folder / "notice.txt").write_text(f"Notices\n\n1. Notices\n\n{NASTY}\n", encoding="utf-8")
    take_in(folder)
    return folder
