"""Predictable fakes for the app's tests, and small PDFs with known words.

The embedder counts words in 64 dimensions; the chat model repeats an extract from its prompt.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from ragnano.errors import RagnanoError
from ragnano.text.words import content_stems
from tests.conftest import FakeEmbedder, FakeReader

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "ui"

AGREEMENT = (
    "Services Agreement",
    "This Services Agreement is made between Alderbrook Systems Inc. and Fernhill Mills Ltd.",
    "1. Services",
    "The Supplier shall maintain the weaving machines of the Customer every month.",
    "2. Termination",
    "Either party may terminate this Agreement by giving sixty days written notice to the other party.",
    "3. Fees",
    "The Customer shall pay a monthly fee of $4,250 plus $75 for each hour of travel.",
)
NASTY = (
    "Literal notice: $x^2$ :smile: :red[red] **bold** <b>tag</b> [link](http://example.com) -> `code` "
    "www.example.com me@example.com $4,000 plus $5,000"
)
"""A sentence that Markdown, HTML and LaTeX would each render differently."""


class FakeChatModel:
    """Repeats the extract with the most words of the question, a word every `seconds_a_word`; one request at a time.

    While a file exists at the path HOLD_ANSWERS, no answer gets a second word.
    """

    def __init__(self, seconds_a_word: float = 0.0) -> None:
        self.seconds_a_word = seconds_a_word
        self.waiting = 0
        self.asked = 0
        self._turn = threading.Lock()
        self._hold = Path(os.environ.get("HOLD_ANSWERS", "nothing is held"))

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(
        self,
        prompt: Any,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Any:
        from ragnano.models import Generation

        *extracts, question = (part.text for part in prompt.parts if not part.trusted)
        asked = set(content_stems(question))
        extract = max(extracts, key=lambda text: len(asked & set(content_stems(text))))
        if extract.startswith("(") and ") " in extract:
            extract = extract.split(") ", 1)[1]
        reply = f"{extract} [1]"
        while not self._turn.acquire(timeout=0.05):
            if cancelled and cancelled():
                return Generation("", 0, 0, None, "cancelled")
        try:
            self.asked += 1
            for word in reply.split(" "):
                if cancelled:
                    cancelled()
                time.sleep(self.seconds_a_word)
                if on_text:
                    on_text(word + " ")
                while self._hold.exists():
                    time.sleep(0.02)
                    if cancelled:
                        cancelled()
        finally:
            self._turn.release()
        words = len(reply.split())
        return Generation(reply, words, words, 0.0, "stop")

    def close(self) -> None:
        """Releases nothing."""


def fake_parser(settings: Any) -> Callable[[Any], Any]:
    """For the parser process: like the real one, with words for tokens.

    While a file exists at the path HOLD, the file that it names is not read.
    """
    from ingest.document_builder import read

    hold = Path(os.environ.get("HOLD", "nothing is held"))

    def read_in_time(job: Any) -> Any:
        while hold.exists() and job.path.endswith(hold.read_text(encoding="utf-8")):
            time.sleep(0.02)
        return read(job, FakeEmbedder().count_tokens)

    return read_in_time


class ParserInProcess:
    """Parses files immediately and in this process: a tenth of the time that starting a process takes."""

    def __init__(self, settings: Any) -> None:
        self._read = fake_parser(settings)

    def submit(self, job: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(self._read(job))
        except RagnanoError as error:
            future.set_exception(error)
        return future

    def __enter__(self) -> "ParserInProcess":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends nothing."""


def use_fakes(seconds_a_word: float = 0.0) -> None:
    """Replaces the models by the fakes, in this process."""
    import functools

    import shared
    from streamlit import config

    from ingest import pipeline
    from ingest.workers.pool import ParserPool
    from ragnano.assistant import Assistant
    from ragnano.settings import Settings

    # A test's process has not loaded the app's own configuration: this line of it decides who may connect.
    if config.get_option("server.address") is None:
        config.set_option("server.address", "127.0.0.1")
    pipeline.ParserPool = functools.partial(ParserPool, make=fake_parser)
    shared.make_assistant = lambda: Assistant(
        Settings.load(),
        embedder=FakeEmbedder(),
        reader=FakeReader(),
        chat_model=FakeChatModel(seconds_a_word),
    )


def write_pdf(path: Path, *pages: Sequence[str], rotate: int = 0, password: str | None = None) -> Path:
    """Writes a PDF of A4 pages, one paragraph per item, wrapped to the page's width."""
    from xml.sax.saxutils import escape

    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph

    style = getSampleStyleSheet()["Normal"].clone("body", fontSize=11, leading=15)
    canvas = Canvas(str(path), pagesize=A4, invariant=1, encrypt=password)
    for paragraphs in pages:
        y = A4[1] - 72
        for text in paragraphs:
            paragraph = Paragraph(escape(text), style)
            _, height = paragraph.wrap(A4[0] - 144, y)
            y -= height
            paragraph.drawOn(canvas, 72, y)
            y -= 12
        canvas.showPage()
    canvas.save()
    if rotate:
        _rotate(path, rotate)
    return path


def _rotate(path: Path, degrees: int) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for page in PdfReader(path).pages:
        writer.add_page(page.rotate(degrees))
    writer.write(path)
