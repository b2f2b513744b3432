"""Turns one file's bytes into a parsed document: pages, blocks, title and parties, chunks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.chunking.chunker import Chunker, CountTokens, context_of
from ingest.metadata.title_and_date import front_of
from ingest.parsers.registry import ReadOptions, load
from ingest.structure.blocks import blocks_of
from ragnano.types import Block, Chunk, Document, Page, ParsedDocument


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: its path, media type, the most tokens of a chunk, and the options for reading it."""

    path: str
    media_type: str
    chunk_tokens: int
    options: ReadOptions = field(default_factory=ReadOptions)


def read(job: Job, count: CountTokens) -> ParsedDocument:
    """Parses the file's current bytes into a document. Raises subclasses of LoadError, and OSError."""
    data = Path(job.path).read_bytes()
    loaded = load(data, job.media_type, job.options)
    blocks = blocks_of(loaded.pages, loaded.outline)
    front = front_of(blocks, loaded, job.path)
    document = Document(
        id=hashlib.sha256(data).hexdigest(),
        title=front.title,
        media_type=job.media_type,
        pages=len(loaded.pages),
        size=len(data),
        parties=front.parties,
        date=front.date,
        status="partial" if any(page.misses_text for page in loaded.pages) else "ready",
        author=loaded.author,
        outline=loaded.outline,
    )
    chunks = _chunks(document, loaded.pages, blocks, job.chunk_tokens, count)
    return ParsedDocument(document, loaded.pages, tuple(chunks))


def chunks_of(document: Document, pages: Sequence[Page], limit: int, count: CountTokens) -> list[Chunk]:
    """Returns new chunks of a stored document, made from its stored pages; its file is not needed."""
    return _chunks(document, pages, blocks_of(pages, document.outline), limit, count)


def _chunks(
    document: Document, pages: Sequence[Page], blocks: Sequence[Block], limit: int, count: CountTokens
) -> list[Chunk]:
    context = context_of(document.title, document.parties, count)
    return Chunker(limit, count).chunks(document.id, pages, blocks, context)
