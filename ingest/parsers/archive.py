"""Parses zip archives: each member goes to the parser of its format and is cited as "contracts/lease.pdf, page 4".

Nothing is unpacked to disk, so a member's name cannot be used as a path. The unpacked size of a member is limited
before the member is read.
"""

import io
import stat
import zipfile
import zlib

from ingest.discovery.walk import is_system
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.nested_files import inside, is_spent, member_name, numbered, read_member, unreadable
from ragnano.errors import DamagedFile, PasswordNeeded
from ragnano.types import Page

MOST_RATIO = 200
"""Ratio of unpacked to packed bytes of one member. One repeated letter reaches 1,000, a sheet of equal rows 14."""
FREE = 20 << 20  # bytes; the ratio is not checked below this size
_MOST_MEMBER = 400 << 20  # bytes of one member
_ENCRYPTED = 1  # bit in a member's flags
_UTF8 = 1 << 11
_DAMAGED = "the archive is damaged; pack it anew"


def load_zip(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of all members, sorted by member name.

    Raises DamagedFile if the archive is not valid or contains nothing readable, and LimitExceeded if it is too large.
    """
    within = inside(options)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DamagedFile(_DAMAGED) from None
    pages: list[Page] = []
    for member in sorted(archive.infolist(), key=lambda one: one.filename):
        name = member_name(_name(member))
        if is_spent(within):
            break
        if not member.is_dir() and not any(map(is_system, name.split("/"))):
            pages += _read(archive, member, name, within)
    # Inside another file, the members are listed one by one, as for an archive with readable members.
    if not any(page.text for page in pages) and (options.inside is None or not pages):
        raise DamagedFile(_why_nothing(pages))
    return LoadedFile(numbered(pages), front="archive")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, options: ReadOptions) -> list[Page]:
    if stat.S_ISLNK(member.external_attr >> 16):
        return [unreadable(name, "a link to another file, which is not followed; pack the file itself")]
    if member.file_size > _MOST_MEMBER or member.file_size > max(FREE, MOST_RATIO * member.compress_size):
        return [unreadable(name, "unpacks to far more than it weighs, like a decompression bomb; left out")]
    try:
        data = _bytes(archive, member, options)
    except PasswordNeeded as error:
        return [unreadable(name, str(error))]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        return [unreadable(name, "damaged inside the archive; pack it anew")]
    return read_member(name, data, options, name)


def _bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, options: ReadOptions) -> bytes:
    """Return a member's bytes, using the first password that fits. Raises PasswordNeeded and zipfile's own errors."""
    if not member.flag_bits & _ENCRYPTED:
        return archive.read(member)
    for password in options.passwords:
        try:
            return archive.read(member, password.encode())
        except (RuntimeError, zipfile.BadZipFile, zlib.error):
            continue  # a wrong password may pass the check byte and then unpack to nonsense
    raise PasswordNeeded("encrypted, and no given password opens it; give the password or unpack it")


def _name(member: zipfile.ZipInfo) -> str:
    """Return the intended name: many zip programs write UTF-8 without setting the flag for it."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _why_nothing(pages: list[Page]) -> str:
    reasons = [page.unreadable for page in pages if page.unreadable]
    if not reasons:
        return "the archive holds no files; nothing to take in"
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return f"nothing in the archive can be read ({reasons[0]}{more})"
