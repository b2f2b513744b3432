"""The state of an unfinished environment: its stamps, and packages whose installation was interrupted.

A stamp is written only after its step has succeeded. It holds what the step depended on (the SHA-256 of its inputs, the
Python version), so after a changed lock file, a moved checkout or an interruption exactly the affected steps run again.
The stamps lie inside .venv and are removed with it. The steps themselves are defined elsewhere. Standard library only.
"""

import csv
import hashlib
import json
import shutil
from pathlib import Path


def sha256(*parts: str) -> str:
    """Returns one digest over the texts in order, including the boundaries between them."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def split_lock(text: str, name: str) -> tuple[str, str]:
    """Splits a lock file into one package's entry and the rest. An entry is a line and the indented lines after it."""
    entry: list[str] = []
    rest: list[str] = []
    current = rest
    for line in text.splitlines(keepends=True):
        if not line[:1].isspace():
            current = entry if line.startswith(f"{name}==") else rest
        current.append(line)
    return "".join(entry), "".join(rest)


def damaged(site_packages: Path) -> list[Path]:
    """Returns the .dist-info folders of half-installed packages: pip writes INSTALLER and RECORD last."""
    found = []
    for info in sorted(site_packages.glob("*.dist-info")):
        record = info / "RECORD"
        if not record.is_file() or not (info / "INSTALLER").is_file() or not complete(site_packages, record):
            found.append(info)
    return found


def complete(site_packages: Path, record: Path) -> bool:
    """Returns whether every file in a RECORD exists with its size. No hashes: this must take under a second."""
    try:
        with record.open(newline="", encoding="utf-8") as rows:
            sizes = [(row[0], int(row[2])) for row in csv.reader(rows) if len(row) == 3 and row[2]]
    except (ValueError, csv.Error):
        return False
    for name, size in sizes:
        file = site_packages / name
        if not file.is_file() or file.stat().st_size != size:
            return False
    return True


def mend(site_packages: Path) -> int:
    """Removes the metadata of cut-off packages, so that pip installs them again over the remains. Returns how many."""
    broken = damaged(site_packages)
    # pip renames what it is about to remove to ~name; these folders remain after a kill.
    for path in [*broken, *site_packages.glob("~*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(broken)


def read_stamps(file: Path) -> dict[str, list[str]]:
    """Returns stamp name to [digest, variant]; empty when no stamps exist or they cannot be read."""
    try:
        stamps = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def write_stamps(file: Path, stamps: dict[str, list[str]]) -> None:
    """Replaces the stamps atomically: a kill leaves the old ones or the new ones."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(stamps, indent=1), encoding="utf-8")
    fresh.replace(file)
