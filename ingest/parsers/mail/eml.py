"""Parses mail files (EML): a MIME tree into headers, body and attachments. `ingest.parsers.mail.message` makes the
pages.

The standard library raises exceptions of every kind on malformed headers, so this module is an error boundary: a header
or part that cannot be read is reported by name, and the rest is read. MemoryError is not caught.
"""

import email
import email.errors
import email.header
import email.policy
import re
from datetime import datetime
from email.message import Message as Mime
from email.utils import parsedate_to_datetime

from ingest.characters.encodings import decoded
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.mail.message import Attachment, Message, load_message, unflowed
from ragnano.errors import DamagedFile

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_FIELD = re.compile(rb"^[!-9;-~]+:", re.M)
_MOST_PARTS = 2_000
_BODIES = ("text/plain", "text/html")
_LOST = "{} cannot be read; open it in its mail program"
_ENCODED = "the part is encrypted; open the message in its mail program and save the attachment"


def load_eml(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a mail file. Raises DamagedFile if the file is not one, and LimitExceeded."""
    if not _FIELD.search(data[:4096]):
        raise DamagedFile("not a mail file: it has no headers; save the message anew as .eml")
    mime = email.message_from_bytes(data, policy=email.policy.compat32)
    message = Message()
    for name in _SHOWN:
        value = _header(mime, name)
        if value is None:
            message.lost.append(_LOST.format(f"its header {name}"))
        elif value:
            message.headers.append((name, value))
    message.sent = _sent(mime)
    _Collector(message).collect(mime)
    return load_message(message, options)


class _Collector:
    """Sorts the parts of a MIME tree into a message."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._left = _MOST_PARTS

    def collect(self, part: Mime) -> None:
        """Add a part and everything inside it. A part that fails is recorded as a missing attachment."""
        self._left -= 1
        if self._left == -1:
            reason = f"it has more than {_MOST_PARTS:,} parts, the rest is left out; save its attachments apart"
            self._message.lost.append(reason)
        if self._left < 0:
            return
        try:
            self._sort(part)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - error boundary, see the module's docstring
            reason = f"the part cannot be taken apart ({type(error).__name__}); open the message in its mail program"
            self._message.attachments.append(Attachment("", None, reason))

    def _sort(self, part: Mime) -> None:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._forwarded(part)
        elif kind == "multipart/alternative" and part.is_multipart():
            self._alternatives(_children(part))
        elif kind == "multipart/encrypted":
            self._message.attachments.append(Attachment("encrypted part", None, _ENCODED))
        elif part.is_multipart():
            for child in _children(part):
                self.collect(child)
        else:
            self._leaf(part, kind)

    def _alternatives(self, parts: list[Mime]) -> None:
        """Choose between forms of one body: the plain one unless it is empty, plus the calendar of an invitation."""
        shown = [part for part in parts if not _is_other_text(part.get_content_type())]
        messages = [(part, Message()) for part in shown or parts]
        for part, message in messages:
            _Collector(message).collect(part)
        plain = [message.plain for _, message in messages if message.plain.strip()]
        for text in plain:
            self._plain(text)
        if not plain:
            self._message.html += next((message.html for _, message in messages if message.html), [])
        for _, message in messages:
            self._message.attachments += message.attachments
            self._message.lost += message.lost

    def _forwarded(self, part: Mime) -> None:
        inner = next(iter(_children(part)), None)
        if inner is not None:
            name = _header(inner, "Subject") or _file_name(part) or "message"
            self._message.attachments.append(Attachment(f"{name.replace('/', ' ')}.eml", inner.as_bytes()))

    def _leaf(self, part: Mime, kind: str) -> None:
        name = _file_name(part)
        if name is None:
            self._message.lost.append(_LOST.format("the name of an attachment"))
        attached = part.get_content_disposition() == "attachment"
        if kind in _BODIES and not name and not attached:
            self._body(part, kind)
        elif kind.startswith("image/") and not attached and (part.get("Content-ID") or not name):
            return  # a picture displayed in the body, such as a logo or a smiley
        elif kind == "application/pkcs7-mime" and part.get_param("smime-type") != "signed-data":
            self._message.attachments.append(Attachment(name or "", None, _ENCODED))
        else:
            self._message.attachments.append(Attachment(name or "", _bytes(part)))

    def _body(self, part: Mime, kind: str) -> None:
        data = _bytes(part)
        if kind == "text/html":
            self._message.html.append(_text(part, data))
        else:
            text = _text(part, data)
            if str(part.get_param("format", "")).lower() == "flowed":
                text = unflowed(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
            self._plain(text)

    def _plain(self, text: str) -> None:
        self._message.plain += ("\n\n" if self._message.plain else "") + text


def _is_other_text(kind: str) -> bool:
    return kind.startswith("text/") and kind not in _BODIES


def _children(part: Mime) -> list[Mime]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Mime)] if isinstance(payload, list) else []


def _bytes(part: Mime) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: Mime, data: bytes) -> str:
    charset = part.get_content_charset()
    try:
        return data.decode(charset) if charset else decoded(data)
    except (LookupError, UnicodeDecodeError):
        return decoded(data)


def _file_name(part: Mime) -> str | None:
    """Return the file name, "" if there is none, or None if it cannot be read."""
    try:
        return _unworded(part.get_filename() or "")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        return None


def _header(part: Mime, name: str) -> str | None:
    """Return the header's text, "" if there is none, or None if it cannot be read."""
    try:
        return _unworded(next((str(value) for key, value in part.raw_items() if key.lower() == name.lower()), ""))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        return None


def _unworded(text: str) -> str:
    """Decode the encoded words ("=?utf-8?q?…?=") of a header's text, and read raw bytes as UTF-8."""
    bare = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(email.header.make_header(email.header.decode_header(bare)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return bare


def _sent(mime: Mime) -> datetime | None:
    try:
        return parsedate_to_datetime(str(mime.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
