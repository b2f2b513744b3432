"""Decompresses the rich text of Outlook messages (LZFu, [MS-OXRTFCP]) to plain RTF."""

from ragnano.errors import DamagedFile

_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEADER = 16  # bytes: packed size, unpacked size, form, checksum
_RING = 4096
# Initial content of the ring buffer, as the specification gives it: 207 bytes.
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_MOST_UNPACKED = 64 << 20  # bytes


def unpacked_rtf(data: bytes) -> bytes:
    """Return the decompressed RTF, b"" for no data. Raises DamagedFile if the data is not compressed RTF."""
    if not data:
        return b""
    form, size = data[8:12], int.from_bytes(data[4:8], "little")
    if form == _PLAIN:
        return data[_HEADER : _HEADER + size]
    if form != _PACKED or size > _MOST_UNPACKED:
        raise DamagedFile("the message's rich text is damaged; save the message anew")
    ring = bytearray(_BEGINNING.ljust(_RING, b"\0"))
    write, at, out = len(_BEGINNING), _HEADER, bytearray()
    while at < len(data):
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data) or len(out) >= size:
                return bytes(out)
            if control >> bit & 1:
                reference = int.from_bytes(data[at : at + 2], "big")
                at += 2
                offset, length = reference >> 4, (reference & 15) + 2
                if offset == write:
                    return bytes(out)  # a reference to the write position ends the data
                copied = []
                for step in range(length):
                    byte = ring[(offset + step) % _RING]
                    copied.append(byte)
                    ring[(write + step) % _RING] = byte
                out += bytes(copied)
                write = (write + length) % _RING
            else:
                out.append(data[at])
                ring[write] = data[at]
                write = (write + 1) % _RING
                at += 1
    return bytes(out)
