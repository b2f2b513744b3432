"""Fake parsers for the parser process, and handmade PDFs, for the tests of `ingest`."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.document_builder import Job, read
from ingest.parsers.base.heartbeat import beat
from ingest.workers.parser_process import ParseFile
from ragnano.settings import Settings
from ragnano.types import ParsedDocument


def count_words(texts: Sequence[str]) -> list[int]:
    """A token is a word."""
    return [len(text.split()) for text in texts]


class LetterEmbedder:
    """Embeds a text as the counts of its letters a to z, at unit length, and records how many texts each call had."""

    name = "letters"
    dimensions = 26
    fingerprint = "letters-1"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        self.calls.append(len(texts))
        counts = np.array([[text.lower().count(chr(97 + place)) for place in range(26)] for text in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return count_words(texts)


def word_parser(settings: Settings) -> ParseFile:
    """Parses like the real one, with words for tokens."""
    return lambda job: read(job, count_words)


def fragile_parser(settings: Settings) -> ParseFile:
    """Parses like `word_parser`, but obeys some file names: dies, hangs, prints, fails, uses up memory."""

    def parse(job: Job) -> ParsedDocument:
        name = Path(job.path).stem
        if name == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "hangs":
            time.sleep(60)
        if name == "prints":
            os.write(1, b"noise that is no reply\n" * 1000)
        if name == "fails":
            raise ZeroDivisionError("the words of a private contract")
        if name == "eats":
            bytearray(8 << 30)
        return read(job, count_words)

    return parse


def signalling_parser(settings: Settings) -> ParseFile:
    """Reports progress for 4 s before it parses, or hangs, depending on the file name."""

    def parse(job: Job) -> ParsedDocument:
        if Path(job.path).stem == "hangs":
            time.sleep(60)
        for _ in range(8):
            time.sleep(0.5)
            beat()
        return read(job, count_words)

    return parse


def bare_pdf(content: bytes, *, to_unicode: bytes = b"", box: str = "0 0 300 200", extra: str = "") -> bytes:
    """Returns a one-page PDF with this content stream; F1 is Helvetica, with a character map when one is given."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n" + to_unicode + b"\nendcmap end end"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{extra}/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica" + (b"/ToUnicode 6 0 R" if to_unicode else b"") + b">>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def lines_page(*lines: str) -> bytes:
    """Returns a content stream that prints lines 14 points apart; an empty line leaves a gap."""
    shown = b"".join(
        b"T* " if not line else b"(%s) Tj T* " % line.replace("(", "\\(").replace(")", "\\)").encode("latin-1")
        for line in lines
    )
    return b"BT /F1 10 Tf 14 TL 20 170 Td " + shown + b"ET"
