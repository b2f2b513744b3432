"""A fake parser for the parser process that obeys file names, for the tests of `ingest.workers.pool`."""

import contextlib
import os
import pickle
import signal
import stat
import time
from dataclasses import replace
from pathlib import Path

from ingest.document_builder import Job, read
from ingest.parsers.base.heartbeat import beat
from ingest.workers.parser_process import ParseFile
from ragnano.settings import Settings
from ragnano.types import ParsedDocument
from tests.ingest.fakes import count_words

HANGS_S = 240

_kept: list[bytes] = []


def scripted_parser(settings: Settings) -> ParseFile:
    """Parses with words for tokens, and stores its process id as the author."""

    def parse(job: Job) -> ParsedDocument:
        name = Path(job.path).stem
        if name.startswith("crashes") and not job.options.second_only:
            os.kill(os.getpid(), signal.SIGSEGV)
        if name == "crashes both parsers":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "fails" and not job.options.second_only:
            raise KeyError("/Contents")
        if name == "takes long":
            for _ in range(10):
                time.sleep(0.5)
                beat()
        if name == "never ends":
            while True:
                time.sleep(0.1)
                beat()
        if name == "grows":
            _kept.append(b"x" * (700 << 20))
        if name.startswith("waits"):
            time.sleep(0.8)
        if name.startswith("hangs"):
            time.sleep(HANGS_S)
        if name == "lies":
            _say_on_every_pipe(pickle.dumps(_Order(f"{job.path}.run")))
        parsed = read(job, count_words)
        return replace(parsed, document=replace(parsed.document, author=str(os.getpid())))

    return parse


class _Order:
    """Makes a folder when unpickled."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self._path,)


def _say_on_every_pipe(message: bytes) -> None:
    for descriptor in range(3, 32):
        with contextlib.suppress(OSError):
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, message)
