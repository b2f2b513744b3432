"""Other packages bring parsers as plug-ins; one that cannot be used is reported and skipped."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.discovery import file_types
from ingest.discovery.file_types import kind_name, media_type_in, readable_kinds
from ingest.discovery.plugins import plugins
from ingest.parsers.registry import load
from ragnano.errors import DamagedFile, UnsupportedFile
from tests.ingest.commands import CLAUSES, ragnano, stored
from tests.ingest.parsers.fakes import package

NOTE = """
from ingest.parsers.registry import Kind, LoadedFile, ParserPlugin
from ragnano.types import Page

def load(data, options):
    return LoadedFile((Page(1, 0.0, 0.0, data.decode(), read_by="plain"),))

plugin = ParserPlugin(Kind("note", "application/x-note", (".note",), (b"NOTE1",)), load)
"""
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package `name` with this code, whose entry points are those given ("name = module:object")."""

    def install(code: str, *entries: str, name: str = "note_reader") -> None:
        (tmp_path / f"{name}.py").write_text(code)
        information = tmp_path / f"{name}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(
            "[ragnano.parsers]\n" + "\n".join(entries or (f"a = {name}:plugin",))
        )
        forget()

    def forget() -> None:
        plugins.cache_clear()
        file_types._endings.cache_clear()

    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield install
    for module in set(sys.modules) - before:
        if module.endswith("_reader"):
            del sys.modules[module]
    forget()


def test_a_plugins_files_are_recognised_and_read(install: Install) -> None:
    install(NOTE)
    assert media_type_in("a.note", b"The fee is $5.") == "application/x-note"
    assert kind_name("application/x-note") == "note"
    assert readable_kinds()[-1].endings == (".note",)
    assert load(b"The fee is $5.", "application/x-note").pages[0].text == "The fee is $5."


def test_a_plugins_files_are_recognised_by_their_first_bytes(install: Install) -> None:
    install(NOTE)
    assert media_type_in("a.dat", b"NOTE1 The fee is $5.") == "application/x-note"


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".epub", package({"mimetype": "application/epub+zip"})),
        (".svgz", b"\x1f\x8b\x08 packed"),
        (".doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        (".tex", b"Subject: a letter\nMessage-ID: 1\n\nWords"),
    ],
)
def test_a_plugin_reads_what_ragnano_knows_without_reading_it(ending: str, data: bytes, install: Install) -> None:
    install(NOTE.replace('(".note",), (b"NOTE1",)', f'("{ending}",)'))
    assert media_type_in(f"a{ending}", data) == "application/x-note"


def test_the_bytes_of_a_kind_that_ragnano_reads_come_before_a_plugins_ending(install: Install) -> None:
    install(NOTE)
    assert media_type_in("a.note", b"%PDF-1.7") == file_types.PDF


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("raise SystemError('half made')", "SystemError: half made"),
        ("", "AttributeError"),
        ("plugin = print", "it is not a ParserPlugin"),
        (NOTE.replace("application/x-note", ""), "its kind has no name or no media type"),
        (NOTE.replace("application/x-note", "application/pdf"), "application/pdf has a parser already"),
        (NOTE.replace(".note", ".docx"), ".docx files have a parser already"),
        (NOTE.replace(".note", "note"), "its endings must be in small letters and begin with a dot"),
        (NOTE.replace("NOTE1", ""), "its leading bytes must not be empty"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_reported_and_skipped(
    code: str, reason: str, install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install(code)
    install(NOTE, name="good_reader")
    with caplog.at_level(logging.WARNING):
        assert media_type_in("a.txt", b"words") == file_types.TEXT
        assert media_type_in("a.note", b"words") == "application/x-note"
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith(f"ragnano: the plug-in a of note_reader is left out: {reason}")


def test_of_two_plugins_for_one_kind_the_second_is_skipped(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    install(NOTE, "first = note_reader:plugin", "second = note_reader:plugin")
    assert [kind.name for kind in readable_kinds()].count("note") == 1
    assert "the plug-in second of note_reader is left out" in caplog.text


@pytest.mark.parametrize(
    ("line", "reason"),
    [("raise KeyError(data)", r"failed on it \(KeyError\)"), ("return data.decode()", "returned no LoadedFile")],
)
def test_a_plugin_that_fails_on_a_file_makes_that_file_unreadable(line: str, reason: str, install: Install) -> None:
    install(NOTE.replace("return LoadedFile(", f"{line}  # "))
    with pytest.raises(DamagedFile, match=f"the plug-in for note files {reason}"):
        load(b"words", "application/x-note")


def test_without_its_plugin_a_file_has_no_reader() -> None:
    with pytest.raises(UnsupportedFile, match="no parser for application/x-note"):
        load(b"words", "application/x-note")


def test_an_ingest_reads_a_plugins_files_and_goes_on_past_a_broken_plugin(install: Install, tmp_path: Path) -> None:
    install(NOTE)
    install("import no_such_library", name="broken_reader")
    folder, home = tmp_path / "documents", tmp_path / "home"
    folder.mkdir()
    for name in ("a.note", "b.txt"):
        (folder / name).write_text(f"{name} {CLAUSES}")
    done = ragnano("ingest", folder, "--quiet", "--data-dir", home, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert stored(home) == ["a.note", "b.txt"]
    assert done.stderr.count("the plug-in a of broken_reader is left out") == 1
