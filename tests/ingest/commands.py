"""The command line in a separate process, with an embedder that loads quickly."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from ragnano.store import Catalogue

ROOT = Path(__file__).parents[2]
CLAUSES = "SERVICES AGREEMENT\n\n8. TERM\n\n8.1 Notice. Either party may end this Agreement on ninety days' notice.\n"
PATIENCE_S = 200
"""For a process's next output: it starts with imports, which take half a minute on a busy machine."""
COMMAND = """
import sys
import ragnano.models
from ragnano.cli import main
from tests.ingest.fakes import LetterEmbedder
ragnano.models.open_embedder = lambda settings: LetterEmbedder()
sys.argv[0] = "ragnano"
main()
"""


def command(*words: object) -> list[str]:
    """Returns the command that starts `ragnano` with these arguments."""
    return [sys.executable, "-c", COMMAND, *map(str, words)]


def ragnano(*words: object, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Runs `ragnano` to its end."""
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, check=False, timeout=600, **more)


def stored(home: Path) -> list[str]:
    """Returns the names of the files that a data directory contains."""
    with Catalogue(home) as catalogue:
        return sorted(Path(path).name for document in catalogue.documents() for path in document.paths)
