"""What the tasks share: their tools, a line of an answer, and the outcome of a task."""

from collections.abc import Callable
from dataclasses import dataclass

from ragnano.models import ChatModel, Embedder, Reader
from ragnano.retrieval.retriever import Found
from ragnano.settings import Settings
from ragnano.store import Catalogue
from ragnano.tasks.sections import Sentence
from ragnano.types import Direct, Document, Evidence, Hit, Row, Scope, TokenCount

NO_TOKENS = TokenCount()


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Tools:
    """What a task works with. Models are opened on first use; `chat` is None for quotes only.

    `find` searches (question, scope, how many hits). `on_text` receives lines as they become ready, `on_progress` how
    many of how many documents have been read.
    """

    catalogue: Catalogue
    open_embedder: Callable[[], Embedder]
    open_reader: Callable[[], Reader]
    settings: Settings
    find: Callable[[str, Scope, int], Found]
    chat: Callable[[], ChatModel] | None = None
    on_text: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] = _never
    on_progress: Callable[[int, int], None] | None = None

    @property
    def embedder(self) -> Embedder:
        """Returns the embedder, opened on first use. Raises ModelMissing."""
        return self.open_embedder()

    @property
    def reader(self) -> Reader:
        """Returns the reader, opened on first use. Raises ModelMissing."""
        return self.open_reader()

    def show(self, line: str) -> None:
        """Passes a finished line on."""
        if self.on_text is not None:
            self.on_text(line + "\n")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a task: its text and the supporting evidence, in citation order [1], [2] …

    Empty text means that the documents do not answer; `nearest` are then the closest hits. `first_token_at` is the time
    (time.monotonic) of the model's first word, `ready_at` the time from which only wording was left to do.
    `direct` is given if one cell of a table answers.
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
    rows: tuple[Row, ...] = ()
    direct: Direct | None = None


def as_evidence(sentence: Sentence, document: Document, score: float) -> Evidence:
    """Returns a sentence as evidence, with `score` clipped to 0 to 1."""
    bounded = max(0.0, min(1.0, score))
    return Evidence(Hit(sentence.chunk, document, bounded), sentence.spans, sentence.text, bounded)
