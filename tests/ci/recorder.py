"""Set-up with commands that are recorded instead of run."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ci.modules import CPU_TORCH, load, offer

steps = load("setup_steps")
system = load("setup_system")


class RecordedJob:
    """A command that runs in the background: `wait` creates a wheel, or fails if configured to."""

    def __init__(self, folder: Path, fails: bool) -> None:
        self.folder, self.fails, self.ended = folder, fails, False

    def check(self) -> None:
        if self.fails:
            raise steps.SetupError("Compiling failed")

    def wait(self) -> None:
        self.check()
        with zipfile.ZipFile(self.folder / "llama_cpp_python-0.3.36-py3-none-any.whl", "w") as wheel:
            wheel.writestr("llama_cpp/__init__.py", "")

    def end(self) -> None:
        self.ended = True


class Recorder:
    """Replaces setup_run.Runner: records each purpose, creates .venv as venv does, and fails at configured purposes."""

    def __init__(self, root: Path, fail: str = "") -> None:
        self.root, self.fail, self.purposes = root, fail, list[str]()
        self.log = root / ".cache" / "setup.log"
        self.job: RecordedJob | None = None
        self.variables: dict[str, str] = {}

    def run(self, command: list[str], purpose: str) -> None:
        self.purposes.append(purpose)
        if purpose == self.fail:
            raise KeyboardInterrupt
        if purpose == "Making the environment":
            python = system.venv_python(self.root / ".venv")
            python.parent.mkdir(parents=True)
            python.touch()
        if "--report" in command:
            report = Path(command[command.index("--report") + 1])
            report.write_text(json.dumps({"install": [offer(CPU_TORCH, "torch-2.13.0+cpu-own.whl")]}))

    def start(self, command: list[str], purpose: str, log: Path, variables: dict[str, str]) -> RecordedJob:
        self.purposes.append(purpose)
        self.variables = variables
        self.job = RecordedJob(Path(command[command.index("-w") + 1]), fails=purpose == self.fail)
        return self.job


def set_up(root: Path, fail: str = "", meanwhile: Callable[[], None] = lambda: None, **options: Any) -> list[str]:
    """Runs set-up with a recorder in place of pip; returns the purposes of the commands that ran."""
    recorder = Recorder(root, fail)
    run_with(recorder, meanwhile, **options)
    return recorder.purposes


def run_with(recorder: Recorder, meanwhile: Callable[[], None] = lambda: None, **options: Any) -> None:
    """Runs set-up with the given recorder in place of pip."""
    setup = steps.Setup(recorder.root, steps.Options(**{"models": False, **options}))
    setup.do(setup.mended(setup.outstanding()), recorder, meanwhile)
