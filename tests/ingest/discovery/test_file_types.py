"""A file's type is determined by its bytes and its container's content; a file without a parser says what to do."""

import io
from pathlib import Path

import openpyxl
import pptx
import pytest

from ingest.discovery.file_types import (
    CSV,
    DOCX,
    EML,
    HTML,
    KINDS,
    MARKDOWN,
    MSG,
    ODS,
    ODT,
    PPTX,
    RTF,
    TEXT,
    XLS,
    XLSX,
    ZIP,
    media_type_in,
    media_type_of,
)
from ingest.parsers.registry import LOADERS
from ragnano.errors import PasswordNeeded, UnsupportedFile
from ragnano.retrieval.filters import ENDINGS
from ragnano.text import file_names
from tests.ingest.parsers.fakes import compound, old_workbook, open_document, outlook_message, package, paragraph, word


def saved(thing: object) -> bytes:
    out = io.BytesIO()
    thing.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


WORD = word(paragraph("x"))
CONTAINERS = [
    (DOCX, WORD),
    (PPTX, saved(pptx.Presentation())),
    (XLSX, saved(openpyxl.Workbook())),
    (ODT, open_document("text", "")),
    (ODS, open_document("spreadsheet", "")),
    (ZIP, package({"a.txt": "x", "b.docx": WORD})),
    (ZIP, package({})),
    (XLS, old_workbook({"A": [["x"]]})),
    (MSG, outlook_message({0x0037: "Subject"})),
    (RTF, b"{\\rtf1 x}"),
    (HTML, b"\n<!DOCTYPE html>\n<html>"),
    (HTML, b"<?xml version='1.0'?>\n<!-- x -->\n<HTML lang=en>"),
    (EML, b"Received: from a by b\nFrom: office@acme.example\n\nText"),
]


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.txt", "a", "a.zip", "a.xls", "a.unknown"])
@pytest.mark.parametrize(("media_type", "data"), CONTAINERS, ids=[str(at) for at in range(len(CONTAINERS))])
def test_the_bytes_say_what_a_file_is_whatever_its_name(
    tmp_path: Path, name: str, media_type: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    assert media_type_of(str(tmp_path / name)) == media_type_in(name, data) == media_type


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.csv", b"a;b", CSV),
        ("a.eml", b"Subject: x\n\ny", EML),
        ("a.html", b"<p>x", HTML),
        ("page.md", b"<html> in Markdown", MARKDOWN),
        ("letter.txt", b"From: the office\nTo: the tenant\n\nDear tenant", TEXT),
        ("broken.docx", b"PK\x03\x04", DOCX),
        ("broken.txt", b"PK\x03\x04", ZIP),
    ],
)
def test_the_name_decides_where_the_bytes_say_nothing(name: str, data: bytes, media_type: str) -> None:
    assert media_type_in(name, data) == media_type


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (
            "a.doc",
            compound({"WordDocument": b"x"}),
            "this kind, old Word document (.doc); open it in Word or LibreOffice",
        ),
        (
            "a.pdf",
            compound({"PowerPoint Document": b"x"}),
            "this kind, old PowerPoint presentation (.pdf); open it in PowerPoint",
        ),
        (
            "thumbs.bin",
            compound({"other": b"x"}),
            "this kind, data of an old Office program (.bin); open it in its program",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this kind, data of an old Office program (.doc)"),
        ("winmail.dat", b"\x78\x9f\x3e\x22", "this kind, files packed by Outlook (.dat); have them sent again"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "this kind, archive (.7z); unpack it"),
        ("mails.mbox", b"From x", "this kind, mailbox (.mbox); save its messages as .eml"),
        ("a.epub", package({"mimetype": "application/epub+zip"}), "this kind, e-book (.epub); convert it to PDF"),
        (
            "a.pages",
            package({"Index/Document.iwa": "x"}),
            "this kind, Apple iWork document (.pages); open it and export it",
        ),
        ("a.xyz", b"words", ".xyz files; convert it to PDF or text"),
    ],
)
def test_what_has_no_reader_says_what_to_do(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedFile) as caught:
        media_type_in(name, data)
    assert str(caught.value).startswith(f"no parser for {reason}")


def test_an_office_document_with_a_password_says_what_to_do() -> None:
    with pytest.raises(PasswordNeeded, match="open it in its program and save it without"):
        media_type_in("lease.docx", compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}))


def test_every_kind_with_a_media_type_has_a_reader_and_a_word_for_people() -> None:
    assert {kind.media_type for kind in KINDS if kind.media_type} == set(LOADERS)
    for word_, media_types in ENDINGS.items():
        assert set(media_types) <= set(LOADERS), word_
        ending = [kind.media_type for kind in KINDS if f".{word_}" in kind.endings]
        assert ending in ([], list(media_types))


def test_no_ending_belongs_to_two_kinds() -> None:
    endings = [ending for kind in KINDS for ending in kind.endings]
    assert len(endings) == len(set(endings))


def test_every_file_that_can_be_taken_in_is_known_by_its_name_in_a_question() -> None:
    readable = {ending for kind in KINDS if kind.media_type for ending in kind.endings if ending}
    assert readable <= {f".{ending}" for ending in file_names.ENDINGS}
