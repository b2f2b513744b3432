"""Conversations as Word documents and PDFs."""

import io
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from ragnano.conversations.document_export import parts, pdf, word
from ragnano.types import Answer, Citation, ConversationInfo, Scope, Timings, TokenCount, Turn
from tests.answering.test_presentation import make_answer

QUOTE = "The fee is <b>$4,250</b> & **net** of Umsatzsteuer für Łódź, Αθήνα, Київ."
BEGUN = "2026-11-24T08:00:00+00:00"
INFO = ConversationInfo("0a" * 8, "Fees & <terms>", Scope(), BEGUN, "2026-11-24T09:30:00+00:00", 2)


def citation(quote: str, number: int = 1) -> Citation:
    return Citation("f" * 64, "/docs/fees.pdf", 4, quote, 0, len(quote), (), 0.9, section="3 Fees", number=number)


def answered(text: str, *citations: Citation, nearest: tuple[Citation, ...] = ()) -> Answer:
    verdict = "answered" if citations else "not_found"
    return Answer("?", text, verdict, 0.9, citations, nearest, Timings(0, None, 1), TokenCount(), "none", "r")  # type: ignore[arg-type]


def turn(number: int, asked: str, answer: Answer | None, read_as: str = "") -> Turn:
    return Turn(number, asked, read_as or asked, Scope(), answer, BEGUN)


TURNS = (
    turn(1, "How much is the fee?", answered("It is $4,250. [1]", citation(QUOTE))),
    turn(2, "And the rent?", answered("Not there.", nearest=(citation("Rent.", 0),)), "How much is the rent?"),
    turn(3, "And then?", None),
)


def words_of_word(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def words_of_pdf(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.parametrize(("make", "read"), [(word, words_of_word), (pdf, words_of_pdf)])
def test_everything_said_stands_in_it_as_it_is(make, read) -> None:  # type: ignore[no-untyped-def]
    text = read(make(INFO, TURNS))
    for part in (
        "Fees & <terms>",
        "1. How much is the fee?",
        "It is $4,250. [1]",
        f"“{QUOTE}”",
        "[1] fees.pdf, page 4, 3 Fees",
        "Answered from the documents",
        "Read as: How much is the rent?",
        "Closest clauses:",
        "“Rent.”",
        "The answer was removed with a document that it rested on.",
    ):
        assert part in text


def test_the_direct_answer_stands_first_and_bold_and_is_bold_in_its_quote() -> None:
    quote = "Pay <b>US$5</b> & no more."
    answer = make_answer(quote, "US$5</b> &", text="US$5</b> &", answer_text="It is US$5.")
    turns = (turn(1, "How much?", answer),)
    kinds = [part.kind for part in parts(INFO, turns)][3:]
    assert kinds == ["note", "direct", "answer", "quote", "source"]
    paragraphs = docx.Document(io.BytesIO(word(INFO, turns))).paragraphs
    bold = [(paragraph.text, "".join(run.text for run in paragraph.runs if run.bold)) for paragraph in paragraphs[4:]]
    assert bold == [
        ("US$5</b> & [1]", "US$5</b> & [1]"),
        ("It is US$5.", ""),
        (f"“{quote}”", "US$5</b> &"),
        ("[1] lease.pdf, page 4, 8 Term", ""),
    ]
    drawn = words_of_pdf(pdf(INFO, turns))
    assert f"US$5</b> & [1] It is US$5. “{quote}” [1] lease.pdf" in drawn


@pytest.mark.parametrize("make", [word, pdf])
def test_characters_that_no_page_shows_do_no_harm(make) -> None:  # type: ignore[no-untyped-def]
    bad = "a\x00b\x1bc\ud800d\ufffee"
    turns = (turn(1, bad, answered(bad, citation(bad))), turn(2, bad, make_answer(bad, "b\x1bc", text=bad)))
    assert make(INFO, turns)
    assert all(part.text.isprintable() for part in parts(INFO, turns))


@pytest.mark.parametrize("make", [pdf])
def test_the_same_conversation_gives_the_same_file(make) -> None:  # type: ignore[no-untyped-def]
    assert make(INFO, TURNS) == make(INFO, TURNS)


def test_a_long_conversation_runs_over_pages_with_numbers() -> None:
    turns = [
        Turn(at, "What?", "What?", Scope(), answered("Word. " * 200, citation(QUOTE * 40)), INFO.created)
        for at in range(5)
    ]
    pages = PdfReader(io.BytesIO(pdf(INFO, turns))).pages
    assert len(pages) > 3
    assert pages[2].extract_text().rstrip().endswith("3") or "3\n" in pages[2].extract_text()


def test_the_command_writes_them(assistant, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from typer.testing import CliRunner

    from ragnano.cli import app

    assistant.catalogue.begin_conversation("Fees", Scope(), "ab" * 8)
    folder = ["--data-dir", str(assistant.settings.data_dir)]
    for form, head in (("docx", b"PK"), ("pdf", b"%PDF")):
        out = tmp_path / f"talk.{form}"
        export = ["history", "export", "last", "-f", form, *folder]
        assert CliRunner().invoke(app, [*export, "-o", str(out)]).exit_code == 0
        assert out.read_bytes().startswith(head)
        assert out.stat().st_mode & 0o077 == 0
        assert CliRunner().invoke(app, export).exit_code == 2
