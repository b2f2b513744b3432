"""The direct answer on the terminal and in JSON: first, bold, once, and marked in its quote."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ragnano.assistant import Assistant
from ragnano.cli import answers, app, chat, history
from ragnano.cli.answers import ERASE_LINE, LINE_UP, Preview
from ragnano.cli.output import answer_lines
from ragnano.text.words import fold
from ragnano.types import Answer, Direct
from tests.answering.test_presentation import QUOTE, citation, make_answer
from tests.cli.test_cli import OpenAssistant
from tests.conftest import FakeChatModel, add_text
from tests.test_assistant import DEPOSIT, LEASE

BOLD = "\x1b[1msixty (60) days\x1b[0m"


def lines_of(answer: Answer, *, streamed: bool = False) -> list[str]:
    return list(answer_lines(answer, streamed=streamed))


def test_it_stands_first_and_bold_and_is_bold_in_its_quote() -> None:
    lines = lines_of(make_answer())
    assert lines[:6] == [
        f"{BOLD} [1]",
        "",
        "The notice is sixty (60) days. [1]",
        "",
        "[1] lease.pdf, page 4, 8 Term",
        f"    “Either party may end this Agreement by giving {BOLD}’ notice.”",
    ]


def test_a_quoted_answer_is_the_direct_answer_and_its_quotes() -> None:
    answer = make_answer(answer_text=f"“{fold(QUOTE)}” [1]", verdict="quoted", more=(citation("See Schedule 2.", 2),))
    lines = lines_of(answer)
    assert lines[:3] == [f"{BOLD} [1]", "", "[1] lease.pdf, page 4, 8 Term"]
    assert sum("Either party" in line for line in lines) == 1
    assert "    “See Schedule 2.”" in lines


def test_an_answer_of_the_same_words_is_said_once() -> None:
    assert (
        sum("days" in line for line in lines_of(make_answer(answer_text="Sixty (60) days. [1]"))) == 2
    )  # answer, quote


def test_an_answer_without_one_looks_as_before() -> None:
    plain = replace(make_answer(), direct=None)
    assert lines_of(plain)[0] == "The notice is sixty (60) days. [1]"
    assert lines_of(plain, streamed=True)[0] == ""
    assert "\x1b" not in "".join(lines_of(plain))


def test_what_a_document_holds_for_a_terminal_is_made_harmless() -> None:
    quote = "Pay \x1b[31m$5\x1b]0;x\x07 [bold]now[/bold]"
    answer = make_answer(quote, "\x1b[31m$5\x1b]0;x\x07", text="\x1b[31m$5\x1b]0;x\x07", answer_text="\x1b[2J\x07$5")
    shown = "\n".join(lines_of(answer)).replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not any(character in shown for character in "\x1b\x07")
    assert "[bold]now[/bold]" in shown


@pytest.fixture
def direct(assistant: Assistant, chat_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """An assistant whose direct answer is the sum in the first citation."""
    chat_model.reply = "The security deposit is $12,000."
    add_text(assistant, LEASE, name="lease.txt")
    ask: Callable[..., Answer] = assistant.ask

    def answer(*words: Any, **more: Any) -> Answer:
        given = ask(*words, **more)
        at = given.citations[0].quote.index("$12,000")
        return replace(given, direct=Direct("$12,000", 1, "span", at, at + 7))

    monkeypatch.setattr(assistant, "ask", answer)
    for module in (answers, chat, history):
        monkeypatch.setattr(module, "open_assistant", OpenAssistant(assistant))
    return assistant


def run(*words: str, lines: str = "") -> str:
    return CliRunner().invoke(app, list(words), input=lines, catch_exceptions=False).stdout


def test_json_has_it_as_an_object_or_null(direct: Assistant, tmp_path: Any) -> None:
    expected = {"text": "$12,000", "citation": 1, "kind": "span"}
    asked = json.loads(run("ask", DEPOSIT, "--json"))
    quote = asked["citations"][0]["quote"]
    assert asked["direct"].items() >= expected.items()
    assert quote[asked["direct"]["start"] : asked["direct"]["end"]] == "$12,000"
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": DEPOSIT}))
    assert json.loads(run("ask", "--batch", str(batch)))["direct"].items() >= expected.items()
    assert json.loads(run("chat", "--json", lines=DEPOSIT))["answer"]["direct"].items() >= expected.items()


def test_json_of_a_refusal_has_null(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    add_text(assistant, LEASE)
    monkeypatch.setattr(answers, "open_assistant", OpenAssistant(assistant))
    assert json.loads(run("ask", "Who won the football championship of 1954?", "--json"))["direct"] is None


def test_asking_talking_and_looking_back_show_it_first(direct: Assistant) -> None:
    for shown in (run("ask", DEPOSIT), run("chat", lines=DEPOSIT), run("history", "show", "last")):
        assert "$12,000 [1]\n\nThe security deposit is $12,000 [1]." in shown
        assert "\x1b" not in shown
    assert "    $12,000 [1] The security deposit is $12,000" in run("history", "search", "deposit")


def previewed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: Answer, text: str) -> str:
    """Returns the terminal output when the preview of an answer, with this text, is settled."""
    preview = Preview(shown=False)
    preview._show(text)
    capsys.readouterr()
    monkeypatch.setattr(typer, "echo", lambda words, nl=True: print(words, end="\n" if nl else ""))
    monkeypatch.setattr("shutil.get_terminal_size", lambda: (20, 10))
    preview.settle(answer)
    return capsys.readouterr().out


def test_the_direct_answer_is_previewed_before_the_first_word(capsys: pytest.CaptureFixture[str]) -> None:
    preview = Preview(shown=False)
    preview._show_direct(make_answer())
    assert capsys.readouterr().out == "sixty (60) days [1]\n\n"
    preview._show_direct(replace(make_answer(), direct=None))
    assert capsys.readouterr().out == ""


def test_a_preview_gives_way_to_the_direct_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = make_answer()
    assert previewed(monkeypatch, capsys, replace(answer, direct=None), answer.answer) == "\n"
    assert previewed(monkeypatch, capsys, answer, answer.answer) == ERASE_LINE + LINE_UP + ERASE_LINE  # 34 characters
    assert previewed(monkeypatch, capsys, answer, "word " * 400) == "\n"  # taller than the screen
