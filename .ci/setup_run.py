"""Runs the commands of set-up: output goes to a log, progress to the screen, and failures are explained.

Contains the output patterns of pip and the compilers; which commands run, and why, is decided elsewhere. Standard
library only.
"""

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup_checks import SetupError

HEARTBEAT_S = 20.0
"""Seconds between progress lines where the output is no terminal; on a terminal the line is renewed each second."""
LOG_TAIL_BYTES = 65536
"""Bytes of the log searched for the current activity: one compiler command can be 5,000 characters long."""
SHOWN_LINES = 8

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


@contextmanager
def only_one(path: Path) -> Iterator[int]:
    """Holds the checkout's set-up lock and yields its descriptor; waits while another set-up holds it.

    Every command inherits the descriptor, so the lock stays held when a set-up is killed while its pip still runs.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this checkout is still at work; waiting for it to end.", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


class Runner:
    """Runs commands one at a time and appends the output of each to the log."""

    def __init__(self, log: Path, lock: int) -> None:
        self.log = log
        self.lock = lock

    def run(self, command: list[str], purpose: str) -> None:
        """Runs the command to its end. Raises SetupError, which explains the failure and shows the log's last lines."""
        with self.log.open("ab") as sink:
            sink.write(f"\n==> {purpose}\n".encode())
            sink.flush()
            begin = sink.tell()
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
                pass_fds=(self.lock,),
                start_new_session=True,
            )
            try:
                self._watch(child, begin)
            except BaseException:
                # Whatever interrupts the wait (Ctrl-C, kill, a full disk) must also end pip and its compilers.
                end_group(child)
                raise
        if child.returncode != 0:
            raise SetupError(self._failure(purpose, begin))

    def _watch(self, child: "subprocess.Popen[bytes]", begin: int) -> None:
        terminal = sys.stdout.isatty()
        started = last_shown = time.monotonic()
        while True:
            try:
                child.wait(timeout=1.0)
                break
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if terminal:
                print(f"\r      {duration(now - started)}  {self._activity(begin)}\033[K", end="", flush=True)
            elif now - last_shown >= HEARTBEAT_S:
                last_shown = now
                print(f"      {duration(now - started)}  {self._activity(begin)}", flush=True)
        if terminal:
            print("\r\033[K", end="", flush=True)

    def _activity(self, begin: int) -> str:
        return activity(self._tail(begin))[:70]

    def _tail(self, begin: int) -> str:
        with self.log.open("rb") as source:
            source.seek(0, os.SEEK_END)
            source.seek(max(begin, source.tell() - LOG_TAIL_BYTES))
            return source.read().decode("utf-8", "replace")

    def _failure(self, purpose: str, begin: int) -> str:
        tail = self._tail(begin)
        lines = [line.strip()[:160] for line in tail.splitlines() if line.strip()][-SHOWN_LINES:]
        shown = "\n".join(f"    {line}" for line in lines)
        return f"{purpose} failed. {explain(tail)}\n  The last lines of {self.log}:\n{shown}"


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """Ends a command with all its child processes: with SIGTERM first, after 5 seconds with SIGKILL."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signum)
            child.wait(timeout=5.0)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
