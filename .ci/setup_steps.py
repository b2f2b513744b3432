"""The steps of set-up in order; a step runs only when its stamp is missing or outdated.

Defines the commands that make an environment. setup_state.py keeps the stamps, setup_run.py watches the commands.
Standard library only.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import setup_checks as checks
from setup_checks import SetupError
from setup_run import Runner, clean_environment, duration, only_one
from setup_state import damaged, mend, read_stamps, sha256, split_lock, write_stamps
from setup_torch import install_torch

COMPILED = "llama-cpp-python"
SOURCE_ONLY = "langdetect"  # pure Python, published without a wheel; unstructured needs it
"""The one package that is compiled here; all others are installed as wheels."""

STARTED = (
    "torch",
    "chromadb.api.rust",
    "streamlit.web.bootstrap",
    "llama_cpp",
    "onnxruntime",
    "tokenizers",
    "pypdfium2",
    "pypdf",
    "typer",
    "rich.progress",
    "pydantic_settings",
    "ingest.parsers.html.document",
    "openpyxl",
    "xlrd",
    "oxmsg",
)
"""Modules that the commands import."""


@dataclass(frozen=True)
class Options:
    """What the user asked for. An empty string means no preference: what is installed already may stay."""

    dev: bool = False
    models: bool = True
    torch: str = ""
    torch_index: str = ""
    cmake_args: str = ""


@dataclass(frozen=True)
class Step:
    """One step: the stamps it leaves, the digest of its inputs, the chosen variant, and the function that runs it."""

    stamps: tuple[str, ...]
    title: str
    digest: str
    variant: str
    action: Callable[[], None]


class Setup:
    """One run of set-up in the checkout at `root`."""

    def __init__(self, root: str | Path, options: Options) -> None:
        self.root = Path(root)
        self.options = options
        self.venv = self.root / ".venv"
        self.cache = self.root / ".cache"
        self.stamp_file = self.venv / "ragnano-setup.json"
        self.python = self.venv / "bin" / "python"

    def run(self) -> None:
        """Runs the outstanding steps; takes a second or less when there are none. Raises SetupError."""
        with only_one(self.cache / "setup.lock") as lock:
            outstanding = self.mended(self.outstanding())
            if outstanding:
                self._do(outstanding, Runner(self.cache / "setup.log", lock))
            if self.options.models:
                self.fetch_models()

    def outstanding(self) -> list[Step]:
        """Returns the steps whose stamps are missing or outdated. A new environment makes all steps outstanding."""
        stamps = read_stamps(self.stamp_file)
        steps = self.steps()
        if not self.python.exists() or not self._current(steps[0], stamps):
            return steps
        return [step for step in steps if not self._current(step, stamps)]

    def steps(self) -> list[Step]:
        """All steps in order."""
        version = f"{sys.version_info[0]}.{sys.version_info[1]} {platform.system()} {platform.machine()}"
        lock = self._read("requirements-dev.lock" if self.options.dev else "requirements.lock")
        compiled, others = split_lock(lock, COMPILED)
        everything = ("dev", "runtime") if self.options.dev else ("runtime",)
        torch = sha256(self._read(".ci/torch.lock"), self._read(".ci/setup_torch.py"))
        return [
            Step(("venv",), "Making the environment .venv", sha256(version, str(self.root)), "", self.make_venv),
            Step(("torch",), "Installing torch (about 200 MB)", torch, self._torch_variant(), self.install_torch),
            Step(everything, "Installing the other packages (about 400 MB)", self._packages(), "",
                 lambda: self.install_locked(others, [])),
            Step(("llama",), f"Compiling {COMPILED} (about 5 minutes on 2 cores, once)", sha256(compiled),
                 self.options.cmake_args, lambda: self.install_compiled(compiled)),
            Step(("ragnano",), "Installing ragnano itself", sha256(self._read("pyproject.toml")), "",
                 self.install_self),
            Step(("started",), "Starting everything once", sha256(torch, self._packages(), compiled, *STARTED), "",
                 self.start_once),
        ]  # fmt: skip

    def _packages(self) -> str:
        # The tests' lock file contains the other one, so both stamps carry both digests.
        return sha256(self._read("requirements.lock"), self._read("requirements-dev.lock"))

    def _torch_variant(self) -> str:
        return self.options.torch or ("cpu" if self.options.torch_index else "")

    def _current(self, step: Step, stamps: dict[str, list[str]]) -> bool:
        for name in step.stamps:
            digest, variant = stamps.get(name, ["", ""])
            if digest != step.digest or (step.variant and variant != step.variant):
                return False
        return True

    def _do(self, outstanding: list[Step], runner: Runner) -> None:
        self.runner = runner
        runner.log.write_bytes(b"")
        begun = time.monotonic()
        count = len(outstanding) + 1
        print(f"[1/{count}] Checking this machine", flush=True)
        self.check_machine({step.stamps[0] for step in outstanding})
        for number, step in enumerate(outstanding, start=2):
            print(f"[{number}/{count}] {step.title}…", flush=True)
            started = time.monotonic()
            step.action()
            self.write_stamps(step)
            print(f"      done in {duration(time.monotonic() - started)}", flush=True)
        print(f"Set up in {duration(time.monotonic() - begun)}. Details: {runner.log}", flush=True)

    def check_machine(self, names: set[str]) -> None:
        """Checks beforehand everything that the named outstanding steps need."""
        needs = []
        if names & {"torch", "dev", "runtime"}:
            needs.append((self.venv, checks.ENVIRONMENT_BYTES, "the packages"))
        if "venv" in names:
            checks.check_modules()
            models = os.environ.get("RAGNANO_MODELS_DIR") or Path.home() / ".cache"
            needs.append((Path(models), checks.MODELS_BYTES, "the models"))
        if "llama" in names:
            checks.check_compiler(clean_environment())
            needs.append((Path(tempfile.gettempdir()), checks.TEMPORARY_BYTES, "compiling"))
        checks.check_disk(needs)
        warning = checks.memory_warning(checks.memory_bytes())
        if warning:
            print(f"      {warning}")

    def write_stamps(self, step: Step) -> None:
        """Adds a finished step's stamps, all or none; a new environment starts with its own stamps only."""
        stamps = {} if "venv" in step.stamps else read_stamps(self.stamp_file)
        chosen = step.variant or ("cpu" if "torch" in step.stamps else "")
        stamps.update({name: [step.digest, chosen] for name in step.stamps})
        write_stamps(self.stamp_file, stamps)

    def make_venv(self) -> None:
        """Creates a fresh environment where it is missing, incomplete, moved or made with another Python version."""
        if self.venv.is_symlink() or (self.venv.exists() and not self.venv.is_dir()):
            raise SetupError(f"{self.venv} is not a folder of its own. Move it away and run again.")
        self.runner.run([sys.executable, "-m", "venv", "--clear", str(self.venv)], "Making the environment")

    def mended(self, outstanding: list[Step]) -> list[Step]:
        """Returns the outstanding steps, or all after the first when an interrupted run left packages half-installed.

        The search takes a second; it is skipped when no step is outstanding or the environment is new in any case.
        """
        if not outstanding or "venv" in outstanding[0].stamps:
            return outstanding
        count = 0
        for site_packages in self.venv.glob("lib/python*/site-packages"):
            if damaged(site_packages):
                # Stamps first: a kill between the two lines must not leave missing packages marked as installed.
                write_stamps(self.stamp_file, {"venv": read_stamps(self.stamp_file)["venv"]})
            count += mend(site_packages)
        if count:
            print(f"{count} half-installed package(s) of an interrupted run are installed again", flush=True)
        return self.outstanding()

    def pip(self) -> list[str]:
        """Runs the environment's pip, quiet on the screen and without prompts."""
        return [str(self.python), "-m", "pip", "--no-input", "--disable-pip-version-check"]

    def install_torch(self) -> None:
        """Installs torch from the user's index, or from the index given for torch alone."""
        cuda = self._torch_variant() == "cuda"
        install_torch(
            self.runner,
            self.pip(),
            self.cache,
            self.root / ".ci" / "torch.lock",
            self.options.torch_index,
            cuda,
        )

    def install_locked(self, requirements: str, arguments: list[str]) -> None:
        """Installs the lock file's versions and checks its digests; wheels only, unless `arguments` say otherwise."""
        file = self.cache / "requirements.txt"
        file.write_text(requirements, encoding="utf-8")
        # --no-compile: compiling everything took 80 s and 0.5 GiB; start_once compiles what is used in half a minute.
        fixed = ["install", "--no-deps", "--no-compile", "--require-hashes", "--progress-bar", "off"]
        command = [
            *self.pip(),
            *fixed,
            "--only-binary",
            ":all:",
            "--no-binary",
            SOURCE_ONLY,
            *arguments,
            "-r",
            str(file),
        ]
        self.runner.run(command, "Installing packages")

    def install_compiled(self, requirement: str) -> None:
        """Installs llama-cpp-python from source; pip caches the wheel, but not one built with special CMAKE_ARGS."""
        special = ["--no-cache-dir"] if self.options.cmake_args else []
        self.install_locked(requirement, ["-v", "--no-binary", COMPILED, "--force-reinstall", *special])

    def install_self(self) -> None:
        """Installs ragnano in editable mode, so that code changes need no new set-up."""
        arguments = ["install", "--no-deps", "--no-build-isolation", "-e", str(self.root)]
        self.runner.run([*self.pip(), *arguments], "Installing ragnano")

    def start_once(self) -> None:
        """Imports what is used, so that Python caches the bytecode: without it, torch and its imports take 23 s, not 6.

        Python does the same at first use, but not where it may not write (PYTHONDONTWRITEBYTECODE).
        """
        # Run from another folder: Python searches the working folder first.
        imports = "import os; os.chdir('/'); import " + ", ".join(STARTED)
        self.runner.run([str(self.python), "-c", imports], "Starting everything once")
        folders = [str(self.root / name) for name in ("ragnano", "ingest")]
        self.runner.run([str(self.python), "-m", "compileall", "-q", *folders], "Compiling ragnano")

    def fetch_models(self) -> None:
        """Fetches the default models; the command shows its own progress and does nothing when they are present."""
        command = [str(self.python), "-m", "ragnano", "models", "fetch"]
        code = subprocess.run(command, cwd=self.root, env=clean_environment(), check=False).returncode
        if code != 0:
            raise SetupError("The models are not complete; the message above says why. Run again to go on from there.")

    def _read(self, name: str) -> str:
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SetupError(f"{name} is missing from this checkout. Restore it: git checkout {name}") from None
