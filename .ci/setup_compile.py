"""Compiles llama-cpp-python to a wheel, beside the other steps of set-up.

It takes longer than all other steps together and needs none of them. The wheel lies in the checkout's .cache, not in
pip's cache: it lacks libraries that ragnano does not load (llama.cmake), but other programs may. Standard library only.
"""

import os
import shutil
import zipfile
from pathlib import Path

from setup_run import Job, Runner
from setup_state import sha256

COMPILED = "llama-cpp-python"
"""The one package that is compiled here; all others are installed as wheels."""

PURPOSE = f"Compiling {COMPILED}"


class Compilation:
    """The wheel for one requirement (the lock file's entry with its digests) and one set of compiler settings."""

    def __init__(self, root: Path, requirement: str, cmake_args: str) -> None:
        self.options = root / ".ci" / "llama.cmake"
        self.requirement = requirement
        self.cache = root / ".cache"
        settings = sha256(requirement, cmake_args, self.options.read_text(encoding="utf-8"))
        self.folder = self.cache / "compiled" / settings[:16]
        self.job: Job | None = None

    def wheel(self) -> Path | None:
        """Returns the finished wheel. One that was cut off while it was written lacks the directory at its end."""
        return next((path for path in self.folder.glob("*.whl") if zipfile.is_zipfile(path)), None)

    def begin(self, runner: Runner, pip: list[str]) -> None:
        """Starts compiling in the background where no wheel is there and none is being compiled."""
        if self.job is not None or self.wheel() is not None:
            return
        shutil.rmtree(self.folder.parent, ignore_errors=True)
        self.folder.mkdir(parents=True)
        file = self.cache / "compiled-requirement.txt"
        file.write_text(self.requirement, encoding="utf-8")
        fixed = ["wheel", "-v", "--no-deps", "--no-cache-dir", "--require-hashes", "--progress-bar", "off"]
        command = [*pip, *fixed, "--no-binary", COMPILED, "-r", str(file), "-w", str(self.folder)]
        include = f"CMAKE_PROJECT_INCLUDE={self.options.as_posix()}"
        defines = [name for name in (os.environ.get("SKBUILD_CMAKE_DEFINE"), include) if name]
        log = self.cache / "setup-compile.log"
        self.job = runner.start(command, PURPOSE, log, {"SKBUILD_CMAKE_DEFINE": ";".join(defines)})
        print(f"      {COMPILED} is compiled meanwhile; its log: {log}", flush=True)

    def check(self) -> None:
        """Raises SetupError where compiling has failed already."""
        if self.job is not None:
            self.job.check()

    def wait(self) -> Path:
        """Shows the progress until compiling ends; returns the wheel. Raises SetupError where compiling fails."""
        if self.job is not None:
            self.job.wait()
        wheel = self.wheel()
        assert wheel is not None, f"{PURPOSE} succeeded without a wheel in {self.folder}"
        return wheel

    def end(self) -> None:
        """Stops compiling; does nothing when it has ended."""
        if self.job is not None:
            self.job.end()
