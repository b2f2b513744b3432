"""The formats in which a conversation can be exported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ragnano.conversations.document_export import pdf, word
from ragnano.conversations.transcript import markdown
from ragnano.types import ConversationInfo, Turn

Form = Literal["docx", "pdf", "markdown"]


@dataclass(frozen=True, slots=True)
class Export:
    """A format: its display name, file extension and media type (as registered by IANA)."""

    name: str
    ending: str
    media_type: str
    _make: Callable[[ConversationInfo, Sequence[Turn]], str | bytes]

    def content(self, info: ConversationInfo, turns: Sequence[Turn]) -> bytes:
        """Returns the file's bytes; text is UTF-8. It contains words of documents."""
        made = self._make(info, turns)
        return made.encode() if isinstance(made, str) else made

    def file_name(self, info: ConversationInfo) -> str:
        """Returns the file name: the day of the last question and the start of the id, without words of a document."""
        return f"conversation-{info.updated[:10]}-{info.id[:6]}.{self.ending}"


EXPORTS: dict[Form, Export] = {
    "docx": Export("Word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
    "pdf": Export("PDF", "pdf", "application/pdf", pdf),
    "markdown": Export("Markdown", "md", "text/markdown", markdown),
}
