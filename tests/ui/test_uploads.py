"""Uploaded files: names that are not paths, and copies that are deleted with the document."""

import hashlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.errors import LimitExceeded, StoreError, UnsupportedFile
from tests.ui.fakes import UI

sys.path.append(str(UI))

from uploads import forget, keep, safe_name, uploads_folder


@given(st.text(max_size=300))
def test_a_name_is_never_a_path(name: str) -> None:
    clean = safe_name(name)
    assert Path(clean).name == clean
    assert clean not in (".", "..", "")
    assert not clean.startswith(".")
    assert not set(clean) & set('/\\\0\n\r:*?"<>|')
    assert len(clean.encode()) <= 140


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("lease.pdf", "lease.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\contracts\\Lease (2024).PDF", "Lease (2024).pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".pdf", "document.pdf"),
        ("Vertrag über Käse.pdf", "Vertrag über Käse.pdf"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
    ],
)
def test_names_stay_readable(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


def test_a_copy_lies_under_the_digest_of_its_bytes(tmp_path: Path) -> None:
    path = keep(tmp_path, "../lease.txt", b"Lease", 1)
    assert path == uploads_folder(tmp_path) / hashlib.sha256(b"Lease").hexdigest() / "lease.txt"
    assert path.read_bytes() == b"Lease"
    assert keep(tmp_path, "lease.txt", b"Lease", 1) == path
    assert [file.name for file in path.parent.iterdir()] == ["lease.txt"]


def test_type_and_size_are_limited(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFile, match="convert it to PDF"):
        keep(tmp_path, "photo.heic", b"x", 1)
    with pytest.raises(LimitExceeded, match="larger than 1 MB"):
        keep(tmp_path, "long.txt", b"x" * 1_000_001, 1)
    assert not uploads_folder(tmp_path).exists()


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot keep lease\.txt"):
        keep(tmp_path, "lease.txt", b"Lease", 1)


def test_forgetting_deletes_our_copy_and_never_a_users_file(tmp_path: Path) -> None:
    data, own = tmp_path / "data", tmp_path / "lease.txt"
    own.write_bytes(b"Lease")
    first, second = keep(data, "lease.txt", b"Lease", 1), keep(data, "again.txt", b"Lease", 1)
    inside = data / "catalogue.sqlite3"
    inside.write_bytes(b"truth")
    sly = uploads_folder(data) / ".." / "catalogue.sqlite3"
    forget(data, [own, inside, sly, first])
    assert own.exists()
    assert inside.exists()
    assert not first.exists()
    assert second.exists()
    forget(data, [second])
    assert not second.parent.exists()
