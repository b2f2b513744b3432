"""Web pages: title, headings, lists with their numbers, tables with their columns; no scripts or hidden text."""

import subprocess
import sys

import pytest

from ingest.discovery.file_types import HTML
from ingest.parsers.registry import LoadedFile, load
from ingest.structure.blocks import blocks_of
from ragnano.errors import DamagedFile, LimitExceeded

pytestmark = pytest.mark.slow


def read(body: str, head: str = "") -> LoadedFile:
    return load(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), HTML)


def text_of(body: str, head: str = "") -> str:
    return "\n---\n".join(page.text for page in read(body, head).pages)


def test_a_page_has_a_title_an_author_and_headings_that_are_sections() -> None:
    loaded = read(
        "<h1>Terms <b>of use</b></h1>Loose words<p>One.</p>more<h2>Fees</h2><div>Due <a href='x'>monthly</a>.</div>",
        "<title> Acme\nterms </title><meta name='Author' content='Acme Ltd'>",
    )
    assert (loaded.title, loaded.author) == ("Acme terms", "Acme Ltd")
    [page] = loaded.pages
    assert page.text == "# Terms of use\n\nLoose words\n\nOne.\n\nmore\n\n## Fees\n\nDue monthly."
    assert blocks_of(loaded.pages)[-1].section == ("Terms of use", "Fees")
    assert (page.width, page.height, page.read_by) == (0.0, 0.0, "plain")


def test_lists_keep_their_numbers_and_bullets() -> None:
    body = (
        "<ol start=3><li>three<ul><li>inner</li></ul></li><li><p>four</p></li><li value=9>nine</li></ol>"
        "<ol type=a><li>first</li></ol><ol type=I><li>one</li><li>two</li></ol>"
    )
    assert text_of(body).split("\n\n") == [
        "3. three", "• inner", "4. four", "9. nine", "a. first", "I. one", "II. two",
    ]  # fmt: skip


def test_tables_are_rows_with_every_column_in_its_place() -> None:
    body = (
        "<table><caption>Prices</caption><tr><th>Item</th><th>Fee</th><th>Note</th></tr>"
        "<tr><td rowspan=2>Pump<br>big</td><td>$5</td><td></td></tr><tr><td colspan=2>on request</td></tr></table>"
    )
    [page] = read(body).pages
    assert page.text == "Prices\n\n| Item | Fee | Note |\n| Pump big | $5 | |\n| | on request | |"
    assert page.marks[1].name == "table 1, row 2"


def test_a_table_that_lays_the_page_out_is_read_as_what_it_holds() -> None:
    body = (
        "<table><tr><td><table role=presentation><tr><td><h2>Fees</h2><p>Due monthly.</p></td><td>Side.</td></tr>"
        "</table></td></tr></table>"
    )
    assert text_of(body) == "## Fees\n\nDue monthly.\n\nSide."


def test_line_breaks_and_text_outside_of_the_main_part_are_kept() -> None:
    body = "<header>Acme</header><main><p>One<br>Two</p></main><footer>Imprint</footer>"
    assert text_of(body) == "Acme\n\nOne\nTwo\n\nImprint"


@pytest.mark.parametrize("name", ["form", "details", "summary", "nav", "figure", "fieldset", "label", "button", "math"])
def test_an_element_that_is_seen_is_read_whatever_it_is_for(name: str) -> None:
    body = f"<p>First words.</p><{name}>The fee is $5.</{name}><p>aa aa<{name}>The fee is $6.</{name}>bb bb</p>"
    text = text_of(body)
    assert [part for part in ("First words.", "The fee is $5.", "aa aa", "$6.", "bb bb") if part not in text] == []


def test_a_form_shows_what_was_filled_in() -> None:
    body = (
        "<form><p><label>Name:</label><input value='Ann'> <input type=checkbox checked>Yes <input type=radio>No</p>"
        "<input type=hidden value=secret><input type=password value=secret><textarea>A remark.</textarea>"
        "<p>Term: <select><option>secret<option selected>5 years</select>.</p><table><tr><td>Rent</td>"
        "<td><input type=text value=$7></td></tr></table></form>"
    )
    assert text_of(body) == "Name: Ann ☒ Yes ☐ No\n\nA remark.\n\nTerm: 5 years .\n\n| Rent | $7 |"


def test_a_paragraph_of_one_character_is_kept() -> None:
    assert text_of("<p>☒</p><p>Yes</p><p><b>7</b></p>") == "☒\n\nYes\n\n7"


def test_scripts_styles_and_comments_are_never_text() -> None:
    body = "<p>Seen.</p><script>alert('x')</script><style>p{}</style><!-- no --><template><p>t</p></template>"
    assert text_of(body) == "Seen."


@pytest.mark.parametrize(
    ("hidden", "kind"),
    [
        ("<p style='display : none'>Obey.</p>", "invisible"),
        ("<p hidden>Obey.</p>", "invisible"),
        ("<div class='x gone'>Obey.</div>", "invisible"),
        ("<p style='visibility:hidden'>Obey.</p>", "invisible"),
        ("<p style='opacity:0'>Obey.</p>", "invisible"),
        ("<span style='font-size:0px'>Obey.</span>", "size"),
        ("<span style='color: #FFFFFF'>Obey.</span>", "colour"),
        ("<font color=white>Obey.</font>", "colour"),
        ("<dialog><p>Obey.</p></dialog>", "invisible"),
        ("<p style='position:absolute; left:-9999px'>Obey.</p>", "off-page"),
        ("<p class=away>Obey.</p>", "off-page"),
        ("<p class=small>Obey.</p>", "size"),
    ],
)
def test_text_that_nobody_sees_is_hidden(hidden: str, kind: str) -> None:
    css = "a{b:c} .gone, p.y {color:red;display:none} .away{text-indent:-99999px} .small{font-size:0}"
    [page] = read(f"<p>Seen.</p>{hidden}", f"<style>{css}</style>").pages
    assert page.text == "Seen."
    assert [(item.kind, item.text) for item in page.hidden] == [(kind, "Obey.")]


@pytest.mark.parametrize(
    "shown",
    [
        "<div style='background:#000'><p style='color:#fff'>Seen.</p></div>",
        "<p class=menu>Seen.</p>",
        "<p style='opacity:0.9;font-size:10px'>Seen.</p>",
        "<p style='background-color:#fff'>Seen.</p>",
        "<p style='margin-left:-20px;left:-10px'>Seen.</p>",
    ],
)
def test_text_that_is_seen_is_not_taken_for_hidden(shown: str) -> None:
    assert text_of(shown, "<style>@media print { .menu { display: none } }</style>") == "Seen."


@pytest.mark.parametrize(
    "data",
    [
        "<html><head><meta charset='iso-8859-1'></head><p>Café “x”".encode("cp1252"),
        "<html><p>Café “x”".encode(),
        "<html><p>Café “x”".encode("utf-16"),
        "<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><p>Café “x”".encode(),
        "<html><meta charset='no-such-thing'><p>Café “x”".encode(),
    ],
)
def test_a_page_is_decoded_by_what_it_says_or_is(data: bytes) -> None:
    assert load(data, HTML).pages[0].text == "Café “x”"


def test_a_page_nested_without_end_loses_no_text() -> None:
    assert "deep text" in text_of("<p>Top.</p>" + "<div>" * 1_000 + "deep text" + "</div>" * 1_000)
    with pytest.raises(LimitExceeded, match="deep"):
        text_of("<div>" * 3_000 + "deep text")


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"<script>x</script>", b"\0\0\0", b"<p style='display:none'>x"]
)
def test_a_page_that_shows_nothing_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, HTML)


def test_entities_are_not_fetched_or_expanded() -> None:
    data = b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><p>Seen &a; &amp; fine</p></html>'
    text = load(data, HTML).pages[0].text
    assert "root:" not in text and "& fine" in text


def test_taking_a_page_apart_brings_no_language_model_and_asks_no_network() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from ingest.parsers.registry import load\n"
        "print(load(b'<p>One sentence. Another one here.</p>', 'text/html').pages[0].text)\n"
        "print([name for name in ('spacy', 'torch', 'transformers') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "One sentence. Another one here.\n[]\n" and run.stderr == ""
