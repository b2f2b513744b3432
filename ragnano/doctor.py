"""Health checks: what `ragnano doctor` reports and `docs verify` finds. Reports problems but repairs nothing."""

import hashlib
import ipaddress
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from ragnano import __version__
from ragnano.assistant import Assistant
from ragnano.errors import ModelError, NotFoundError, RagnanoError
from ragnano.models import check, default_model, find, go_offline, installed, is_offline, prove
from ragnano.settings import Settings

GIGABYTE = 1e9
LEAST_MEMORY = 2 * GIGABYTE
"""Free bytes that the default models and an index of a thousand pages need, with some reserve."""
LEAST_DISK = 1 * GIGABYTE
OCR_SECONDS = 60
"""Longest time OCR may take to read one line; it takes 0.3 s on an idle machine."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Check]:
    """Runs every check, in report order. Never raises because of a fault it finds: the fault becomes a line."""
    go_offline()
    return [
        Check("ragnano", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}"),
        Check("processor", True, f"{os.cpu_count()} cores, {platform.machine()}"),
        memory(),
        disk(settings.data_dir),
        Check("sqlite", True, f"{sqlite3.sqlite_version}; chromadb {version('chromadb')}"),
        *_models(settings),
        _engine(settings),
        _ocr(settings),
        _index(settings),
        offline(),
    ]


def index_problems(assistant: Assistant) -> list[str]:
    """Reports what is wrong with the index: the database's own checks, differing vectors, missing files."""
    return [*assistant.catalogue.verify(), *assistant.vectors.verify(), *_changed_files(assistant)]


def _changed_files(assistant: Assistant) -> Iterator[str]:
    """Reports files that are gone, and files whose bytes have changed since they were ingested."""
    for place in assistant.catalogue.placements():
        try:
            facts = Path(place.path).stat()
            if (facts.st_size, facts.st_mtime_ns) == (place.size, place.mtime_ns):
                continue
            with Path(place.path).open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == place.document
        except FileNotFoundError:
            yield f"{place.path}: the file is gone; its text is still here (`ragnano ingest --prune` removes it)"
        except OSError as error:
            yield f"{place.path}: the file cannot be read ({error.strerror}); check it and its permissions"
        else:
            if not same:
                yield f"{place.path}: the file has changed since; `ragnano ingest` takes the new version in"


def memory() -> Check:
    """Checks that there is enough memory for a model."""
    memory = psutil.virtual_memory()
    enough = memory.available >= LEAST_MEMORY
    advice = "" if enough else "; close other programs or use --model smollm2-135m"
    return Check(
        "memory",
        enough,
        f"{memory.available / GIGABYTE:.1f} of {memory.total / GIGABYTE:.1f} GB available{advice}",
    )


def disk(folder: Path) -> Check:
    """Checks that there is enough disk space for an index and a model."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    enough = free >= LEAST_DISK
    return Check("disk", enough, f"{free / GIGABYTE:.1f} GB free at {folder}" + ("" if enough else "; make room"))


def _models(settings: Settings) -> Iterator[Check]:
    for name in (settings.embedder, default_model("reader").name, settings.chat_model):
        try:
            spec = find(name)
            if installed(spec, settings.models_dir) is None:
                yield Check("model", False, f"{name} is not installed: run `ragnano models fetch {name}`")
            else:
                result = check(spec, settings.models_dir)
                yield Check("model", result.ok, f"{name}: {result.detail}")
        except NotFoundError as error:
            yield Check("model", False, str(error))


def _engine(settings: Settings) -> Check:
    try:
        path = installed(find(settings.chat_model), settings.models_dir)
        if path is None:
            return Check("engine", False, "cannot be proved without a chat model")
        return Check(
            "engine",
            True,
            f"llama-cpp-python {version('llama-cpp-python')} proved with {prove(path, settings)}",
        )
    except ModelError as error:
        return Check("engine", False, str(error))


def _ocr(settings: Settings) -> Check:
    """Checks OCR in a separate process, because it loads its own library, which may crash."""
    if settings.ocr == "never":
        return Check("ocr", True, "off (RAGNANO_OCR=never): scans and pictures are named in the report, not read")
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ingest.ocr", settings.ocr_languages],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            timeout=OCR_SECONDS,
            check=True,
        )
        status = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return Check("ocr", False, "Tesseract does not run here: install tesserocr anew, or set RAGNANO_OCR=never")
    ready = f"Tesseract {status['version']} reads {settings.ocr_languages}; installed: {', '.join(status['languages'])}"
    return Check("ocr", status["fault"] is None, status["fault"] or ready)


def _index(settings: Settings) -> Check:
    if not settings.data_dir.exists():
        return Check("index", True, f"none yet at {settings.data_dir}: run `ragnano ingest FOLDER`")
    try:
        with Assistant(settings) as assistant:
            documents, pages, chunks = assistant.catalogue.counts()
            problems = [*assistant.catalogue.verify(), *assistant.vectors.verify()]
    except RagnanoError as error:
        return Check("index", False, str(error))
    whole = f"{documents} documents, {pages} pages, {chunks} chunks"
    return Check("index", not problems, "; ".join([whole, *problems]))


def connected_to() -> tuple[str, ...]:
    """Addresses of other machines to which this process or one of its children has a connection, sorted.

    Incoming connections to a port that this process listens on belong to clients and are left out.
    """
    here = psutil.Process()
    found: set[str] = set()
    for process in (here, *here.children(recursive=True)):
        try:
            connections = process.net_connections(kind="inet")
        except psutil.Error:  # the process has ended meanwhile
            continue
        listening_ports = {
            connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN
        }
        found.update(
            connection.raddr.ip
            for connection in connections
            if connection.raddr
            and connection.laddr.port not in listening_ports
            and not ipaddress.ip_address(connection.raddr.ip).is_loopback
        )
    return tuple(sorted(found))


def offline() -> Check:
    """Checks for connections last, after this process has opened the engine, the models and the index."""
    strangers = connected_to()
    if strangers:
        return Check("offline", False, f"connected to {', '.join(strangers)}: please report this, nothing should be")
    if not is_offline():
        return Check(
            "offline", False, "a library was loaded before hubs and telemetry were switched off: please report"
        )
    return Check("offline", True, "hubs and telemetry are switched off, no connection to another machine is open")
