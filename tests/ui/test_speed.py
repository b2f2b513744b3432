"""Pages stay fast with a full library: 100 contracts and 50 stored conversations."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ragnano.types import Scope
from tests.conftest import DIMENSIONS, make_document
from tests.ui.fakes import ROOT, UI
from tests.ui.pages import assistant

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]

DOCUMENTS, CONVERSATIONS, CLAUSES = 100, 50, 60
MOST_S = 1.5


@pytest.fixture
def full(desk: AppTest, tmp_path: Path) -> AppTest:
    """The app, run once, on such a library."""
    catalogue = assistant().catalogue
    random = np.random.default_rng(7)
    for number in range(DOCUMENTS):
        clauses = (f"# {at} Clause\n\nThe Supplier {number} shall give {at} days notice." for at in range(CLAUSES))
        parsed = make_document("\n\n".join(clauses), title=f"Agreement {number}", parties=(f"A{number} Ltd", "B Ltd"))
        vectors = random.normal(size=(len(parsed.chunks), DIMENSIONS)).astype(np.float32)
        path = f"/docs/{number}.txt"
        catalogue.add(parsed, vectors, collection="default", path=path, size=1, mtime_ns=1)
    for number in range(CONVERSATIONS):
        catalogue.begin_conversation(f"Question {number}?", Scope())
    assistant().settle()
    return desk.run()


@pytest.mark.parametrize("page", ["ask", "search", "library", "document", "viewer", "history", "machine"])
def test_a_page_is_there_at_once_with_a_full_library(full: AppTest, page: str) -> None:
    """Takes the best of three: another program's work does not count."""
    full.query_params["document"] = assistant().documents()[0].id
    if page == "search":
        full.session_state["ragnano"].search = "days notice of the supplier"
    took = []
    for _ in range(3):
        begun = time.monotonic()
        full.switch_page(f"{page}_page.py").run()
        took.append(time.monotonic() - begun)
        assert not full.exception
        assert not full.error
        assert full.title[0].value == ("Agreement 0" if page in ("document", "viewer") else page.capitalize())
    assert min(took) < MOST_S


FIRST_PAGE = """
import sys
from pathlib import Path
from importlib import import_module
sys.path[:0] = sys.argv[1:]
from app import FIRST_PAGE
from streamlit.testing.v1 import AppTest
for name in FIRST_PAGE:
    import_module(name)
before = set(sys.modules)
desk = AppTest.from_file("navigation.py", default_timeout=60).run()
assert desk.button, desk.exception
ours = ("ragnano", "ingest", *(file.stem for file in Path.cwd().glob("*.py")))
heavy = "torch transformers sentence_transformers chromadb unstructured reportlab pypdf pypdfium2 llama_cpp".split()
new = [name for name in set(sys.modules) - before if name.partition(".")[0] in ours]
print(new, [name for name in heavy if name in sys.modules])
"""


def test_the_server_has_the_first_pages_code_before_a_browser_comes(tmp_path: Path) -> None:
    """All of it is imported while the server starts, and it includes no heavy library."""
    said = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE, str(ROOT), str(UI)],
        cwd=UI,
        env=os.environ | {"RAGNANO_HOME": str(tmp_path / "home"), "RAGNANO_MODELS_DIR": str(tmp_path / "models")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.strip() == "[] []", said.stderr
