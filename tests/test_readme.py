"""The README cannot go stale: the commands it names exist, and its command table is what `--help` says."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from ragnano.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> dict[str, str]:
    """Every command's full name and the first sentence of its help."""
    found: dict[str, str] = {}

    def walk(command: Any, name: str) -> None:
        if hasattr(command, "commands"):
            for child, inner in command.commands.items():
                walk(inner, f"{name} {child}")
        else:
            found[name] = command.help.strip().split("\n")[0]

    walk(typer.main.get_command(app), "ragnano")
    return found


def test_the_command_table_is_current() -> None:
    table = dict(re.findall(r"^\| `(ragnano [^`]*)` \| (.*) \|$", README, re.MULTILINE))
    assert table == commands()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^\s*(?:\$ )?(ragnano [^\n#]*)", README, re.MULTILINE))))
def test_each_command_line_in_the_readme_exists(line: str) -> None:
    known = commands()
    assert any(line.strip() == name or line.startswith(name + " ") for name in known), line


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)", README))))
def test_each_make_target_in_the_readme_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_each_file_the_readme_points_at_exists(link: str) -> None:
    assert (ROOT / link).exists(), link
