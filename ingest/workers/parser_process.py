"""The child process of the parser pool: parses the files that it is sent, one at a time, within a limit of memory.

It is a plain command that talks to `ingest.workers.pool` through its standard input and output, in pickles. Whatever
libraries print is discarded and nothing is logged, because parsers' messages quote documents. `ingest.document_builder`
reads the files.
"""

import importlib
import os
import pickle
import signal
from collections.abc import Callable
from typing import BinaryIO

from ingest.discovery.walk import reason_of
from ingest.document_builder import Job, read
from ingest.parsers.base.heartbeat import on_heartbeat
from ragnano.errors import DamagedFile, LimitExceeded, LoadError, RagnanoError
from ragnano.settings import Settings
from ragnano.types import ParsedDocument

ParseFile = Callable[[Job], ParsedDocument]
MakeParser = Callable[[Settings], ParseFile]

MEMORY = 3 << 30
"""The most bytes of data a child may hold; a 200 MB file needs about 1 GiB, a decompression bomb any amount."""
READY = "ready"
ALIVE = "alive"  # sent whenever the parser makes progress
PARSER_FAILED = "trouble"  # precedes the error when the parser failed in a way it does not report itself


def file_parser(settings: Settings) -> ParseFile:
    """Returns the child's reading function, which counts tokens with the embedder's tokenizer. Raises ModelMissing."""
    from ragnano.models import open_embedder

    embedder = open_embedder(settings)
    return lambda job: read(job, embedder.count_tokens)


def main() -> None:
    """Runs the child: reads the reading function's name and the settings, then jobs, until its input ends."""
    # The parent handles Ctrl-C; it ends the child by closing its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = _own_pipes()
    _limit_memory()
    make, settings = pickle.load(incoming)
    module, _, name = make.partition(":")
    maker: MakeParser = getattr(importlib.import_module(module), name)
    _answer(outgoing, READY)
    parse_file: ParseFile | None = None
    while True:
        try:
            job = pickle.load(incoming)
        except EOFError:
            return
        try:
            parse_file = parse_file or maker(settings)
        except RagnanoError as error:
            _answer(outgoing, error)
            continue
        on_heartbeat(lambda: _answer(outgoing, ALIVE))
        outcome = _outcome(parse_file, job)
        on_heartbeat(None)
        _answer(outgoing, outcome)


def _outcome(parse_file: ParseFile, job: Job) -> ParsedDocument | RagnanoError | tuple[str, LoadError]:
    try:
        return parse_file(job)
    except RagnanoError as error:
        return type(error)(*error.args)  # without the traceback, which may hold pages
    except OSError as error:
        return LoadError(reason_of(error))
    except MemoryError:
        return PARSER_FAILED, LimitExceeded("reading it takes more memory than allowed; split the file")
    except Exception as error:  # noqa: BLE001 - a parser may raise anything on a malformed file
        why = f"the parser failed ({type(error).__name__}); save the file anew and try again"
        return PARSER_FAILED, DamagedFile(why)


def _answer(outgoing: BinaryIO, message: object) -> None:
    pickle.dump(message, outgoing, protocol=pickle.HIGHEST_PROTOCOL)
    outgoing.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Returns the pipes to the parent, out of reach of libraries that print."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    return incoming, outgoing


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # on Windows only the time limit applies
        return
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    least = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (least, most))


if __name__ == "__main__":
    main()
