"""The steps of set-up in order; a step runs only when its stamp is missing or outdated.

Defines the commands that make an environment. setup_state.py keeps the stamps, setup_run.py watches the commands,
setup_compile.py compiles the inference engine meanwhile. Standard library only.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import setup_checks as checks
from setup_checks import SetupError
from setup_compile import COMPILED, PURPOSE, Compilation
from setup_run import Runner, clean_environment, duration
from setup_state import damaged, mend, read_stamps, sha256, split_lock, write_stamps
from setup_system import only_one, site_packages, venv_python
from setup_torch import install_torch

SOURCE_ONLY = "langdetect"  # pure Python, published without a wheel; unstructured needs it

ENGINE = "llama"
"""The stamp of the step that compiles the inference engine. It is the last: no other step needs it."""

STARTED = (
    "torch",
    "chromadb.api.rust",
    "streamlit.web.bootstrap",
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
        self.python = venv_python(self.venv)
        lock = self._read("requirements-dev.lock" if options.dev else "requirements.lock")
        self.compiled, self.others = split_lock(lock, COMPILED)
        self.compilation = Compilation(self.root, self.compiled, options.cmake_args)

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Runs the outstanding steps; takes a second or less when there are none. Raises SetupError.

        `meanwhile` is called once, when ragnano can ingest; the inference engine may still be compiling then.
        """
        with only_one(self.cache / "setup.lock") as lock:
            self.do(self.mended(self.outstanding()), Runner(self.cache / "setup.log", lock), meanwhile)
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
        everything = ("dev", "runtime") if self.options.dev else ("runtime",)
        torch = sha256(self._read(".ci/torch.lock"), self._read(".ci/setup_torch.py"))
        return [
            Step(("venv",), "Making the environment .venv", sha256(version, str(self.root)), "", self.make_venv),
            Step(("torch",), "Installing torch (about 200 MB)", torch, self._torch_variant(), self.install_torch),
            Step(everything, "Installing the other packages (about 400 MB)", self._packages(), "",
                 lambda: self.install_locked(self.others)),
            Step(("ragnano",), "Installing ragnano itself", sha256(self._read("pyproject.toml")), "",
                 self.install_self),
            Step(("started",), "Starting everything once", sha256(torch, self._packages(), *STARTED), "",
                 self.start_once),
            Step((ENGINE,), f"{PURPOSE} (about 75 files, the longest part)", sha256(self.compiled),
                 self.options.cmake_args, self.install_compiled),
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

    def do(self, outstanding: list[Step], runner: Runner, meanwhile: Callable[[], None]) -> None:
        """Runs the outstanding steps; what needs no engine is done while the engine is compiled."""
        self.runner = runner
        begun = time.monotonic()
        count = len(outstanding) + 1
        engine = bool(outstanding) and ENGINE in outstanding[-1].stamps
        if outstanding:
            runner.log.write_bytes(b"")
            print(f"[1/{count}] Checking this machine", flush=True)
            self.check_machine({step.stamps[0] for step in outstanding})
        try:
            for number, step in enumerate(outstanding, start=2):
                if engine and "venv" not in step.stamps:
                    self.compilation.begin(runner, self.pip())
                    self.compilation.check()
                if ENGINE in step.stamps:
                    self._before_engine(meanwhile)
                self._do_step(step, f"[{number}/{count}]")
        finally:
            self.compilation.end()
        if outstanding:
            print(f"Set up in {duration(time.monotonic() - begun)}. Details: {runner.log}", flush=True)
        if not engine:
            meanwhile()

    def _before_engine(self, meanwhile: Callable[[], None]) -> None:
        if self.options.models:
            # run() fetches again and stops set-up if that fails; until then the compiler keeps its work.
            with suppress(SetupError):
                self.fetch_models("--no-proof")
        meanwhile()

    def _do_step(self, step: Step, number: str) -> None:
        print(f"{number} {step.title}…", flush=True)
        started = time.monotonic()
        step.action()
        self.write_stamps(step)
        print(f"      done in {duration(time.monotonic() - started)}", flush=True)

    def check_machine(self, names: set[str]) -> None:
        """Checks beforehand everything that the named outstanding steps need."""
        needs = []
        if names & {"torch", "dev", "runtime"}:
            needs.append((self.venv, checks.ENVIRONMENT_BYTES, "the packages"))
        if "venv" in names:
            checks.check_modules()
            models = os.environ.get("RAGNANO_MODELS_DIR") or Path.home() / ".cache"
            needs.append((Path(models), checks.MODELS_BYTES, "the models"))
        if ENGINE in names and self.compilation.wheel() is None:
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
        for folder in site_packages(self.venv):
            if damaged(folder):
                # Stamps first: a kill between the two lines must not leave missing packages marked as installed.
                write_stamps(self.stamp_file, {"venv": read_stamps(self.stamp_file)["venv"]})
            count += mend(folder)
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

    def install_locked(self, requirements: str) -> None:
        """Installs the lock file's versions as wheels and checks its digests."""
        file = self.cache / "requirements.txt"
        file.write_text(requirements, encoding="utf-8")
        # --no-compile: compiling everything took 80 s and 0.5 GiB; start_once compiles what is used in half a minute.
        fixed = ["install", "--no-deps", "--no-compile", "--require-hashes", "--progress-bar", "off"]
        command = [*self.pip(), *fixed, "--only-binary", ":all:", "--no-binary", SOURCE_ONLY, "-r", str(file)]
        self.runner.run(command, "Installing packages")

    def install_compiled(self) -> None:
        """Waits for the engine's wheel, installs it and loads its libraries."""
        wheel = self.compilation.wait()
        arguments = ["install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
        self.runner.run([*self.pip(), *arguments], f"Installing {COMPILED}")
        self.runner.run([str(self.python), "-c", "import os; os.chdir('/'); import llama_cpp"], f"Starting {COMPILED}")

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

    def fetch_models(self, *options: str) -> None:
        """Fetches the default models; the command shows its own progress and does nothing when they are present."""
        command = [str(self.python), "-m", "ragnano", "models", "fetch", *options]
        code = subprocess.run(command, cwd=self.root, env=clean_environment(), check=False).returncode
        if code != 0:
            raise SetupError("The models are not complete; the message above says why. Run again to go on from there.")

    def _read(self, name: str) -> str:
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SetupError(f"{name} is missing from this checkout. Restore it: git checkout {name}") from None
