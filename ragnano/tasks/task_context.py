"""What the tasks share: the tools they work with, one line of an answer, and what comes of a task."""

from collections.abc import Callable
from dataclasses import dataclass

from ragnano.models import ChatModel, Embedder, Reader
from ragnano.retrieval.retriever import Found
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.tasks.sections import Sentence
from ragnano.types import Document, Evidence, Hit, Scope, TokenCount

NO_TOKENS = TokenCount()


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Tools:
    """What a task works with. `chat` opens the chat model at its first use (None: quotes only).

    `find` searches (question, scope, how many hits). `on_text` receives lines as they get ready.
    """

    catalogue: Catalogue
    embedder: Embedder
    reader: Reader
    settings: Settings
    find: Callable[[str, Scope, int], Found]
    chat: Callable[[], ChatModel] | None = None
    on_text: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] = _never

    def show(self, line: str) -> None:
        """Hand a finished line on."""
        if self.on_text is not None:
            self.on_text(line + "\n")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: its text and the evidence behind it, in the order of the marks [1], [2] …

    No text means that the documents don't say; `nearest` are then the hits that came closest. `first_token_at` is the
    moment (time.monotonic) of the model's first word, `ready_at` that from which on only wording was left to do.
    """

    text: str = ""
    evidence: tuple[Evidence, ...] = ()
    about: tuple[Document, ...] = ()
    nearest: tuple[Hit, ...] = ()
    phrased: bool = False
    confidence: float = 0.0
    tokens: TokenCount = NO_TOKENS
    ready_at: float | None = None
    first_token_at: float | None = None


def as_evidence(sentence: Sentence, document: Document, score: float) -> Evidence:
    """A sentence as evidence, `score` brought to 0 to 1."""
    bounded = max(0.0, min(1.0, score))
    return Evidence(Hit(sentence.chunk, document, bounded), sentence.spans, sentence.text, bounded)
