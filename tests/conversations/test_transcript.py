"""A conversation as Markdown: text of documents and users is shown and never acts as markup."""

import html
import stat
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ragnano.conversations.transcript import REMOVED, escape, markdown, write
from ragnano.errors import QuestionError
from ragnano.types import Answer, Citation, ConversationInfo, Scope, Timings, TokenCount, Turn
from tests.answering.test_presentation import make_answer

HOSTILE = [
    "# heading", "1. list", "- list", "> quote", "* star", "`code`", "```", "~~~", "[link](http://a.b)", "![x](y)",
    "<script>alert(1)</script>", "<!-- comment", "&amp;", "| a | b |", "a_b_c", "**bold**", "---", "===", "\\",
    "a\n\n# b", "a\r# b", "a\u2028# b", "$x$", "\x1b[31m", ":smile:", "www.evil.example", "me@evil.example",
]  # fmt: skip


def shown(text: str) -> str:
    """Returns what a Markdown viewer shows: without escapes and comments."""
    text = text.replace("<!-- -->", "")
    return "".join(
        character for at, character in enumerate(text) if character != "\\" or (at and _escapes(text, at) % 2)
    )


def _escapes(text: str, at: int) -> int:
    count = 0
    while at - count - 1 >= 0 and text[at - count - 1] == "\\":
        count += 1
    return count


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stands_in_one_line_and_every_mark_is_escaped(text: str) -> None:
    escaped = escape(text)
    assert shown(escaped).split() == "".join(c if c.isprintable() else " " for c in text).split()
    assert len(escaped.splitlines()) == 1
    bare = escaped.replace("<!-- -->", "")
    for at, character in enumerate(bare):
        if character in "#>*`[]()!<&|_~-=$:@.+":
            assert _escapes(bare, at) % 2 == 1, (character, escaped)


@pytest.mark.parametrize("text", ["http://evil.example", "https://a.b", "www.evil.example", "me@evil.example"])
def test_addresses_do_not_become_links(text: str) -> None:
    assert "<!-- -->" in escape(text)


def citation(quote: str, number: int) -> Citation:
    return Citation("d", "/docs/lease_1.pdf", 4, quote, 0, 1, (), 0.9, "Lease", "8 Term > 8.2 *End*", number)


def conversation() -> tuple[ConversationInfo, list[Turn]]:
    answer = Answer(
        "q", "Sixty days [1].\n# no heading", "answered", 0.9, (citation("The *Term*\nends.", 1),),
        (citation("<b>Near</b>", 0),), Timings(0, None, 0), TokenCount(), "none", "r",
    )  # fmt: skip
    turns = [
        Turn(1, "How long?", "How long?", Scope(), answer, "2026-01-01T00:00:00+00:00"),
        Turn(2, "and <b>?", "How long is <b>?", Scope(), None, "2026-01-02T00:00:00+00:00"),
    ]
    return ConversationInfo("c", "How long?", Scope(), "2026-01-01", "2026-01-02", 2), turns


def test_a_transcript_has_questions_answers_quotes_and_places() -> None:
    lines = markdown(*conversation()).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# How long?", "## 1\\. How long?", "## 2\\. and \\<b\\>?",
    ]  # fmt: skip
    assert "Sixty days \\[1\\]\\." in lines
    assert "\\# no heading" in lines
    assert "> The \\*Term\\* ends\\." in lines
    assert "> \\[1\\] lease\\_1\\.pdf, page 4, 8\\.2 \\*End\\*" in lines
    assert "- lease\\_1\\.pdf, page 4, 8\\.2 \\*End\\*: \\<b\\>Near\\</b\\>" in lines
    assert "Read as: How long is \\<b\\>?" in lines
    assert f"*{REMOVED}*" in lines


def drawn(answer: Answer) -> str:
    """Returns a conversation of one answer as a Markdown viewer shows it."""
    info = ConversationInfo("c", "How long?", Scope(), "2026-01-01", "2026-01-02", 1)
    turns = [Turn(1, "How long?", "How long?", Scope(), answer, "2026-01-01T00:00:00+00:00")]
    return MarkdownIt("commonmark").render(markdown(info, turns)).replace("<!-- -->", "")


def test_the_direct_answer_stands_first_and_bold_and_is_bold_in_its_quote() -> None:
    shown = drawn(make_answer())
    assert shown.index("<p><strong>sixty (60) days</strong> [1]</p>") < shown.index(
        "The notice is sixty (60) days. [1]"
    )
    assert "by giving <strong>sixty (60) days</strong>’ notice." in shown
    quoted = drawn(make_answer(answer_text="“Either party may …” [1]", verdict="quoted"))
    assert "<p><strong>sixty (60) days</strong> [1]</p>" in quoted and "may …" not in quoted


@pytest.mark.parametrize("words", [*(text for text in HOSTILE if text.isprintable()), "$5", "(b)", "**", "@ <b>x</b>"])
@pytest.mark.parametrize(("before", "behind"), [("", ""), ("US", "each"), ("a ", " b"), ("(", ")"), ("@", "@")])
def test_what_it_says_is_shown_as_it_stands(before: str, words: str, behind: str) -> None:
    shown = drawn(make_answer(before + words + behind, words, text=words, answer_text="No more."))
    literal = html.escape(words)
    assert f"<p><strong>{literal}</strong> [1]</p>" in shown
    assert f"<p>{html.escape(before)}<strong>{literal}</strong>{html.escape(behind)}</p>" in shown


def test_a_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    path.write_text("older")
    path.chmod(0o644)
    write(path, "Ä\n")
    assert path.read_text("utf-8") == "Ä\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(QuestionError, match="choose another --out"):
        write(tmp_path / "no" / "folder.md", "x")
    with pytest.raises(QuestionError, match="cannot write"):
        write(tmp_path, "x")
    assert list(tmp_path.iterdir()) == [path]
