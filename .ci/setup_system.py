"""What differs between Windows and other systems: paths, the set-up lock, starting and ending commands.

Standard library only.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def venv_python(venv: Path) -> Path:
    """Returns the environment's Python."""
    return venv / "Scripts" / "python.exe" if sys.platform == "win32" else venv / "bin" / "python"


def site_packages(venv: Path) -> list[Path]:
    """Returns the folders of the environment that hold installed packages."""
    return list(venv.glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"))


def take_lock(descriptor: int) -> bool:
    """Locks the file for this process; returns False at once when another process holds the lock."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextmanager
def only_one(path: Path) -> Iterator[int]:
    """Holds the checkout's set-up lock and yields its descriptor; waits while another set-up holds it.

    Every command inherits the descriptor, so the lock stays held when a set-up is killed while its pip still runs. On
    Windows a lock cannot be inherited and ends with its process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not take_lock(descriptor):
            print("Another set-up of this checkout is still at work; waiting for it to end.", flush=True)
            while not take_lock(descriptor):
                time.sleep(0.5)
        yield descriptor
    finally:
        os.close(descriptor)


def start(command: list[str], sink: IO[bytes], environment: dict[str, str], lock: int) -> "subprocess.Popen[bytes]":
    """Starts a command without input in a process group of its own, so that Ctrl-C reaches set-up alone."""
    if sys.platform == "win32":
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environment,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sink,
        stderr=subprocess.STDOUT,
        env=environment,
        pass_fds=(lock,),
        start_new_session=True,
    )


def end(child: "subprocess.Popen[bytes]") -> None:
    """Ends a command with all its child processes: with SIGTERM first, after 5 seconds with SIGKILL."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], capture_output=True, check=False)
        child.wait()
        return
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signum)
            child.wait(timeout=5.0)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
