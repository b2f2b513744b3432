"""`ragnano chat` and `ragnano history`: on a terminal, from a pipe, as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragnano.assistant import Assistant
from ragnano.cli import app, chat, history
from ragnano.errors import NotFoundError
from tests.cli.test_cli import Kept, ragnano_command
from tests.conftest import FakeChatModel, add_text
from tests.test_assistant import DEPOSIT, LEASE

pytestmark = pytest.mark.slow

NAMED = "How much is the security deposit in the Brightwater Properties lease?"
DUE = "When is the security deposit in the Brightwater Properties lease due?"


@pytest.fixture
def run(assistant: Assistant, chat_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a command with these lines as its input."""
    chat_model.reply = "The security deposit is $12,000."
    monkeypatch.setattr(chat, "assistant", Kept(assistant))
    monkeypatch.setattr(history, "assistant", Kept(assistant))
    add_text(assistant, LEASE, name="lease.txt", title="Lease", parties=("Brightwater Properties LLC",))
    add_text(assistant, "The loan bears interest.", name="loan.txt", title="Loan", collection="bank")

    def invoke(*words: str, lines: tuple[str, ...] = ()) -> Any:
        typed = "".join(line + "\n" for line in lines)
        return CliRunner().invoke(app, list(words), input=typed, catch_exceptions=False)

    yield invoke


def test_a_pipe_gives_an_answer_for_each_line_and_says_how_it_was_read(run: Any) -> None:
    result = run("chat", lines=(NAMED, "", "When is it due?"))
    assert result.exit_code == 0
    first, second = result.stdout.split("Read as: ")
    assert "The security deposit is $12,000 [1]." in first
    assert "[1] lease.txt, page 1, 4 Deposit" in first
    assert second.startswith(f"{DUE}\nAsked of: lease.txt (/all removes the limits)\n")
    assert "> " not in result.stdout.replace("  > ", "")


def test_json_is_one_object_a_line(run: Any, assistant: Assistant) -> None:
    result = run("chat", "--json", lines=(NAMED, "/doc nothing.pdf", "When is it due?", "/all", "?"))
    first, wrong, second, empty = map(json.loads, result.stdout.splitlines())
    assert set(first) == {"conversation", "number", "asked", "read_as", "scope", "answer", "created"}
    assert first["conversation"] == second["conversation"] == assistant.conversations()[0].id
    assert first["answer"]["citations"] and first["read_as"] == first["asked"]
    assert (second["read_as"], len(second["scope"]["documents"])) == (DUE, 1)
    assert "nothing.pdf" in wrong["error"] and "empty" in empty["error"]
    assert result.exit_code == 3


def test_slash_commands_choose_what_is_asked(run: Any) -> None:
    lines = (
        NAMED, "/all", "When is it due?", "/doc lease.txt", "/doc", "/collection bank", "/collection", "/new",
        "When is it due?", "/help", "/nonsense", "/quit", "never asked",
    )  # fmt: skip
    result = run("chat", lines=lines)
    notices = [line for line in result.stdout.splitlines() if line.startswith(("Read as", "Asked of", "A new"))]
    assert notices == [
        "Asked of: all documents",
        f"Read as: {DUE}",
        "Asked of: lease.txt",
        "Asked of: all documents",
        "Asked of: collection bank",
        "Asked of: all documents",
        "A new conversation.",
    ]
    assert "/collection [NAME]" in result.stdout
    assert "unknown command /nonsense" in result.stderr
    assert "never asked" not in result.stdout


def test_it_is_kept_and_carried_on_unless_told_otherwise(run: Any, assistant: Assistant) -> None:
    run("chat", "--no-history", lines=(NAMED,))
    assert json.loads(run("history", "list", "--json").stdout) == []
    run("chat", "--doc", "lease.txt", lines=(DEPOSIT,))
    assert "Read as: " in run("chat", "--continue", "last", lines=("Why?",)).stdout
    (info,) = json.loads(run("history", "list", "--json").stdout)
    assert (info["turns"], info["title"], len(info["scope"]["documents"])) == (2, DEPOSIT, 1)
    with pytest.raises(NotFoundError, match="history list"):
        run("chat", "--continue", "beef", lines=("Why?",))


def test_history_is_listed_shown_searched_and_deleted(run: Any, assistant: Assistant) -> None:
    assert "begin one with `ragnano chat`" in run("history", "list").stdout
    run("chat", lines=(NAMED, "When is it due?"))
    identifier = assistant.conversations()[0].id
    assert f"{NAMED}  (2 questions)" in run("history", "list").stdout
    shown = run("history", "show", identifier[:6]).stdout
    assert "2. When is it due?" in shown and f"Read as: {DUE}" in shown and "lease.txt, page 1" in shown
    whole = json.loads(run("history", "show", "last", "--json").stdout)
    assert [turn["number"] for turn in whole["turns"]] == [1, 2]
    assert f"{identifier}  2. When is it due?" in run("history", "search", "due DEPOSIT when").stdout
    (found, *_) = json.loads(run("history", "search", "brightwater", "--json").stdout)
    assert set(found) == {"conversation", "turn"}
    assert "Nothing found" in run("history", "search", "zebra").stdout
    assert run("history", "delete").exit_code == run("history", "delete", "last", "--all").exit_code == 2
    assert "Deleted 1 conversation." in run("history", "delete", "last").stdout
    assert json.loads(run("history", "delete", "--all", "--json").stdout) == {"deleted": 0}


def test_history_is_exported_to_the_screen_or_a_file(run: Any, tmp_path: Path) -> None:
    run("chat", lines=("How much is the *deposit*?",))
    markdown = run("history", "export", "last").stdout
    assert markdown.startswith("# How much is the \\*deposit\\*?\n")
    out = tmp_path / "talk.json"
    assert run("history", "export", "last", "--format", "json", "--out", str(out)).stdout == ""
    assert json.loads(out.read_text())["turns"][0]["asked"] == "How much is the *deposit*?"


def test_an_answer_removed_with_its_document_is_told(run: Any, assistant: Assistant) -> None:
    run("chat", lines=(DEPOSIT,))
    assistant.remove(assistant.catalogue.resolve("lease.txt").id)
    for words in (("show", "last"), ("search", "deposit"), ("export", "last")):
        assert "removed with a document" in run("history", *words).stdout


def test_control_characters_do_not_reach_the_terminal(run: Any, assistant: Assistant) -> None:
    add_text(assistant, "The zebra\x1b[31m fee is due to the zoo.", name="zoo.txt")
    asked = "What zebra\x1b[31m fee is due to the zoo?"
    shown = run("chat", "--model", "none", lines=(asked, "and to the farm?")).output
    shown += (
        run("history", "show", "last").output + run("history", "list").output + run("history", "search", "fee").output
    )
    assert "\x1b" not in shown + run("history", "export", "last").output
    assert "zebra" in shown


class Terminal:
    """Standard input that claims to be a terminal; types the given lines, or presses Ctrl-C (None)."""

    def __init__(self, *typed: str | None) -> None:
        self.typed = iter(typed)

    def isatty(self) -> bool:
        return True

    def __call__(self, prompt: str = "") -> str:
        line = next(self.typed, "")
        if line is None:
            raise KeyboardInterrupt
        if not line:
            raise EOFError
        return line


@pytest.mark.parametrize("end", [None, ""])
def test_control_d_and_control_c_end_it_cleanly(
    run: Any, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end: str | None
) -> None:
    terminal = Terminal(DEPOSIT, end)
    monkeypatch.setattr(chat.sys, "stdin", terminal)
    monkeypatch.setattr("builtins.input", terminal)
    chat.Session(assistant, assistant.converse(), "none", False).run()
    shown = capsys.readouterr()
    assert shown.out.startswith("Ask about your documents; /help")
    assert shown.out.endswith("\n") and "$12,000" in shown.out
    assert shown.err == ""


def test_control_c_gives_up_the_answer_and_not_the_conversation(
    run: Any, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(DEPOSIT, DEPOSIT)
    monkeypatch.setattr(chat.sys, "stdin", terminal)
    monkeypatch.setattr("builtins.input", terminal)
    conversation = assistant.converse()
    ask, calls = conversation.ask, []

    def interrupted_once(*words: Any, **options: Any) -> Any:
        calls.append(words)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return ask(*words, **options)

    monkeypatch.setattr(conversation, "ask", interrupted_once)
    chat.Session(assistant, conversation, "none", False).run()
    shown = capsys.readouterr()
    assert "Stopped." in shown.err and "$12,000" in shown.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("chat", "--continue", "last"), "history list"),
        (("chat", "--doc", "gone.pdf"), "gone.pdf"),
        (("history", "show", "last"), "history list"),
        (("history", "delete", "abc"), "history list"),
    ],
)
def test_an_error_is_one_clear_line(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    result = ragnano_command(*words, home=tmp_path)
    assert result.returncode == 1, result.stderr
    assert message in result.stderr and "Traceback" not in result.stderr
