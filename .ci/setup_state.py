"""What set-up knows about a half-finished environment: its stamps, and packages whose installation was cut off.

A stamp is written only after its step succeeded and holds what the step depended on (the SHA-256 of its inputs, the
Python version), so a changed lock file, a moved checkout or an interruption makes just the right steps run again. The
stamps lie inside .venv: removing that removes them. Knows nothing about the steps. Standard library only.
"""

import csv
import hashlib
import json
import shutil
from pathlib import Path


def sha256(*parts: str) -> str:
    """One digest over texts in order, with their borders."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def split_lock(text: str, name: str) -> tuple[str, str]:
    """A lock file's entry for one package, and everything else. An entry is a line and the indented ones after it."""
    entry: list[str] = []
    rest: list[str] = []
    current = rest
    for line in text.splitlines(keepends=True):
        if not line[:1].isspace():
            current = entry if line.startswith(f"{name}==") else rest
        current.append(line)
    return "".join(entry), "".join(rest)


def damaged(site_packages: Path) -> list[Path]:
    """The .dist-info folders of packages whose installation was cut off: pip writes INSTALLER and RECORD last."""
    found = []
    for info in sorted(site_packages.glob("*.dist-info")):
        record = info / "RECORD"
        if not record.is_file() or not (info / "INSTALLER").is_file() or not complete(site_packages, record):
            found.append(info)
    return found


def complete(site_packages: Path, record: Path) -> bool:
    """Whether every file in a RECORD is there with its size (no hashes: this must take under a second)."""
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
    """Forgets packages that were cut off, so that pip installs them again over their remains. Returns how many."""
    broken = damaged(site_packages)
    # pip renames what it is about to remove to ~name; after a kill these stay behind.
    for path in [*broken, *site_packages.glob("~*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(broken)


def read_stamps(file: Path) -> dict[str, list[str]]:
    """Stamp name to [digest, variant]; empty when there are none or they cannot be read."""
    try:
        stamps = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def write_stamps(file: Path, stamps: dict[str, list[str]]) -> None:
    """Replaces the stamps at once: a kill leaves the old ones or the new ones, never half of them."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(stamps, indent=1), encoding="utf-8")
    fresh.replace(file)
