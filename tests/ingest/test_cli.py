"""`ragnano ingest` as used by people and scripts: in a separate process, with real files."""

import fcntl
import io
import json
import os
import pty
import subprocess
import termios
import time
from contextlib import suppress
from pathlib import Path

import pypdf
import pytest

from tests.ingest.commands import CLAUSES, PATIENCE_S, ROOT, command, ragnano
from tests.ingest.parsers.hidden_pages import HIDDEN as WAYS
from tests.ingest.parsers.hidden_pages import ORDER, page_with

pytestmark = pytest.mark.slow


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_partial_success_is_exit_code_3_and_the_report_counts_by_kind(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_bytes(b"")
    done = ragnano("ingest", files, "--data-dir", home, "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert report["types"] == {"text": {"files": 1, "pages": 1}}
    assert [Path(item["path"]).name for item in report["failed"]] == ["b.txt"]
    quiet = ragnano("ingest", files, "--data-dir", home, "--quiet")
    assert (quiet.returncode, quiet.stdout) == (3, "")
    assert "b.txt: the file is empty, 0 bytes" in quiet.stderr


def test_progress_for_scripts_is_a_json_object_an_event(files: Path, home: Path) -> None:
    (files / "a.txt").write_text(CLAUSES)
    (files / "b.txt").write_bytes(b"")
    done = ragnano("ingest", files, "--data-dir", home, "--progress", "json", "--quiet")
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [(event["event"], event.get("outcome")) for event in events] == [
        ("file", "added"),
        ("file", "failed"),
        ("end", None),
    ]
    assert events[0]["done"] == 1
    assert events[0]["total"] == 2
    assert (events[-1]["files"], events[-1]["failed"]) == (1, 1)
    assert ragnano("ingest", files, "--progress", "loud").returncode == 2


def test_names_reach_the_terminal_without_what_it_would_obey(files: Path, home: Path) -> None:
    (files / "a\x1b[31m\nb.pdf").write_bytes(b"no PDF")
    (files / "page\x1b[2J.eml").write_bytes(b"Subject: Rent\n\nDue monthly.")
    attached = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nWords.\n--x\n"
    attached += b"Content-Disposition: attachment; filename=song.mp3\n\nsound\n--x--\n"
    (files / "mail\x1b[2J.eml").write_bytes(attached)
    done = ragnano("ingest", files, "--data-dir", home)
    assert done.returncode == 3
    assert "\x1b" not in done.stdout and len(done.stdout.splitlines()) == 3
    assert "a?[31m?b.pdf: no pages found in the file" in done.stdout
    assert "mail?[2J.eml page 2: Attachment song.mp3: no parser for .mp3 files; convert it to PDF" in done.stdout
    quiet = ragnano("ingest", files, "--data-dir", home, "--quiet")
    assert "\x1b" not in quiet.stderr and "failed: " in quiet.stderr


def test_a_dry_run_says_what_would_happen_and_touches_nothing(files: Path, home: Path) -> None:
    for name in ("kept", "changed", "gone"):
        (files / f"{name}.txt").write_text(CLAUSES + name)
    assert not home.exists()
    fresh = ragnano("ingest", files, "--data-dir", home, "--dry-run")
    assert "would take in 3 files" in fresh.stdout
    assert not home.exists()
    assert ragnano("ingest", files, "--data-dir", home, "--quiet").returncode == 0
    (files / "gone.txt").unlink()
    (files / "changed.txt").write_text(CLAUSES + "otherwise")
    (files / "twin.txt").write_text(CLAUSES + "kept")
    (files / "picture.heic").write_bytes(b"words")
    (files / "large.txt").write_bytes(b"word " * 300_000)
    (files / "draft.txt").write_text(CLAUSES)
    before = contents(home)
    options = ("--prune", "--max-size", 1, "--exclude", "draft*", "--json")
    done = ragnano("ingest", files, "--data-dir", home, "--dry-run", *options)
    assert done.returncode == 3
    output = json.loads(done.stdout)
    assert {Path(item["path"]).name: item["why"] for item in output["read"]} == {
        "changed.txt": "changed",
        "twin.txt": "known",
    }
    assert output["skipped"] == 1
    assert [Path(path).name for path in output["removed"]] == ["gone.txt"]
    assert {Path(item["path"]).name for item in output["refused"]} == {"picture.heic", "large.txt"}
    assert {Path(path).name: reason for path, reason in output["left_out"]} == {"draft.txt": "--exclude"}
    assert contents(home) == before


def test_versions_of_one_contract_are_shown(files: Path, home: Path) -> None:
    lines = [f"{number}. The Supplier shall deliver part {number * 37} in week {number}." for number in range(1, 40)]
    (files / "draft.txt").write_text("\n\n".join(lines))
    (files / "final.txt").write_text("\n\n".join([*lines[:-2], "38. The Buyer pays the price."]))
    assert "much like another" in ragnano("ingest", files, "--data-dir", home).stdout
    shown = json.loads(ragnano("docs", "show", "draft.txt", "--json", "--data-dir", home).stdout)
    [version] = shown["versions"]
    assert Path(version["path"]).name == "final.txt"
    assert 0.7 < version["likeness"] < 1
    assert "much like 1 other" in ragnano("docs", "list", "--data-dir", home).stdout
    listed = json.loads(ragnano("docs", "list", "--json", "--data-dir", home).stdout)
    assert [len(document["versions"]) for document in listed] == [1, 1]


def test_hidden_text_is_told_of_and_shown_apart_from_the_page(files: Path, home: Path) -> None:
    (files / "offer.pdf").write_bytes(page_with(WAYS["white on white"][0]))
    output = ragnano("ingest", files, "--data-dir", home).stdout
    assert "offer.pdf page 1: 1 passage that is not visible on the page (in the colour of its background)" in output
    assert ORDER not in output
    [hidden] = json.loads(ragnano("docs", "show", "offer.pdf", "--json", "--data-dir", home).stdout)["hidden"]
    assert (hidden["page"], hidden["kind"], hidden["text"]) == (1, "colour", ORDER)
    assert (
        f"page 1 hides text (in the colour of its background): '{ORDER}"
        in ragnano("docs", "show", "offer.pdf", "--data-dir", home).stdout
    )
    assert ORDER not in ragnano("docs", "show", "offer.pdf", "--page", "1", "--data-dir", home).stdout
    (files / "plain.txt").write_text("The fee is $4,250.")
    again = ragnano("ingest", files, "--data-dir", home, "--json")
    assert json.loads(again.stdout)["hidden"] == []
    listed = ragnano("docs", "list", "--data-dir", home).stdout.splitlines()
    assert {("offer.pdf" in line, "hides text (1 passage)" in line) for line in listed} == {
        (True, True),
        (False, False),
    }
    counts = json.loads(ragnano("docs", "list", "--data-dir", home, "--json").stdout)
    assert {Path(item["paths"][0]).name: item["hidden"] for item in counts} == {"offer.pdf": 1, "plain.txt": 0}


def test_a_password_is_asked_for_typed_unseen_and_kept_nowhere(files: Path, home: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page_with(WAYS["white on white"][0])))
    writer.encrypt("bittern-marsh-41", "owner", algorithm="AES-256")
    writer.write(files / "locked.pdf")
    master, terminal = pty.openpty()
    asked = subprocess.Popen(
        [*command("ingest", files, "--data-dir", home), "--ask-password", "--progress", "none"],
        cwd=ROOT,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0),
    )
    shown = b""
    for asked_for, typed in ((b"Password of locked.pdf", b"bittern"), (b"does not open it", b"bittern-marsh-41")):
        while asked_for not in shown:
            shown += os.read(master, 1000)
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)  # input typed before the echo is off is discarded
        os.write(master, typed + b"\n")
    output, _ = asked.communicate(timeout=PATIENCE_S)
    os.set_blocking(master, False)
    with suppress(OSError):
        shown += os.read(master, 100_000)
    assert asked.returncode == 0, output
    assert b"1 files taken in" in output
    assert b"bittern" not in shown + output
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"bittern" not in stored
    refused = ragnano("ingest", files, "--data-dir", home, "--ask-password", stdin=subprocess.DEVNULL)
    assert refused.returncode == 2
    assert "needs a terminal" in refused.stderr


def test_verify_tells_of_files_that_are_gone_or_changed(files: Path, home: Path) -> None:
    for name in ("kept", "touched", "changed", "gone"):
        (files / f"{name}.txt").write_text(CLAUSES + name)
    ragnano("ingest", files, "--data-dir", home)
    assert ragnano("docs", "verify", "--data-dir", home).returncode == 0
    os.utime(files / "touched.txt", ns=(1, 1))
    (files / "changed.txt").write_text(CLAUSES)
    (files / "gone.txt").unlink()
    done = ragnano("docs", "verify", "--data-dir", home, "--json")
    assert done.returncode == 1
    output = sorted((Path(line.split(":")[0]).name, "changed" in line) for line in json.loads(done.stdout)["problems"])
    assert output == [("changed.txt", True), ("gone.txt", False)]
