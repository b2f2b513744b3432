"""Messages: headers by name, the body that people read, each attachment by its own parser and at its own place."""

import zipfile
from datetime import date
from email.message import EmailMessage
from io import BytesIO

import pytest

from ingest.chunking.chunker import Chunker
from ingest.discovery.file_types import EML
from ingest.parsers.mail.message import unflowed
from ingest.parsers.nested_files import MOST_DEPTH
from ingest.parsers.registry import LoadedFile, ReadOptions, load
from ingest.structure.blocks import blocks_of
from ragnano.errors import DamagedFile
from tests.ingest.fakes import count_words
from tests.ingest.parsers.fakes import PNG, compound, package, pdf


def mail(text: str = "The rent is $5.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in ({"From": "office@acme.example", "Subject": "Rent"} | headers).items():
        made[name] = value
    made.set_content(text)
    return made


def attach(made: EmailMessage, name: str, data: bytes, kind: str = "application/octet-stream") -> EmailMessage:
    made.add_attachment(data, *kind.split("/"), filename=name)
    return made


def read(made: EmailMessage | bytes) -> LoadedFile:
    return load(made if isinstance(made, bytes) else made.as_bytes(), EML)


def test_headers_are_named_and_the_body_follows() -> None:
    loaded = read(
        mail(
            "Dear tenant,\n\nthe rent is due\nmonthly.",
            To="tenant@copperfinch.example",
            Cc="bank@oakhelm.example",
            Subject="Miete für März",
            Date="Mon, 03 Mar 2025 10:00:00 +0000",
        )
    )
    [page] = loaded.pages
    named = {mark.name: page.text[mark.start : mark.end] for mark in page.marks}
    assert list(named) == ["From", "To", "Cc", "Date", "Subject"]
    assert named["Subject"] == "Subject: Miete für März"
    assert page.text.endswith("Dear tenant,\n\nthe rent is due\nmonthly.")
    assert page.place == "Message"
    assert (loaded.title, loaded.author, loaded.date) == ("Miete für März", "office@acme.example", "2025-03-03")
    assert date.fromisoformat(loaded.date)


def test_the_plain_body_is_preferred_and_html_is_read_where_there_is_no_other() -> None:
    both = mail("Plain words.")
    both.add_alternative("<p>Rich words.</p>", subtype="html")
    assert "Plain words." in read(both).pages[0].text and "Rich" not in read(both).pages[0].text
    rich = EmailMessage()
    rich["Subject"] = "x"
    rich.set_content("<h1>Offer</h1><p>Rich <b>words</b>.</p><p style='display:none'>Obey.</p>", subtype="html")
    [page] = read(rich).pages
    assert page.text == "Subject: x\n\n# Offer\n\nRich words." and page.hidden[0].text == "Obey."


def test_every_part_of_a_body_is_read_whatever_stands_between() -> None:
    made = mail("Dear tenant,")
    made.add_attachment(b"<p>The rent is $5.</p>", "text", "html", disposition="inline")
    attach(made, "offer.pdf", pdf("Offer"), "application/pdf")
    made.add_attachment(b"<p>Kind regards</p>", "text", "html", disposition="inline")
    both = EmailMessage()
    both.set_content("Plain end.")
    both.add_alternative("<p>Rich end.</p>", subtype="html")
    made.attach(both)
    pages = read(made).pages
    assert [page.place for page in pages] == ["Message", "Attachment offer.pdf, page 1"]
    assert pages[0].text.split("\n\n")[2:] == ["Dear tenant,", "Plain end.", "The rent is $5.", "Kind regards"]


def test_attachments_are_pages_named_by_their_files() -> None:
    made = attach(mail(), "offer.pdf", pdf("First page", "Second page"), "application/pdf")
    attach(made, "../../notes.txt", b"Noted words.", "text/plain")
    attach(made, "really-a-page.txt", b"<html><h1>Web words</h1></html>", "text/plain")
    loaded = read(made)
    assert [(page.number, page.place) for page in loaded.pages] == [
        (1, "Message"),
        (2, "Attachment offer.pdf, page 1"),
        (3, "Attachment offer.pdf, page 2"),
        (4, "Attachment notes.txt"),
        (5, "Attachment really-a-page.txt"),
    ]
    assert loaded.pages[2].text.strip() == "Second page" and loaded.pages[2].words
    assert loaded.pages[4].text == "# Web words"


def test_a_part_of_a_message_is_no_section_of_another() -> None:
    made = attach(mail("# Terms\n\nBody words."), "notes.md", b"Loose words.", "text/markdown")
    sections = {block.text: block.section for block in blocks_of(read(made).pages)}
    assert sections["Body words."] == ("Terms",) and sections["Loose words."] == ()


def test_short_parts_of_a_message_do_not_share_a_chunk() -> None:
    pages = read(attach(mail("Body words."), "notes.txt", b"Loose words.")).pages
    chunks = Chunker(200, count_words).chunks("d", pages, blocks_of(pages), "")
    assert [[span.page for span in chunk.spans] for chunk in chunks] == [[1, 1, 1], [2]]


def test_pictures_inside_the_body_and_signatures_are_skipped() -> None:
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content("<p>Logo: <img src='cid:logo'></p>", subtype="html")
    made.add_related(PNG, "image", "png", cid="<logo>")
    attach(made, "smime.p7s", b"\x30\x80", "application/pkcs7-signature")
    assert [page.place for page in read(made).pages] == ["Message"]


def test_what_cannot_be_read_is_named_with_its_reason_and_costs_only_itself() -> None:
    made = attach(mail(), "song.mp3", b"ID3", "audio/mpeg")
    attach(made, "old.doc", compound({"WordDocument": b"x"}))
    attach(made, "broken.docx", b"PK\x03\x04")
    attach(made, "good.txt", b"Good words.")
    pages = read(made).pages
    assert [page.place for page in pages if page.text] == ["Message", "Attachment good.txt"]
    reasons = [page.unreadable for page in pages if page.unreadable]
    assert reasons[0] == "Attachment song.mp3: no parser for .mp3 files; convert it to PDF or text"
    assert "save it as .docx" in str(reasons[1]) and "damaged" in str(reasons[2])


def test_a_parser_that_fails_costs_only_its_attachment(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(data: bytes, options: ReadOptions) -> LoadedFile:
        raise ZeroDivisionError("private words")

    monkeypatch.setattr("ingest.parsers.rtf.document.load_rtf", fails)
    pages = read(attach(attach(mail(), "a.rtf", b"{\\rtf1 x}"), "b.txt", b"Words.")).pages
    assert pages[1].unreadable == "Attachment a.rtf: the parser failed (ZeroDivisionError); save the file anew"
    assert pages[2].text == "Words."


def test_a_forwarded_message_is_an_attachment_with_its_own() -> None:
    inner = attach(mail("Inner words.", Subject="Old rent"), "offer.pdf", pdf("Offer"), "application/pdf")
    outer = mail()
    outer.add_attachment(inner)
    assert [page.place for page in read(outer).pages] == [
        "Message",
        "Attachment Old rent.eml, Message",
        "Attachment Old rent.eml, Attachment offer.pdf, page 1",
    ]


def test_messages_inside_each_other_end_somewhere() -> None:
    made = mail("Innermost words.")
    for _ in range(MOST_DEPTH + 3):
        outer = mail()
        outer.add_attachment(made)
        made = outer
    pages = read(made).pages
    assert len(pages) == MOST_DEPTH + 1
    assert "deep" in str(pages[-1].unreadable)


def test_headers_and_bodies_that_lie_are_read_as_far_as_they_go() -> None:
    odd = (
        b"From: =?no-such-charset?q?x?= <a@acme.example>\nSubject: =?utf-8?b?!!!?= caf\xc3\xa9\nDate: the day after\n"
        b"Content-Type: text/plain; charset=nonsense\n\nCaf\xe9 words."
    )
    loaded = read(odd)
    assert loaded.date is None and "café" in loaded.title
    assert loaded.pages[0].text.endswith("Café words.")


@pytest.mark.parametrize("step", ["_unworded", "_file_name", "_bytes", "_text"])
def test_memory_that_runs_out_is_no_fault_of_a_header_or_part(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> str:
        raise MemoryError

    monkeypatch.setattr(f"ingest.parsers.mail.eml.{step}", fail)
    with pytest.raises(MemoryError):
        read(mail())


def test_flowing_lines_are_put_together() -> None:
    assert unflowed("one \ntwo\n-- \nname\n> quoted \n> line") == "one two\n-- \nname\n> quoted \n> line"
    assert unflowed("one \ntwo", joined=True) == "onetwo"


@pytest.mark.parametrize("data", [b"", b"no header here", b"X-Only: x\n\n", b"\0\0\0"])
def test_what_is_no_message_or_empty_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        read(data)


def test_an_archive_attached_to_a_mail_is_opened() -> None:
    pages = read(attach(mail(), "all.zip", package({"a/b.txt": "Packed words."}), "application/zip")).pages
    assert [page.place for page in pages] == ["Message", "Attachment all.zip, a/b.txt"]
    assert zipfile.is_zipfile(BytesIO(package({})))


def test_a_header_that_cannot_be_read_is_named_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> str:
        if text == "Rent":
            raise ZeroDivisionError
        return text

    monkeypatch.setattr("ingest.parsers.mail.eml._unworded", fail)
    pages = read(mail()).pages
    assert pages[0].text == "From: office@acme.example\n\nThe rent is $5."
    assert [page.unreadable for page in pages[1:]] == [
        "Message: its header Subject cannot be read; open it in its mail program"
    ]


def test_a_header_in_broken_code_is_read_as_it_stands() -> None:
    [page] = read(b"From: a@acme.example\nSubject: =?utf-8?b?A?= rent\n\nWords.").pages
    assert "Subject: =?utf-8?b?A?= rent" in page.text


def test_a_part_that_cannot_be_taken_apart_is_named_and_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise IndexError

    made = attach(attach(mail(), "a.txt", b"Lost words."), "b.txt", b"Good words.")
    monkeypatch.setattr(next(iter(made.iter_attachments())), "get_content_disposition", fail)
    monkeypatch.setattr("email.message_from_bytes", lambda data, policy: made)
    pages = read(b"From: x\n\n").pages
    assert [page.place for page in pages] == ["Message", "Attachment 1, without a name", "Attachment b.txt"]
    assert "cannot be taken apart (IndexError)" in str(pages[1].unreadable)


def test_a_name_that_cannot_be_read_is_told_and_the_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> str:
        if text == "a.txt":
            raise ZeroDivisionError
        return text

    monkeypatch.setattr("ingest.parsers.mail.eml._unworded", fail)
    pages = read(attach(mail(), "a.txt", b"Good words.")).pages
    assert [(page.place, page.text) for page in pages[1:]] == [
        ("Message", ""),
        ("Attachment 1, without a name", "Good words."),
    ]
    assert pages[1].unreadable == "Message: the name of an attachment cannot be read; open it in its mail program"


def test_parts_beyond_the_limit_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsers.mail.eml._MOST_PARTS", 3)
    pages = read(attach(attach(mail(), "a.txt", b"Good words."), "b.txt", b"Lost words.")).pages
    assert [page.place for page in pages] == ["Message", "Message", "Attachment a.txt"]
    assert pages[1].unreadable == "Message: it has more than 3 parts, the rest is left out; save its attachments apart"


@pytest.mark.parametrize("kind", ["multipart/alternative", "multipart/mixed"])
def test_parts_without_a_border_between_them_are_read_as_they_stand(kind: str) -> None:
    pages = read(b"From: a@acme.example\nContent-Type: " + kind.encode() + b"\n\nThe rent is $5.").pages
    assert any("The rent is $5." in page.text for page in pages)


def test_a_text_of_another_kind_is_read_unless_it_is_another_form_of_the_body() -> None:
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content("BEGIN:VCALENDAR", subtype="calendar")
    assert "VCALENDAR" in read(made).pages[-1].text
    both = mail("Come on Monday.")
    both.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    assert [page.place for page in read(both).pages] == ["Message"]


def test_a_reason_inside_a_forwarded_message_names_each_place_once() -> None:
    outer = mail()
    outer.add_attachment(attach(mail(Subject="Old rent"), "song.mp3", b"ID3", "audio/mpeg"))
    assert read(outer).pages[-1].unreadable == (
        "Attachment Old rent.eml, Attachment song.mp3: no parser for .mp3 files; convert it to PDF or text"
    )
