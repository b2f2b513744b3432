"""Files derived on this machine from an installed embedder: their paths, and making them when they are missing."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ragnano.errors import EngineError
from ragnano.models.dequantize import SHIPPED, unpack
from ragnano.models.json_files import locked
from ragnano.models.offline import OFFLINE

TIMEOUT_SECONDS = 300.0


def query_model(home: Path) -> Path:
    """Returns the embedder's ONNX file: the shipped one, or one exported first (about ten seconds) if missing.

    Raises EngineError.
    """
    if (home / SHIPPED).is_file():
        return home / SHIPPED
    return _derived(home, "query.onnx", lambda target: _export(home, target))


def bulk_model(home: Path) -> Path:
    """Returns the embedder's directory for bulk mode: `home`, or for a shipped one a directory made if missing."""
    if not (home / SHIPPED).is_file():
        return home
    return _derived(home, "bulk", lambda target: _unpack(home, target))


def _derived(home: Path, name: str, make: Callable[[Path], None]) -> Path:
    target = home / "derived" / name
    if target.exists():
        return target
    target.parent.mkdir(exist_ok=True)
    with locked(target.with_suffix(".lock")):
        if not target.exists():
            make(target)
    return target


def _unpack(home: Path, target: Path) -> None:
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".bulk-"))
    try:
        unpack(home, scratch / target.name)
        (scratch / target.name).replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _export(home: Path, target: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "ragnano.models.onnx_export", str(home), str(target)]
    environment = {**os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise EngineError(
            f"preparing the optimised embedder took over {TIMEOUT_SECONDS:.0f} s: try again when idle"
        ) from None
    if run.returncode != 0 or not target.is_file():
        reason = (run.stderr.strip().splitlines() or [f"exit code {run.returncode}"])[-1]
        raise EngineError(f"the optimised embedder could not be built ({reason}): fetch the embedder again")
