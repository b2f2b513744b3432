"""Archives: members by their own parsers and names; bombs, locks, depth and hostile names affect only themselves."""

import io
import stat
import zipfile

import pytest

from ingest.discovery.file_types import ZIP
from ingest.parsers.base.interface import Budget, Inside
from ingest.parsers.nested_files import MOST_DEPTH, member_name
from ingest.parsers.registry import ReadOptions, load
from ragnano.errors import DamagedFile
from ragnano.types import Page
from tests.ingest.parsers.fakes import package, paragraph, word


def read(data: bytes, **options: object) -> tuple[Page, ...]:
    return load(data, ZIP, ReadOptions(**options)).pages  # type: ignore[arg-type]


def places(data: bytes) -> list[str]:
    return [page.place for page in read(data)]


def locked(data: bytes) -> bytes:
    """Returns the archive with every member marked as encrypted."""
    made = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(magic)
        while at >= 0:
            made[at + offset] |= 1
            at = made.find(magic, at + 1)
    return bytes(made)


def test_members_are_read_in_the_order_of_their_names() -> None:
    data = package({"b/lease.docx": word(paragraph("Lease.")), "a.txt": "Words.", "c.zip": package({"d.txt": "Deep."})})
    pages = read(data)
    assert [(page.number, page.place, page.text) for page in pages] == [
        (1, "a.txt", "Words."),
        (2, "b/lease.docx", "Lease."),
        (3, "c.zip, d.txt", "Deep."),
    ]


def test_files_of_the_system_and_folders_are_left_out() -> None:
    data = package({"a.txt": "Words.", "__MACOSX/._a.txt": "x", ".DS_Store": "x", "folder/": "", "~$b.docx": "x"})
    assert places(data) == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/root/a.txt", "root/a.txt"),
        ("..\\..\\b.txt", "b.txt"),
        ("a\x1b[31m\n.txt", "a[31m .txt"),
        ("..", "without a name"),
    ],
)
def test_a_members_name_leads_nowhere(name: str, label: str) -> None:
    assert member_name(name) == label


def test_names_in_utf8_that_do_not_say_so_are_read() -> None:
    data = package({"Verträge.txt": "Words."})
    # Without the bit that says "UTF-8", which many archivers omit.
    for magic, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = data.find(magic)
        data = data[: at + offset] + bytes([data[at + offset] & ~8]) + data[at + offset + 1 :]
    assert places(data) == ["Verträge.txt"]


def test_members_that_cannot_be_read_are_named_and_cost_only_themselves() -> None:
    data = package({"a.txt": "Words.", "b.exe": "MZ", "c.docx": "PK\x03\x04", "d.txt": ""})
    unreadable = [page.unreadable for page in read(data) if page.unreadable]
    assert [str(reason).split(":")[0] for reason in unreadable] == ["b.exe", "c.docx", "d.txt"]
    assert places(data)[0] == "a.txt"


def test_a_member_that_is_damaged_inside_is_named() -> None:
    data = package({"a.txt": "Words.", "b.txt": "Other words that are damaged."})
    at = data.find(b"b.txt") + len(b"b.txt")
    broken = data[:at] + b"\xff\xff\xff" + data[at + 3 :]
    [good, bad] = read(broken)
    assert good.text == "Words." and bad.unreadable == "b.txt: damaged inside the archive; pack it anew"


def test_an_encrypted_member_is_named_and_read_with_its_password() -> None:
    pages = read(package({"a.txt": "Words.", "locked.zip": locked(package({"b.txt": "x"}))}))
    assert "locked.zip" in pages[1].place and "password" in str(pages[1].unreadable)
    with pytest.raises(DamagedFile, match="no given password opens it"):
        read(locked(package({"b.txt": "x"})), passwords=("wrong",))


def test_a_password_that_fits_opens_a_member() -> None:
    assert [page.text for page in read(encrypted("a.txt", b"Secret words.", b"key"), passwords=("no", "key"))] == [
        "Secret words."
    ]


def encrypted(name: str, content: bytes, password: bytes) -> bytes:
    """Returns an archive of one stored member in zip's own cipher, which the standard library reads but can't write."""
    import struct
    import zlib

    table = [0] * 256
    for start in range(256):
        value = start
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table[start] = value
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte: int) -> None:
        keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 255]
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 255]

    for byte in password:
        turn(byte)
    check = zlib.crc32(content)
    sealed = b""
    for byte in bytes(11) + bytes([check >> 24]) + content:
        half = keys[2] | 2
        sealed += bytes([byte ^ (half * (half ^ 1) >> 8 & 255)])
        turn(byte)
    shared = struct.pack("<HHHHIIIHH", 1, 0, 0, 33, check, len(sealed), len(content), len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + shared + name.encode() + sealed
    central = b"PK\x01\x02" + struct.pack("<HH", 20, 20) + shared + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_a_bomb_is_left_out_and_the_rest_is_read() -> None:
    pages = read(package({"a.txt": "Words.", "bomb.txt": b"0" * (30 << 20)}))
    assert pages[0].text == "Words." and "bomb" in str(pages[1].unreadable)


def test_archives_inside_each_other_end_somewhere() -> None:
    data = package({"a.txt": "Innermost."})
    for _ in range(MOST_DEPTH + 2):
        data = package({"a.txt": "Words.", "b.zip": data})
    pages = read(data)
    assert len([page for page in pages if page.text]) == MOST_DEPTH
    assert "more than 4 deep" in str(pages[-1].unreadable)


def test_an_inner_archive_that_gives_nothing_names_each_of_its_members() -> None:
    inner = package({"a.mp3": b"sound", "b.txt": b""})
    pages = read(package({"good.txt": "Words.", "inner.zip": inner}))
    assert [page.unreadable for page in pages] == [
        None,
        "inner.zip, a.mp3: no parser for .mp3 files; convert it to PDF or text",
        "inner.zip, b.txt: the file is empty, 0 bytes; nothing to take in",
    ]


def test_a_link_is_named_and_its_target_is_no_text() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.txt", "Words.")
    named, good = read(out.getvalue())
    assert named.unreadable == "a.txt: a link to another file, which is not followed; pack the file itself"
    assert (named.text, good.text) == ("", "Words.")


def test_all_members_together_have_a_limit_that_inner_archives_share() -> None:
    data = package({"a.txt": "x" * 600, "b.zip": package({"c.txt": "y" * 600})})
    data = package({"a.txt": "x" * 600, "b.zip": data, "d.txt": "z", "e.txt": "z"})
    for budget in (Budget(members=10, bytes=1_600), Budget(members=3, bytes=10_000)):
        pages = read(data, inside=Inside(0, budget))
        assert [page.place for page in pages][:2] == ["a.txt", "b.zip, a.txt"]
        assert len(pages) == 3 and "take in the folder" in str(pages[2].unreadable)


def test_what_an_archive_spends_is_not_missing_in_the_next() -> None:
    options = ReadOptions()
    for _ in range(2):
        assert load(package({"a.txt": "Words."}), ZIP, options).pages[0].text == "Words."
    assert options.inside is None


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", package({}), package({"a.exe": "MZ"})])
def test_an_archive_that_holds_nothing_readable_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        read(data)


def test_nothing_is_written_to_disk(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "extract", None)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    monkeypatch.setattr("tempfile.mkstemp", None)
    assert read(package({"../a.txt": "Words."}))[0].place == "a.txt"
