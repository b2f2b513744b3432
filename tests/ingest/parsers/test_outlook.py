"""Outlook messages: parsed like other mail; unreadable content is named."""

import pytest

from ingest.discovery.file_types import MSG
from ingest.parsers.registry import load
from ragnano.errors import DamagedFile
from tests.ingest.parsers.fakes import PNG, compound, message_tree, outlook_message, pdf


def test_an_outlook_message_is_read_as_a_mail() -> None:
    inner = message_tree({0x0037: "Old rent", 0x1000: "Inner words."}, [], [{0x3707: "a.txt", 0x3701: b"Deep words."}])
    data = outlook_message(
        {0x0037: "Rent", 0x1000: "The rent is $5.", 0x0C1A: "Acme", 0x5D01: "office@acme.example"},
        [("Copperfinch", "tenant@copperfinch.example")],
        [
            {0x3707: "offer.pdf", 0x3701: pdf("Offer")},
            {0x3707: "logo.png", 0x3701: PNG, 0x3712: "logo@x", 0x370E: "image/png"},
            {0x3707: "lost.txt"},
            {0x3001: "Old rent", 0x3701: inner},
        ],
    )
    loaded = load(data, MSG)
    assert [page.place for page in loaded.pages] == [
        "Message",
        "Attachment offer.pdf, page 1",
        "Attachment lost.txt",
        "Attachment Old rent.msg, Message",
        "Attachment Old rent.msg, Attachment a.txt",
    ]
    assert loaded.pages[0].text == (
        'From: "Acme" <office@acme.example>\n\nTo: Copperfinch <tenant@copperfinch.example>\n\nSubject: Rent\n\n'
        "The rent is $5."
    )
    assert "not in the message" in str(loaded.pages[2].unreadable)
    assert loaded.pages[4].text == "Deep words." and loaded.title == "Rent"


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({0x1013: b"<h1>Offer</h1><p>Rich words.</p>"}, "# Offer\n\nRich words."),
        ({0x1009: b"\x15\0\0\0\x09\0\0\0MELA\0\0\0\0{\\rtf1 x}"}, "x"),
    ],
)
def test_an_outlook_body_in_html_or_only_rich_text_is_read(properties: dict[int, bytes], text: str) -> None:
    assert load(outlook_message({0x0037: "Rent", **properties}), MSG).pages[0].text == f"Subject: Rent\n\n{text}"


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", compound({"x": b"y"})])
def test_a_broken_outlook_message_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, MSG)


def test_what_outlook_holds_and_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> str:
        raise KeyError("malformed")

    for name in ("subject", "sent_date", "body"):
        monkeypatch.setattr(f"oxmsg.Message.{name}", property(fail))
    data = outlook_message({0x0037: "Rent", 0x0C1A: "Acme", 0x5D01: "office@acme.example", 0x1000: "Lost."})
    pages = load(data, MSG).pages
    assert pages[0].text == 'From: "Acme" <office@acme.example>'
    assert [page.unreadable for page in pages[1:]] == [
        f"Message: its {what} cannot be read; open it in Outlook" for what in ("header Date", "header Subject", "body")
    ]


def test_an_outlook_body_that_another_form_of_it_replaces_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> str:
        raise KeyError("malformed")

    monkeypatch.setattr("oxmsg.Message.body", property(fail))
    [page] = load(outlook_message({0x0037: "Rent", 0x1013: b"<p>Rich words.</p>"}), MSG).pages
    assert page.text == "Subject: Rent\n\nRich words."


def test_an_outlook_body_of_another_code_than_it_says_is_read() -> None:
    odd = outlook_message({0x0037: "Rent", 0x1013: "<p>The fee is 5 €.</p>".encode()})
    [page] = load(odd, MSG).pages
    assert page.text.startswith("Subject: Rent\n\nThe fee is 5")


def test_outlook_attachments_that_cannot_be_listed_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> str:
        raise KeyError("malformed")

    for name in ("attachments", "recipients"):
        monkeypatch.setattr(f"oxmsg.Message.{name}", property(fail))
    pages = load(outlook_message({0x0037: "Rent", 0x1000: "Words."}), MSG).pages
    assert pages[0].text == "Subject: Rent\n\nWords."
    assert [page.unreadable for page in pages[1:]] == [
        f"Message: its {what} cannot be read; open it in Outlook" for what in ("recipients", "attachments")
    ]


@pytest.mark.parametrize("name", ["subject", "body", "recipients", "attachments"])
def test_memory_that_runs_out_in_an_outlook_message_passes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> str:
        raise MemoryError

    monkeypatch.setattr(f"oxmsg.Message.{name}", property(fail))
    with pytest.raises(MemoryError):
        load(outlook_message({0x0037: "Rent", 0x1000: "Words."}), MSG)
