"""README and docs stay current: the commands, targets and files they name exist, and commands are as `--help` says."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from ragnano.cli import app

ROOT = Path(__file__).parents[1]
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
TEXT = "\n".join(PAGES.values())
COMMANDS = "\n".join(re.findall(r"^```[a-z]*\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
MOST_BYTES = 8_000  # of the README: a user reads it before the first command


def commands() -> dict[str, str]:
    """Returns every command's full name and the first sentence of its help."""
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
    table = dict(re.findall(r"^\| `(ragnano [^`]*)` \| (.*) \|$", PAGES["docs/cli.md"], re.MULTILINE))
    assert table == commands()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^\s*(?:\$ )?(ragnano [^\n#]*)", COMMANDS, re.MULTILINE))))
def test_each_command_line_exists(line: str) -> None:
    known = commands()
    assert any(line.strip() == name or line.startswith(name + " ") for name in known), line


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)", TEXT))))
def test_each_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("page", "link"),
    sorted({(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)}),
)
def test_each_file_that_is_linked_exists(page: str, link: str) -> None:
    assert ((ROOT / page).parent / link).exists(), link


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        text = page.read_text(encoding="utf-8")
        waiting += [page.parent / link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)]
    assert {ROOT / page for page in PAGES} <= reached


def test_the_readme_is_short() -> None:
    assert len(PAGES["README.md"].encode()) <= MOST_BYTES
