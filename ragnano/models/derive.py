"""Files made on this machine from an installed embedder. Knows where they lie and who makes them, not how."""

import os
import subprocess
import sys
from pathlib import Path

from ragnano.errors import EngineError
from ragnano.models.offline import OFFLINE
from ragnano.models.small_files import locked

TIMEOUT_SECONDS = 300.0


def query_model(home: Path) -> Path:
    """The embedder's ONNX form, made first (about ten seconds) if it is missing. Raises EngineError."""
    target = home / "derived" / "query.onnx"
    if target.is_file():
        return target
    target.parent.mkdir(exist_ok=True)
    with locked(target.with_suffix(".lock")):
        if not target.is_file():
            _make(home, target)
    return target


def _make(home: Path, target: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "ragnano.models.onnx_export", str(home), str(target)]
    environment = {**os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise EngineError(f"the embedder's quick form took over {TIMEOUT_SECONDS:.0f} s: try again when idle") from None
    if run.returncode != 0 or not target.is_file():
        reason = (run.stderr.strip().splitlines() or [f"exit code {run.returncode}"])[-1]
        raise EngineError(f"the embedder's quick form could not be made ({reason}): fetch the embedder again")
