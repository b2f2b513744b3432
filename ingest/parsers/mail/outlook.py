"""Parses Outlook messages (MSG) with python-oxmsg: headers, body (plain, HTML or RTF), attachments.

python-oxmsg returns None for what a message does not have and raises exceptions of every kind on malformed files, so
this module is an error boundary: a property that fails is reported by name, and the rest is read.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import olefile
from oxmsg import Message as Outlook
from oxmsg.storage import Storage

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.mail.message import Attachment, Message, load_message, names_of
from ingest.parsers.rtf.lzfu import unpacked_rtf
from ragnano.errors import DamagedFile

Found = TypeVar("Found")
Other = TypeVar("Other")

_HTML, _RTF_COMPRESSED, _RECIPIENT_KIND = 0x1013, 0x1009, 0x0C15
_CONTENT_ID, _SHORT_NAME, _DISPLAY_NAME = 0x3712, 0x3704, 0x3001
_TO, _CC = 1, 2  # values of _RECIPIENT_KIND
_EMBEDDED_STORAGE = "__substg1.0_3701000D"
_PROPERTIES = "__properties_version1.0"
_SHORT_HEADER = 24  # bytes before an embedded message's properties; a file's own message has 32


def load_msg(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of an Outlook message. Raises DamagedFile if the file is not one, and LimitExceeded."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            storage = Storage.from_ole(compound)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        raise DamagedFile("the message is damaged; open it in Outlook and save it anew") from None
    return load_message(_message(storage), options)


def _message(storage: Storage) -> Message:
    outlook = Outlook(storage)
    lost: list[str] = []

    def read_or_note(what: str, otherwise: Other, read: Callable[[], Found]) -> Found | Other:
        """Return the result of `read`; if it fails, return `otherwise` and record `what` as lost."""
        found = _or_else(None, lambda: (read(),))
        if found is None:
            lost.append(f"its {what} cannot be read; open it in Outlook")
        return otherwise if found is None else found[0]

    people: Sequence[Any] = read_or_note("recipients", (), lambda: outlook.recipients)
    sent = read_or_note("header Date", None, lambda: outlook.sent_date)
    headers = [
        ("From", read_or_note("header From", "", lambda: outlook.sender or "")),
        ("To", names_of([_person(one) for one in people if _kind(one) == _TO])),
        ("Cc", names_of([_person(one) for one in people if _kind(one) == _CC])),
        ("Date", sent.strftime("%a, %d %b %Y %H:%M %z") if sent else ""),
        ("Subject", read_or_note("header Subject", "", lambda: outlook.subject)),
    ]
    before = len(lost)
    plain = read_or_note("body", "", lambda: outlook.body or "")
    html = read_or_note("body", "", lambda: _html(outlook))
    rich = read_or_note("body", b"", lambda: unpacked_rtf(outlook.properties.binary_prop_value(_RTF_COMPRESSED) or b""))
    del lost[before + (0 if plain.strip() or html or rich else 1) :]  # one readable form of the body is enough
    attached: Sequence[tuple[Any, Storage]] = read_or_note("attachments", (), lambda: _attached(outlook, storage))
    return Message(
        [(name, value) for name, value in headers if value],
        plain,
        # Of several forms of one body the plain one is preferred: other programs render HTML differently.
        [html] if html and not plain.strip() else [],
        rich,
        sent,
        [_attachment(item, place) for item, place in attached if not _is_part_of_body(item)],
        lost,
    )


def _html(outlook: Any) -> str | bytes:
    """Return the HTML body, or its bytes if they are not in the encoding that the message declares."""
    try:
        return outlook.html_body or ""
    except (UnicodeDecodeError, LookupError):
        return outlook.properties.binary_prop_value(_HTML) or b""


def _person(recipient: Any) -> tuple[str, str]:
    return _or_else("", lambda: recipient.name), _or_else("", lambda: recipient.email_address)


def _kind(recipient: Any) -> int:
    return _or_else(_TO, lambda: recipient.properties.int_prop_value(_RECIPIENT_KIND)) or _TO


def _attached(outlook: Outlook, storage: Storage) -> Sequence[tuple[Any, Storage]]:
    return tuple(zip(outlook.attachments, storage.iter_attachment_storages(), strict=True))


def _attachment(item: Any, place: Storage) -> Attachment:
    name = _or_else("", lambda: item.file_name) or _text(item, _SHORT_NAME) or _text(item, _DISPLAY_NAME)
    embedded = next((inner for inner in place.storages if inner.name == _EMBEDDED_STORAGE), None)
    if embedded is not None:
        return Attachment(f"{name or 'message'}.msg", None, message=lambda: _message(_widened(embedded)))
    data = _or_else(None, lambda: item.file_bytes)
    return Attachment(name, data, "" if data is not None else "its bytes are not in the message; save it apart")


def _is_part_of_body(item: Any) -> bool:
    """Return whether the attachment is a picture displayed in the body, such as a logo or a smiley."""
    kind = _or_else("", lambda: item.mime_type) or ""
    return bool(_text(item, _CONTENT_ID)) and kind.startswith("image/")


def _text(item: Any, name: int) -> str:
    return _or_else("", lambda: item.properties.str_prop_value(name)) or ""


def _widened(storage: Storage) -> Storage:
    """Return an embedded message with the longer header that python-oxmsg expects of every message."""
    streams = tuple(
        replace(stream, bytes_=stream.bytes_[:_SHORT_HEADER] + bytes(8) + stream.bytes_[_SHORT_HEADER:])
        if stream.name == _PROPERTIES
        else stream
        for stream in storage.streams
    )
    return Storage(storage.path, streams, storage.storages)


def _or_else(otherwise: Found, read: Callable[[], Found]) -> Found:
    """Return the result of `read`, or `otherwise` if it fails."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        return otherwise
