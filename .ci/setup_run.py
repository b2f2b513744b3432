"""Runs the commands of set-up: output goes to a log, progress to the screen, and failures are explained.

Contains the output patterns of pip and the compilers; which commands run, and why, is decided elsewhere. Standard
library only.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from setup_checks import SetupError
from setup_system import end, start

HEARTBEAT_S = 20.0
"""Seconds between progress lines where the output is no terminal; on a terminal the line is renewed each second."""
LOG_TAIL_BYTES = 65536
"""Bytes of the log searched for the current activity: one compiler command can be 5,000 characters long."""
SHOWN_LINES = 8
LINE = 79
"""Characters of the line that is renewed on a terminal."""

# Variables of the user's shell that would send pip's files outside the checkout's environment, or suppress bytecode
# files, which makes every start slow.
MISLEADING = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
)

# (pattern in the log, its meaning and the remedy); the first match counts.
FAILURES = (
    (
        r"No space left on device|Disk quota exceeded",
        "The disk is full. Free some space (or set TMPDIR to a larger disk) and run again.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A package is not the one that the lock file names. Nothing of it was installed. Run again with "
        "PIP_NO_CACHE_DIR=1; if that changes nothing, don't trust this package index.",
    ),
    (
        r"Killed signal terminated|fatal error: Killed|out of memory|std::bad_alloc|Cannot allocate memory",
        "Compiling ran out of memory. Close other programs and run again with CMAKE_BUILD_PARALLEL_LEVEL=1.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index's certificate is not trusted here. Name your organisation's certificate file in "
        "PIP_CERT and run again.",
    ),
    (
        r"NewConnectionError|Temporary failure in name resolution|Name or service not known|Connection refused|"
        r"Network is unreachable|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries exceeded",
        "The package index cannot be reached. Check the network, the proxy (HTTPS_PROXY) and `pip config list`, "
        "and run again.",
    ),
    (
        r"\b(401|403)( Client)? Error|User for .*:",
        "The package index refuses access. Check the address and password in `pip config list`.",
    ),
    (
        r"requirement (?P<name>[\w.\-]+)\S* \(from versions: none\)",
        "The package index gives no {name} at all: it cannot be reached, or does not carry it. Check the network "
        "and `pip config list`, or use another index (PIP_INDEX_URL).",
    ),
    (
        r"No matching distribution found for (?P<name>[\w.\-]+)",
        "The package index has no {name} that fits this Python and this machine. Use another index "
        "(PIP_INDEX_URL) or another Python: make demo PYTHON=python3.12",
    ),
    (
        r"Failed (to build|building wheel)|subprocess-exited-with-error|CMake Error",
        "Building failed. The log has the compiler's words; an old compiler is the usual reason (C++17 is "
        "needed: GCC 9, Clang 10 or newer).",
    ),
    (
        r"Permission denied|Read-only file system",
        "A folder cannot be written. Make the checkout and pip's cache your own and run again.",
    ),
)

ACTIVITIES = (
    (r"\[(\d+)/(\d+)\] ", "compiling {0} of {1}"),
    (r"Downloading ([\w.\-+%]+?)(?:-py\S+|-cp\S+|\.tar\.gz)? \(([\d.]+ [kMG]B)\)", "downloading {0} ({1})"),
    (r"Collecting ([\w.\-]+)", "looking up {0}"),
    (r"(Installing) (?:collected packages|build dependencies)", "installing"),
    (r"(WARNING: Retrying)", "the package index does not answer; trying again"),
    (r"(Building) (?:wheel|editable)", "building"),
)


def duration(seconds: float) -> str:
    """Formats seconds for people: 4 s, 2 min 05 s."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def activity(log: str) -> str:
    """Returns what the command is doing, from the last log line that shows it; "" when no line does."""
    latest, words = -1, ""
    for pattern, form in ACTIVITIES:
        for found in re.finditer(pattern, log):
            if found.start() > latest:
                latest, words = found.start(), form.format(*found.groups())
    return words


def explain(log: str) -> str:
    """Explains a failed command's log in one or two sentences, remedy included."""
    for pattern, meaning in FAILURES:
        found = re.search(pattern, log)
        if found:
            return meaning.format(**found.groupdict())
    return "Set-up does not recognise this error; see the lines below. Run again to continue from here."


def clean_environment() -> dict[str, str]:
    """Returns the commands' environment: the user's without misleading variables, plus all cores for CMake."""
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    environment["PYTHONNOUSERSITE"] = "1"
    environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    return environment


class Job:
    """One command at work; its output goes to the end of the log. Raises SetupError where the command has failed."""

    def __init__(self, command: list[str], purpose: str, log: Path, lock: int, variables: dict[str, str]) -> None:
        self.purpose = purpose
        self.log = log
        with log.open("ab") as sink:
            sink.write(f"\n==> {purpose}\n".encode())
            sink.flush()
            self.begin = sink.tell()
            self.child = start(command, sink, {**clean_environment(), **variables}, lock)

    def check(self) -> None:
        """Returns at once while the command runs and after its success; explains a failure."""
        if self.child.poll() not in (None, 0):
            raise SetupError(self._failure())

    def wait(self) -> None:
        """Shows progress until the command ends. Whatever interrupts the wait ends the command and its compilers."""
        try:
            self._watch()
        except BaseException:
            self.end()
            raise
        self.check()

    def end(self) -> None:
        """Ends the command with its child processes; does nothing when it has ended."""
        if self.child.poll() is None:
            end(self.child)

    def _watch(self) -> None:
        terminal = sys.stdout.isatty()
        started = last_shown = time.monotonic()
        while True:
            try:
                self.child.wait(timeout=1.0)
                break
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            line = f"      {duration(now - started)}  {activity(self._tail())[:55]}"
            if terminal:
                print(f"\r{line:<{LINE}}", end="", flush=True)
            elif now - last_shown >= HEARTBEAT_S:
                last_shown = now
                print(line, flush=True)
        if terminal:
            print(f"\r{'':<{LINE}}\r", end="", flush=True)

    def _tail(self) -> str:
        with self.log.open("rb") as source:
            source.seek(0, os.SEEK_END)
            source.seek(max(self.begin, source.tell() - LOG_TAIL_BYTES))
            return source.read().decode("utf-8", "replace")

    def _failure(self) -> str:
        tail = self._tail()
        lines = [line.strip()[:160] for line in tail.splitlines() if line.strip()][-SHOWN_LINES:]
        shown = "\n".join(f"    {line}" for line in lines)
        return f"{self.purpose} failed. {explain(tail)}\n  The last lines of {self.log}:\n{shown}"


class Runner:
    """Starts commands. Those that are waited for share a log; one that runs beside them has a log of its own."""

    def __init__(self, log: Path, lock: int) -> None:
        self.log = log
        self.lock = lock

    def run(self, command: list[str], purpose: str) -> None:
        """Runs the command to its end. Raises SetupError, which explains the failure and shows the log's last lines."""
        Job(command, purpose, self.log, self.lock, {}).wait()

    def start(self, command: list[str], purpose: str, log: Path, variables: dict[str, str]) -> Job:
        """Starts a command that runs beside the others. `variables` are added to its environment."""
        log.write_bytes(b"")
        return Job(command, purpose, log, self.lock, variables)
