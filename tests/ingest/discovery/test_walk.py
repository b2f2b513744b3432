"""Which files are ingested, in which order, and what is reported about the others."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingest.discovery.file_types import MARKDOWN, PDF, TEXT, media_type_of
from ingest.discovery.walk import LeftOut, Walk, folders_of
from ragnano.errors import ConfigError, NotFoundError, UnsupportedFile
from ragnano.types import FailedFile


def names(root: Path, *paths: Path) -> list[str]:
    return [Path(file.path).relative_to(root).as_posix() for file in Walk(paths)]


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"words")


def test_files_come_once_and_in_a_fixed_order(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt", "sub/c.txt", "sub/B.txt")
    expected = ["a.txt", "b.txt", "sub/B.txt", "sub/c.txt"]
    assert names(tmp_path, tmp_path) == expected
    assert names(tmp_path, tmp_path, tmp_path / "b.txt", tmp_path / "sub") == expected


def test_hidden_and_system_files_are_left_out_unless_named(tmp_path: Path) -> None:
    make(
        tmp_path, ".DS_Store", ".git/config", "Thumbs.db", "~$lease.docx", "__MACOSX/x.pdf", "half.crdownload", "a.txt"
    )
    assert names(tmp_path, tmp_path) == ["a.txt"]
    assert names(tmp_path, tmp_path / ".DS_Store") == [".DS_Store"]


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "inside/a.txt", "outside/secret.txt")
    inside = tmp_path / "inside"
    (inside / "twin.txt").symlink_to(inside / "a.txt")
    (inside / "out.txt").symlink_to(tmp_path / "outside/secret.txt")
    (inside / "folder").symlink_to(tmp_path / "outside")
    (inside / "loop").symlink_to(inside)
    assert names(inside, inside) == ["a.txt", "twin.txt"]


def test_a_path_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no such file or folder: .*missing"):
        Walk([tmp_path / "missing"])


def test_what_is_no_file_is_passed_over_and_what_cannot_be_looked_at_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    bad = os.fsencode(tmp_path) + b"/\xff.txt"
    os.close(os.open(bad, os.O_CREAT | os.O_WRONLY))
    failed: list[FailedFile] = []
    assert [Path(file.path).name for file in Walk([tmp_path]).files(failed.append)] == ["a.txt"]
    assert sorted(item.reason.split(";")[0] for item in failed) == [
        "file cannot be read: No such file or directory",
        "the file name is not valid text",
    ]


def left_out(root: Path, **options: Any) -> dict[str, str]:
    skipped: list[LeftOut] = []
    list(Walk([root], **options).files(left_out=skipped.append))
    return {Path(item.path).relative_to(root).as_posix(): item.reason for item in skipped}


def test_patterns_choose_and_leave_out_and_each_file_left_out_is_told(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "a.txt", "drafts/b.pdf", "sub/c.pdf", "sub/~$c.docx")
    walk = Walk([tmp_path], include=["*.pdf"], exclude=["drafts/"])
    assert [Path(file.path).name for file in walk] == ["a.pdf", "c.pdf"]
    assert left_out(tmp_path, include=["*.pdf"], exclude=["drafts/"]) == {
        "a.txt": "not in --include",
        "drafts": "--exclude",
        "sub/~$c.docx": "hidden or a system file",
    }


def test_an_ignore_file_holds_for_its_folder_and_what_is_below(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "a.log", "old/b.txt", "sub/c.log", "sub/d.log", "sub/deep/old/e.txt", "sub/deep/f.txt")
    (tmp_path / ".ragnanoignore").write_text("*.log\nold/\n# a remark\n")
    (tmp_path / "sub" / ".ragnanoignore").write_text("!c.log\nf.txt\n")
    assert names(tmp_path, tmp_path) == ["a.txt", "sub/c.log"]
    assert left_out(tmp_path)["old"] == ".ragnanoignore"
    assert names(tmp_path, tmp_path / "old" / "b.txt") == ["old/b.txt"], "what is named itself is taken"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_ignore_file_may_be_written_by_any_editor(tmp_path: Path, encoding: str) -> None:
    make(tmp_path, "a.txt", "a.log")
    (tmp_path / ".ragnanoignore").write_text("*.log\n", encoding=encoding)
    assert names(tmp_path, tmp_path) == ["a.txt"]


def test_a_pattern_that_cannot_be_understood_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--exclude"):
        Walk([tmp_path], exclude=["!"])


def test_an_ignore_file_that_cannot_be_understood_costs_its_folder_alone(tmp_path: Path) -> None:
    make(tmp_path, "a/private.txt", "a/sub/private.txt", "b.txt")
    (tmp_path / "a" / ".ragnanoignore").write_text("!\n")
    failed: list[FailedFile] = []
    assert [Path(file.path).name for file in Walk([tmp_path]).files(failed.append)] == ["b.txt"]
    assert failed == [
        FailedFile(
            str(tmp_path / "a"),
            "folder left out: a pattern in .ragnanoignore is invalid; use the syntax of .gitignore",
        )
    ]


def test_a_link_to_itself_costs_itself_alone(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (tmp_path / "itself.txt").symlink_to("itself.txt")
    (tmp_path / "one.txt").symlink_to("other.txt")
    (tmp_path / "other.txt").symlink_to("one.txt")
    failed: list[FailedFile] = []
    assert [Path(file.path).name for file in Walk([tmp_path]).files(failed.append)] == ["a.txt"]
    assert [Path(item.path).name for item in failed] == ["itself.txt", "one.txt", "other.txt"]
    assert {item.reason for item in failed} == {
        "file cannot be read: Too many levels of symbolic links; check it and its permissions"
    }


def test_ragnanos_own_folder_is_no_document(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "index/catalogue.sqlite3")
    assert [Path(file.path).name for file in Walk([tmp_path], own=tmp_path / "index")] == ["a.txt"]


def test_a_very_deep_folder_is_walked(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(3):
        deep = deep.joinpath(*["d"] * 400)
        deep.mkdir(parents=True)
    (deep / "a.txt").write_text("words")
    assert len(list(Walk([tmp_path]))) == 1
    # Python's own removal of folders does not reach that deep, and neither does pytest's.
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7 ...", PDF),
        ("late.pdf", b"\n" * 900 + b"%PDF-1.7", PDF),
        ("really-a-pdf.txt", b"%PDF-1.7 ...", PDF),
        ("broken.pdf", b"no header", PDF),
        ("a.txt", b"words", TEXT),
        ("LICENCE", b"words", TEXT),
        ("a.MD", b"# words", MARKDOWN),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_bytes_then_its_name(
    tmp_path: Path, name: str, data: bytes, media_type: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert media_type_of(str(tmp_path / name)) == media_type


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("photo.heic", b"\x00\x00\x00\x18ftypheic", "this kind, image (.heic)"),
        ("a.xyz", b"words", ".xyz files"),
    ],
)
def test_kinds_without_a_reader_say_so(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnsupportedFile) as caught:
        media_type_of(str(tmp_path / name))
    assert str(caught.value) == f"no parser for {kind}; convert it to PDF or text"


def test_only_folders_border_a_pruning(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "sub/b.txt")
    assert folders_of([tmp_path / "a.txt", tmp_path / "sub" / ".." / "sub"]) == [str(tmp_path / "sub")]
