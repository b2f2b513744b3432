"""Tests an engine in a child process before its first use and skips settings that crash or give wrong output.

The result is stored per engine build, processor and model, so that each is tested once.
"""

import hashlib
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ragnano.errors import EngineError
from ragnano.models.json_files import locked, read_json, write_json
from ragnano.models.llama_backend import EngineSettings
from ragnano.models.offline import OFFLINE
from ragnano.models.specs import Proof

CANDIDATES: tuple[tuple[str, EngineSettings], ...] = (
    ("default", EngineSettings()),
    ("no repacked weights", EngineSettings(extra_buffers=False)),
    ("no repacked weights, one thread", EngineSettings(extra_buffers=False, threads=1)),
)
"""Settings in the order in which they are tried, fastest first."""
GENERIC = Proof(", ".join(map(str, range(1, 23))), "")
"""For models without a known continuation: only the agreement of one batch with single tokens is tested."""
TIMEOUT_SECONDS = 180.0
"""A model with 4 B parameters on a slow disk opens in well under a minute; a kernel that hangs never ends."""
CHILD: tuple[str, ...] = (sys.executable, "-m", "ragnano.models.self_test_process")


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """The result: the outcome per candidate tried ("ok" or the fault), and the chosen settings (None if none works)."""

    outcomes: tuple[tuple[str, str], ...]
    settings: EngineSettings | None


def prove_engine(
    path: Path,
    *,
    digest: str,
    models_dir: Path,
    threads: int,
    proof: Proof | None = None,
    timeout: float = TIMEOUT_SECONDS,
    child: Sequence[str] = CHILD,
) -> EngineSettings:
    """Returns settings with which the engine computes correctly on this machine; reuses a stored result.

    `digest` identifies the model. Raises EngineError if no candidate works; failures are not stored.
    """
    key = machine_key(digest)
    known = recorded(models_dir, digest)
    if known is not None and known.settings is not None:
        return known.settings
    with locked(models_dir / ".proofs.lock"):
        known = recorded(models_dir, digest)  # another process may have tested meanwhile
        record = known if known and known.settings else _try_all(path, proof or GENERIC, threads, timeout, child)
        if record.settings is not None:
            entries = read_json(_file(models_dir))
            entries[key] = {"outcomes": record.outcomes, "settings": asdict(record.settings)}
            write_json(_file(models_dir), entries)
            return record.settings
    found = "; ".join(f"{name}: {outcome}" for name, outcome in record.outcomes)
    raise EngineError(
        f"the engine does not work on this machine with {path.name} ({found}): fetch the model again, or reinstall "
        "llama-cpp-python with CMAKE_ARGS=-DGGML_NATIVE=OFF"
    )


def recorded(models_dir: Path, digest: str) -> ProofRecord | None:
    """Returns the stored result for this model with this build on this processor, None if there is none."""
    entry: Any = read_json(_file(models_dir)).get(machine_key(digest))
    try:
        outcomes = tuple((str(name), str(outcome)) for name, outcome in entry["outcomes"])
        return ProofRecord(outcomes, EngineSettings(**entry["settings"]))
    except (TypeError, KeyError, ValueError):
        return None


def _file(models_dir: Path) -> Path:
    return models_dir / "proofs.json"


def _try_all(path: Path, proof: Proof, threads: int, timeout: float, child: Sequence[str]) -> ProofRecord:
    outcomes: list[tuple[str, str]] = []
    for name, settings in CANDIDATES:
        request = {"path": str(path), "threads": threads, "settings": asdict(settings), **asdict(proof)}
        outcome = _ask_child(request, timeout, child)
        outcomes.append((name, outcome or "ok"))
        if not outcome:
            return ProofRecord(tuple(outcomes), settings)
    return ProofRecord(tuple(outcomes), None)


def _ask_child(request: dict[str, Any], timeout: float, child: Sequence[str]) -> str:
    """Returns "" if the child found the engine correct, else the fault."""
    try:
        run = subprocess.run(
            child,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {timeout:.0f} s"
    if run.returncode < 0:
        return f"crashed ({_signal_name(-run.returncode)})"
    if run.returncode > 0:
        return f"failed (exit code {run.returncode})"
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(run.stdout)["problem"])
    return "no verdict"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@cache
def _build_and_processor() -> str:
    """Identifies the engine's libraries (name, size, modification time) and the processor (model, features)."""
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        raise EngineError("llama-cpp-python is not installed: run `make demo` again")
    package = Path(spec.origin).parent
    libraries = sorted(path for path in package.glob("lib/*") if path.is_file())
    build = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in libraries]
    return "\n".join([str(package), *build, platform.machine(), platform.processor(), *processor_lines()])


def processor_lines() -> list[str]:
    """Returns model and flags of the first processor; [] on systems other than Linux."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            first = lines.read(16384).split("\n\n")[0].splitlines()
    except OSError:
        return []
    return [line for line in first if line.startswith(("model name", "flags", "Features", "CPU part"))]


def machine_key(digest: str) -> str:
    """Returns the key for a model with this engine build on this processor."""
    return hashlib.sha256(f"{_build_and_processor()}\n{digest}".encode()).hexdigest()
