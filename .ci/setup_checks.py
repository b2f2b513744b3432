"""Checks of the machine before set-up begins: Python's modules, compiler, disk and memory.

Each check raises SetupError with one line that says what is missing and what to do about it. Nothing here depends on
pip, stamps or the order of steps. Standard library only.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

GIB = 1024**3
# The environment measured 2.5 GiB with the test packages; the rest is for pip's downloads.
ENVIRONMENT_BYTES = 3 * GIB
# The default models take 0.6 GiB in the per-user cache, and as much again while their parts are joined.
MODELS_BYTES = int(1.5 * GIB)
# Source and object files of llama-cpp-python during compilation.
TEMPORARY_BYTES = 1 * GIB
LITTLE_MEMORY_BYTES = 4 * GIB

COMPILER_REMEDY = (
    "Debian and Ubuntu: sudo apt install build-essential; Fedora: sudo dnf install gcc-c++; "
    "macOS: xcode-select --install"
)
WINDOWS_REMEDY = "Install the workload 'Desktop development with C++' of the Visual Studio Build Tools"
PROGRAM = "#include <vector>\nint main() { return std::vector<int>{}.size(); }\n"


class SetupError(Exception):
    """Raised when set-up cannot go on; the message is written for the user and says what to do."""


def check_modules() -> None:
    """Checks that Python can create virtual environments; Debian packages that part separately."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(
            f"This Python has no module {' and '.join(missing)}, so it cannot make a virtual environment. "
            "Debian and Ubuntu: sudo apt install python3-venv; elsewhere install a complete Python, "
            "then: make demo PYTHON=<its path>"
        )


def find_compiler(environment: Mapping[str, str], variable: str, names: tuple[str, ...]) -> list[str]:
    """Returns the compiler command that the variable (CC, CXX) names, else the first known name found on the PATH."""
    named = shlex.split(environment.get(variable, ""))
    path = environment.get("PATH")
    if named:
        if shutil.which(named[0], path=path) is None:
            raise SetupError(
                f"{variable} names the compiler {named[0]}, which is not on this machine. "
                f"Unset {variable} or correct it."
            )
        return named
    for name in names:
        if shutil.which(name, path=path):
            return [name]
    kind = "C++" if variable == "CXX" else "C"
    raise SetupError(f"No {kind} compiler found, and llama-cpp-python must be compiled. {COMPILER_REMEDY}.")


def check_windows_compiler(environment: Mapping[str, str]) -> None:
    """Checks that Visual Studio was installed, which CMake finds by itself, or that a compiler is on the PATH."""
    programs = Path(environment.get("ProgramFiles(x86)", "C:/Program Files (x86)"))
    installed = (programs / "Microsoft Visual Studio" / "Installer" / "vswhere.exe").is_file()
    if not installed and not any(shutil.which(name, path=environment.get("PATH")) for name in ("cl", "g++")):
        raise SetupError(f"No C++ compiler found, and llama-cpp-python must be compiled. {WINDOWS_REMEDY}.")


def check_compiler(environment: Mapping[str, str]) -> None:
    """Checks that C and C++ compilers exist and that the latter can build a program with the standard library."""
    if sys.platform == "win32":
        check_windows_compiler(environment)
        return
    find_compiler(environment, "CC", ("cc", "gcc", "clang"))
    command = find_compiler(environment, "CXX", ("c++", "g++", "clang++"))
    with tempfile.TemporaryDirectory(prefix="ragnano-") as folder:
        trial = [*command, "-x", "c++", "-", "-o", str(Path(folder) / "trial")]
        result = subprocess.run(trial, input=PROGRAM, capture_output=True, text=True, env=dict(environment))
    if result.returncode != 0:
        said = (result.stderr.strip().splitlines() or ["no reason given"])[0][:160]
        raise SetupError(f"{command[0]} cannot compile a small C++ program ({said}). {COMPILER_REMEDY}.")


def existing(path: Path) -> Path:
    """Returns the path or its nearest existing parent, to measure the disk before anything is written to it."""
    while not path.exists():
        path = path.parent
    return path


def check_disk(needs: list[tuple[Path, int, str]]) -> None:
    """Checks that every disk has enough room. `needs`: (place, bytes, purpose); the needs of one disk are added up."""
    disks: dict[int, tuple[Path, int, list[str]]] = {}
    for place, size, purpose in needs:
        here = existing(place)
        first, total, purposes = disks.get(here.stat().st_dev, (here, 0, []))
        disks[here.stat().st_dev] = (first, total + size, [*purposes, purpose])
    for here, total, purposes in disks.values():
        free = shutil.disk_usage(here).free
        if free < total:
            raise SetupError(
                f"Too little disk: {' and '.join(purposes)} need about {total / GIB:.1f} GiB and the disk "
                f"of {here} has {free / GIB:.1f} GiB free. Free some, or put TMPDIR or the checkout on a larger disk."
            )


def memory_bytes() -> int | None:
    """Returns the machine's memory in bytes, or None where the system does not report it."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def memory_warning(total: int | None) -> str | None:
    """Returns a warning for a machine with little memory, else None; set-up continues either way."""
    if total is None or total >= LITTLE_MEMORY_BYTES:
        return None
    return (
        f"This machine has {total / GIB:.1f} GiB of memory; 4 GiB is comfortable. If compiling stops, "
        "run again with CMAKE_BUILD_PARALLEL_LEVEL=1."
    )
