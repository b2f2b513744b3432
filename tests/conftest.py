"""Fakes with predictable results, and folders private to one test.

Tests may open no sockets except to loopback (pyproject.toml: --allow-hosts).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from numpy.typing import NDArray

from ragnano.assistant import Assistant
from ragnano.models import Generation, Prompt, Reading
from ragnano.settings import Settings
from ragnano.text.words import WORD, content_stems
from ragnano.types import Chunk, Document, Evidence, Hit, Page, ParsedDocument, Span

DATA = Path(__file__).parents[2] / "shared" / "data"
SAMPLES = Path(__file__).parents[1] / "sample_docs"
DIMENSIONS = 64

# How long an example takes depends on the machine's other work, not on ragnano.
hypothesis.settings.register_profile("ragnano", deadline=None)
hypothesis.settings.load_profile("ragnano")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts slow tests first: with several workers, the last of them must not wait for one long file."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class FakeEmbedder:
    """Embeds a text as the counts of its content stems, hashed into 64 dimensions, at unit length."""

    name = "fake"
    dimensions = DIMENSIONS
    fingerprint = "fake-1"

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for stem in content_stems(text):
            vector[hashlib.sha256(stem.encode()).digest()[0] % DIMENSIONS] += 1
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        return self.embed_sentences(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class FakeReader:
    """Scores a passage, and each word with its neighbours, by the share of the question's words in it.

    A token is a word; the neighbours are six words before and after. All words are equally likely to begin or end the
    exact answer, so a sentence's first word becomes the answer.
    """

    name = "fake"

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        asked = set(content_stems(question))
        return [self._reading(asked, passage) for passage in passages]

    def _reading(self, asked: set[str], passage: str) -> Reading:
        matches = list(WORD.finditer(passage))
        words = [
            self._share(asked, " ".join(match.group() for match in matches[max(0, at - 6) : at + 7]))
            for at in range(len(matches))
        ]
        spans = tuple(match.span() for match in matches)
        ends = np.full(len(matches), 1 / max(1, len(matches)), dtype=np.float32)
        kinds = np.array([1, 0, 0, 0, 0], dtype=np.float32)
        return Reading(
            12 * self._share(asked, passage) - 6, kinds, np.array(words, dtype=np.float32), ends, ends, spans
        )

    def _share(self, asked: set[str], text: str) -> float:
        return len(asked & set(content_stems(text))) / max(1, len(asked))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def close(self) -> None:
        pass


class FakeChatModel:
    """Replies with the given text and records its prompts. A token is a word."""

    def __init__(self, reply: str | Callable[[Prompt], str] = "NOT FOUND") -> None:
        self.reply = reply
        self.prompts: list[Prompt] = []
        self.waiting = 0

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Generation:
        self.prompts.append(prompt)
        reply = self.reply(prompt) if callable(self.reply) else self.reply
        for word in reply.split(" "):
            if on_text:
                on_text(word + " ")
        read = sum(len(part.text.split()) for part in prompt.parts)
        return Generation(
            text=reply,
            prompt_tokens=read,
            answer_tokens=len(reply.split()),
            seconds_to_first_token=0.0,
            finish="stop",
        )

    def close(self) -> None:
        pass


def make_document(
    text: str,
    *,
    name: str = "agreement.txt",
    title: str = "Agreement",
    media_type: str = "text/plain",
    **more: object,
) -> ParsedDocument:
    """Returns a one-page document; its paragraphs (split at empty lines) become chunks, and "# " opens a heading."""
    identifier = hashlib.sha256(text.encode()).hexdigest()
    chunks: list[Chunk] = []
    section, start = "", 0
    for paragraph in text.split("\n\n"):
        span = Span(1, start, start + len(paragraph))
        start += len(paragraph) + 2
        if paragraph.startswith("# "):
            section = paragraph[2:].strip()
        elif paragraph.strip():
            chunks.append(
                Chunk(
                    identifier,
                    len(chunks),
                    " ".join(paragraph.split()),
                    (span,),
                    title,
                    section,
                    len(paragraph.split()),
                )
            )
    document = Document(identifier, title, media_type, 1, len(text.encode()), **more)  # type: ignore[arg-type]
    return ParsedDocument(document, (Page(1, 0, 0, text, read_by="plain"),), tuple(chunks))


def make_evidence(*texts: str) -> tuple[Evidence, ...]:
    """Returns evidence of one sentence per line on the page of one document."""
    document = Document("0" * 64, "Agreement", "text/plain", 1, 1, paths=("agreement.txt",))
    found, start = [], 0
    for ordinal, text in enumerate(texts):
        span = Span(1, start, start + len(text))
        start += len(text) + 1
        chunk = Chunk(document.id, ordinal, text, (span,), id=ordinal + 1)
        found.append(Evidence(Hit(chunk, document, 1.0), (span,), text, 0.9))
    return tuple(found)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", models_dir=tmp_path / "models")


@pytest.fixture
def chat_model() -> FakeChatModel:
    return FakeChatModel()


@pytest.fixture
def assistant(settings: Settings, chat_model: FakeChatModel) -> Iterator[Assistant]:
    with Assistant(settings, embedder=FakeEmbedder(), reader=FakeReader(), chat_model=chat_model) as helper:
        yield helper


def add_text(
    helper: Assistant, text: str, *, name: str = "agreement.txt", collection: str = "default", **more: object
) -> str:
    """Stores a text as a document and returns its id."""
    parsed = make_document(text, name=name, **more)
    vectors = FakeEmbedder().embed_sentences(
        [f"{chunk.context} {chunk.section} {chunk.text}" for chunk in parsed.chunks]
    )
    helper.catalogue.add(parsed, vectors, collection=collection, path=f"/docs/{name}", size=len(text), mtime_ns=1)
    helper.vectors.sync()
    return parsed.document.id
