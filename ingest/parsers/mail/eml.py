"""Mail files (EML): a MIME tree to headers, body and attachments. Knows MIME; pages are
`ingest.parsers.mail.message`'s.

The standard library meets malformed headers with exceptions of every kind, so this module is a border: a header or part
it cannot read is named, and the rest is read. Memory that runs out is no fault of a header: it passes.
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
    """Pages of a mail file. Raises DamagedFile for what is none, LimitExceeded."""
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
        """Sort in a part and all that is inside it; one that fails is an attachment that is missing."""
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
        except Exception as error:  # noqa: BLE001 - border, see the module's docstring
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
        """One body in several forms: the plain one, unless it says nothing; an invitation's calendar is one more."""
        shown = [part for part in parts if not _is_other_text(part.get_content_type())]
        held = [(part, Message()) for part in shown or parts]
        for part, message in held:
            _Collector(message).collect(part)
        plain = [message.plain for _, message in held if message.plain.strip()]
        for text in plain:
            self._plain(text)
        if not plain:
            self._message.html += next((message.html for _, message in held if message.html), [])
        for _, message in held:
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
            return  # a picture that is part of the body: a logo, a smiley
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
    """The name; "" where there is none, None for one that cannot be read."""
    try:
        return _unworded(part.get_filename() or "")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - border, see the module's docstring
        return None


def _header(part: Mime, name: str) -> str | None:
    """The header's text; "" where there is none, None for one that cannot be read."""
    try:
        return _unworded(next((str(value) for key, value in part.raw_items() if key.lower() == name.lower()), ""))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - border, see the module's docstring
        return None


def _unworded(text: str) -> str:
    """A header's text with its encoded words ("=?utf-8?q?…?=") read, and bare bytes taken for UTF-8."""
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
