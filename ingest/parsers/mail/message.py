"""Converts a message of any mail format into pages: its headers and body, then each attachment with its own parser.

The files are parsed by `ingest.parsers.mail.eml` and `ingest.parsers.mail.outlook`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Composer
from ingest.parsers.nested_files import inside, is_spent, member_name, numbered, pages_at, read_member, unreadable
from ingest.parsers.office.ooxml import metadata_line
from ragnano.errors import DamagedFile
from ragnano.text.words import fold
from ragnano.types import Page

PLACE = "Message"
_SIGNATURES = ("smime.p7s", "signature.asc")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment: a file's bytes, or (None) another message, or the reason why there is neither."""

    name: str
    data: bytes | None
    missing: str = ""
    message: "Callable[[], Message] | None" = None


@dataclass(slots=True)
class Message:
    """Displayed headers in order, the parts of the body, attachments, and what could not be read.

    `plain` and `html` are different parts, and both are used: of several forms of one part, the parser of the mail
    format chooses one. `rich` is a further form, for bodies that have no other.
    """

    headers: list[tuple[str, str]] = field(default_factory=list)
    plain: str = ""
    html: list[str | bytes] = field(default_factory=list)
    rich: bytes = b""
    sent: datetime | None = None
    attachments: list[Attachment] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What could not be read, apart from attachments, as reasons."""


def load_message(message: Message, options: ReadOptions) -> LoadedFile:
    """Return the pages of a message. Raises DamagedFile if it is empty, and LimitExceeded."""
    within = inside(options)
    out = Composer(PLACE)
    for name, value in message.headers:
        if shown := fold(value):
            out.paragraph(f"{name}: {shown}", name)
    _write_body(message, out)
    pages = [*out.pages(), *(unreadable(PLACE, reason) for reason in message.lost)]
    for number, attachment in enumerate(message.attachments, 1):
        name = member_name(attachment.name) if attachment.name else f"{number}, without a name"
        if is_spent(within):
            break
        if name.lower().endswith(_SIGNATURES):
            continue
        place = f"Attachment {name}"
        pages += _attached(attachment, name, place, within)
    if not any(page.text for page in pages):
        raise DamagedFile("the message holds no text; nothing to take in")
    facts = dict(message.headers)
    return LoadedFile(
        numbered(pages),
        metadata_line(facts.get("Subject", "")),
        metadata_line(facts.get("From", "")),
        date=message.sent.date().isoformat() if message.sent else None,
        front="message",
    )


def _attached(attachment: Attachment, name: str, place: str, options: ReadOptions) -> list[Page]:
    if attachment.data is not None:
        return read_member(name, attachment.data, options, place)
    if (opened := attachment.message) is not None:
        return pages_at(place, lambda: load_message(opened(), options))
    return [unreadable(place, attachment.missing)]


def _write_body(message: Message, out: Composer) -> None:
    for paragraph in _PARAGRAPHS.split(message.plain.replace("\r\n", "\n").replace("\r", "\n")):
        out.paragraph(paragraph)
    for page in message.html:
        from ingest.parsers.html.document import write_html  # takes half a second, needed for HTML alone

        write_html(page, out)
    if message.rich and not (message.plain.strip() or message.html):
        from ingest.parsers.rtf.document import write_rtf

        write_rtf(message.rich, out)


def unflowed(text: str, *, joined: bool = False) -> str:
    """Join the lines of "flowed" text (RFC 3676); `joined` drops the space at their ends."""
    lines: list[str] = []
    flows = False
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = line[1:] if line.startswith(" ") else line  # remove the space that was put before a line to protect it
        if flows and lines:
            lines[-1] = (lines[-1][:-1] if joined else lines[-1]) + plain
        else:
            lines.append(plain)
        flows = plain.endswith(" ") and plain != "-- " and not plain.startswith(">")
    return "\n".join(lines)


def names_of(people: Sequence[tuple[str, str]]) -> str:
    """Format names and addresses as a header lists them."""
    shown = (
        f"{name} <{address}>" if name and address and name != address else name or address for name, address in people
    )
    return ", ".join(one for one in shown if one)
