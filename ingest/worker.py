"""Reading in a process of its own, so that a file which hangs or crashes a reader costs that file alone.

The child is started as a plain command and spoken to through pipes. multiprocessing would import the parent's main
module into the child, which under Streamlit is the app's script; it would also bring torch there.

This module knows processes and time, `ingest.reading` knows files. The child prints nothing that is seen and logs
nothing: what readers say quotes documents.
"""

import importlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ingest.reading import Job, read
from ingest.signs import hear
from ingest.walk import reason_of
from ragnano.config import Settings
from ragnano.errors import DamagedFile, LimitExceeded, LoadError, RagnanoError
from ragnano.types import ParsedDocument

ReadFile = Callable[[Job], ParsedDocument]
MakeReader = Callable[[Settings], ReadFile]

_MEMORY = 3 << 30  # bytes of data a child may hold; a 200 MB file needs about 1 GiB, a decompression bomb any amount
_READY = "ready"
_SIGN = "alive"


def file_reader(settings: Settings) -> ReadFile:
    """What the child reads files with: tokens are counted by the embedder's own tokenizer. Raises ModelMissing."""
    from ragnano.models import open_embedder

    embedder = open_embedder(settings)
    return lambda job: read(job, embedder.count_tokens)


class Reader:
    """Reads files in `workers` child processes. A context manager; leaving it ends the children.

    `make` is a function in an importable module that the child calls with the settings to get its reading function.
    """

    def __init__(self, settings: Settings, *, make: MakeReader = file_reader, workers: int = 1) -> None:
        self._settings = settings
        self._make = f"{make.__module__}:{make.__qualname__}"
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        self._children: set[_Child] = set()
        self._closed = False
        for _ in range(workers):
            self._idle.put(None)

    def submit(self, job: Job) -> Future[ParsedDocument]:
        """Start reading. The future raises LoadError for the file's fault, another RagnanoError for the set-up's."""
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
        child = self._idle.get()
        try:
            if child is None:
                child = _Child(self._make, self._settings)
                self._children.add(child)
            reply = child.ask(job, self._settings.file_seconds)
        except LoadError:
            if child is not None:
                self._children.discard(child)
                child.end()
            child = None
            raise
        finally:
            self._idle.put(child)
            if self._closed and child is not None:
                child.end()
        if isinstance(reply, RagnanoError):
            raise reply
        return reply


class _Child:
    """One child process, used by one thread at a time."""

    def __init__(self, make: str, settings: Settings) -> None:
        path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"},
        )
        try:
            self._send((make, settings))
            if self._receive() != _READY:
                raise EOFError
        except (OSError, EOFError, pickle.UnpicklingError):
            self.end()
            raise LoadError("the reading process does not start; `ragnano doctor` tells what is wrong") from None

    def ask(self, job: Job, seconds: float) -> "ParsedDocument | RagnanoError":
        """What the child makes of the file. Raises LoadError when it dies of it or gives no sign for `seconds`."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            self._send(job)
            while (reply := self._receive()) == _SIGN:
                timer.cancel()
                timer = threading.Timer(seconds, stop)
                timer.start()
        except (OSError, EOFError, pickle.UnpicklingError):
            if late.is_set():
                raise LimitExceeded(
                    f"reading took longer than {seconds:g} s; RAGNANO_FILE_SECONDS allows more"
                ) from None
            raise DamagedFile(
                f"the reader crashed on it ({_end_of(self._process.wait())}); save the file anew and try again"
            ) from None
        finally:
            timer.cancel()
        assert isinstance(reply, ParsedDocument | RagnanoError)
        return reply

    def end(self) -> None:
        """Kill the process if it still runs, and forget its pipes."""
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
        return pickle.load(self._process.stdout)


def _end_of(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"exit code {code}"


def main() -> None:
    """The child: takes the reading function's name and the settings, then jobs, until its input ends."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is the parent's to handle; it ends the child by closing its input
    incoming, outgoing = _own_pipes()
    _limit_memory()
    make, settings = pickle.load(incoming)
    module, _, name = make.partition(":")
    maker: MakeReader = getattr(importlib.import_module(module), name)
    _answer(outgoing, _READY)
    reader: ReadFile | None = None
    while True:
        try:
            job = pickle.load(incoming)
        except EOFError:
            return
        try:
            reader = reader or maker(settings)
        except RagnanoError as error:
            _answer(outgoing, error)
            continue
        _answer(outgoing, _outcome(reader, job, outgoing))


def _outcome(reader: ReadFile, job: Job, outgoing: BinaryIO) -> ParsedDocument | RagnanoError:
    hear(lambda: _answer(outgoing, _SIGN))
    try:
        return reader(job)
    except RagnanoError as error:
        return type(error)(*error.args)  # without the traceback, which may hold pages
    except OSError as error:
        return LoadError(reason_of(error))
    except MemoryError:
        return LimitExceeded("reading it takes more memory than a reader may have; split the file")
    except Exception as error:  # noqa: BLE001 - the border for whatever a reader raises on a malformed file
        return DamagedFile(f"the reader failed on it ({type(error).__name__}); save the file anew and try again")
    finally:
        hear(None)


def _answer(outgoing: BinaryIO, message: object) -> None:
    pickle.dump(message, outgoing, protocol=pickle.HIGHEST_PROTOCOL)
    outgoing.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, out of reach of libraries that print."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    return incoming, outgoing


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit alone holds there
        return
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    least = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (least, most))


if __name__ == "__main__":
    main()
