"""Parses files in separate processes, so that a file which hangs or crashes a parser costs that file alone.

When the parser crashes, hangs or runs out of memory on a PDF, the file is tried once more with the second parser in a
fresh process before it fails. Another process is started only when reading is the bottleneck, and one whose memory has
grown is replaced.

The child is started as a plain command and connected through pipes. multiprocessing would import the parent's main
module into the child, which under Streamlit is the app's script, and would also load torch there.

This module is the parent's side: it starts, watches and ends the children. `ingest.workers.parser_process` is what they
run.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from ingest.discovery.file_types import PDF
from ingest.document_builder import Job
from ingest.workers.parser_process import ALIVE, READY, MakeParser, file_parser
from ragnano.errors import DamagedFile, LimitExceeded, LoadError, RagnanoError
from ragnano.settings import Settings
from ragnano.types import ParsedDocument

_GROWN = 600 << 20  # resident bytes; a child that reads ordinary contracts stays under 250 MB
_MOST_CHILDREN = 4
_PATIENCE = 2.0  # seconds that a file may wait before another child is started


class _Failed(Exception):
    """Raised when the parser itself failed, so that another parser may do better. `error` is for the report."""

    def __init__(self, error: LoadError) -> None:
        super().__init__()
        self.error = error


class ParserPool:
    """Reads files in child processes, at most `workers` at a time. A context manager; leaving it ends the children.

    `make` is a function in an importable module; the child calls it with the settings to get its reading function.
    """

    def __init__(self, settings: Settings, *, make: MakeParser = file_parser, workers: int | None = None) -> None:
        self._settings = settings
        self._make = f"{make.__module__}:{make.__qualname__}"
        self._most = workers or min(os.cpu_count() or 1, _MOST_CHILDREN)
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="parser")
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        self._children: set[_Child] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._places = 1
        self._idle.put(None)

    def submit(self, job: Job) -> Future[ParsedDocument]:
        """Starts reading. The future raises LoadError for the file's faults, another RagnanoError for the set-up's."""
        return self._threads.submit(self._read, job)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in list(self._children):
            child.end()
        self._threads.shutdown(wait=True)

    def _read(self, job: Job) -> ParsedDocument:
        try:
            return self._once(job)
        except _Failed as failed:
            if job.media_type != PDF or self._closed:
                raise failed.error from None
            first = failed.error
        try:
            return self._once(replace(job, options=replace(job.options, second_only=True)), fresh=True)
        except (_Failed, LoadError):
            raise first from None

    def _once(self, job: Job, *, fresh: bool = False) -> ParsedDocument:
        """Reads a file once. Raises _Failed, after which its child has ended, and RagnanoError."""
        child = self._free()
        try:
            if child is not None and (fresh or child.has_grown()):
                self._end(child)
                child = None
            if self._closed:
                raise LoadError("the run was stopped")
            if child is None:
                child = _Child(self._make, self._settings)
                self._children.add(child)
            reply = child.ask(job, self._settings.file_seconds, self._settings.file_minutes * 60)
        except _Failed:
            self._end(child)
            child = None
            raise
        finally:
            self._idle.put(child)
            if self._closed and child is not None:
                child.end()
        if isinstance(reply, RagnanoError):
            raise reply
        return reply

    def _free(self) -> "_Child | None":
        """Returns an idle child, or None for a free slot to start one in; adds a slot when all children stay busy."""
        try:
            return self._idle.get(timeout=_PATIENCE)
        except queue.Empty:
            with self._lock:
                if self._places < self._most:
                    self._places += 1
                    return None
            return self._idle.get()

    def _end(self, child: "_Child | None") -> None:
        if child is not None:
            self._children.discard(child)
            child.end()


class _Child:
    """One child process, used by one thread at a time."""

    def __init__(self, make: str, settings: Settings) -> None:
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.workers.parser_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"},
        )
        try:
            self._send((make, settings))
            if self._receive() != READY:
                raise EOFError
        except (OSError, EOFError, pickle.UnpicklingError):
            self.end()
            raise LoadError("the reading process does not start; run `ragnano doctor` to find out why") from None

    def ask(self, job: Job, seconds: float, most: float) -> "ParsedDocument | RagnanoError":
        """Returns what the child makes of the file.

        Raises _Failed when the child dies, gives no sign of life for `seconds`, or takes longer than `most` seconds.
        """
        watch = _Watch(self._process.kill, seconds, most)
        try:
            self._send(job)
            while (reply := self._receive()) == ALIVE:
                watch.sign()
        except (OSError, EOFError, pickle.UnpicklingError):
            if watch.late:
                raise _Failed(LimitExceeded(watch.late)) from None
            raise _Failed(
                DamagedFile(f"the parser crashed ({_end_of(self._process.wait())}); save the file anew and try again")
            ) from None
        finally:
            watch.end()
        match reply:
            case (str(), LoadError() as error):
                raise _Failed(error)
        assert isinstance(reply, ParsedDocument | RagnanoError)
        return reply

    def has_grown(self) -> bool:
        """Returns whether earlier files have left the process with more memory than it should keep."""
        try:
            return bool(psutil.Process(self._process.pid).memory_info().rss > _GROWN)
        except psutil.Error:
            return True  # the process has ended

    def end(self) -> None:
        """Kills the process if it still runs, and closes its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # flushing into a dead process: nothing was waiting for it

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _receive(self) -> object:
        assert self._process.stdout is not None
        return _Unpickler(self._process.stdout).load()


class _Unpickler(pickle.Unpickler):
    """Unpickles replies and nothing else: a child that a malicious file controls must not reach the parent."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = module == "ragnano.errors" or module.startswith("ragnano.types.")
        found = super().find_class(module, name) if allowed else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise pickle.UnpicklingError("not a reply")


class _Watch:
    """Calls `kill` after `seconds` without a sign of life, or after `most` seconds; `late` then gives the reason."""

    def __init__(self, kill: Callable[[], None], seconds: float, most: float) -> None:
        self._kill, self._seconds, self._most = kill, seconds, most
        self._begun = self._last = time.monotonic()
        self._done = threading.Event()
        self.late = ""
        self._thread = threading.Thread(target=self._run, name="parser-watch", daemon=True)
        self._thread.start()

    def sign(self) -> None:
        """Records a sign of life from the child."""
        self._last = time.monotonic()

    def end(self) -> None:
        """Stops watching."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            silent, over = self._last + self._seconds, self._begun + self._most
            if self._done.wait(max(min(silent, over) - time.monotonic(), 0)):
                return
            now = time.monotonic()
            if now >= over:
                self.late = f"reading took longer than {self._most / 60:g} min; RAGNANO_FILE_MINUTES allows more"
            elif now >= self._last + self._seconds:
                self.late = f"reading took longer than {self._seconds:g} s; RAGNANO_FILE_SECONDS allows more"
            else:
                continue
            self._kill()
            return


def _end_of(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"exit code {code}"
