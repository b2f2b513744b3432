"""The data types on the way from a file to a cited answer.

All are frozen and made of standard-library types, so they can be pickled between processes, compared in tests and
imported at no cost. They do not depend on storage, models or file formats.
"""

from ragnano.types.answers import (
    Answer,
    Citation,
    Conflict,
    Direct,
    Row,
    Side,
    Timings,
    TokenCount,
    Verdict,
)
from ragnano.types.conversations import (
    ConversationInfo,
    FoundTurn,
    Turn,
)
from ragnano.types.documents import (
    Block,
    BlockKind,
    Box,
    Chunk,
    Document,
    Hidden,
    HiddenKind,
    Mark,
    OutlineEntry,
    Page,
    ParsedDocument,
    ReadBy,
    Span,
)
from ragnano.types.evidence import (
    SURE,
    DirectKind,
    Evidence,
    Exact,
    Hit,
    Reference,
    Scope,
)
from ragnano.types.ingestion import (
    FailedFile,
    HiddenOnPage,
    IngestReport,
    NearCopy,
    TypeCount,
    UnreadablePage,
)

__all__ = [
    "SURE",
    "Answer",
    "Block",
    "BlockKind",
    "Box",
    "Chunk",
    "Citation",
    "Conflict",
    "ConversationInfo",
    "Direct",
    "DirectKind",
    "Document",
    "Evidence",
    "Exact",
    "FailedFile",
    "FoundTurn",
    "Hidden",
    "HiddenKind",
    "HiddenOnPage",
    "Hit",
    "IngestReport",
    "Mark",
    "NearCopy",
    "OutlineEntry",
    "Page",
    "ParsedDocument",
    "ReadBy",
    "Reference",
    "Row",
    "Scope",
    "Side",
    "Span",
    "Timings",
    "TokenCount",
    "Turn",
    "TypeCount",
    "UnreadablePage",
    "Verdict",
]
