"""Blocks to chunks: every word in exactly one, in order, within the limit, clauses kept together."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.chunker import SPECIAL_TOKENS, Chunker, context_of, embedding_text
from ingest.structure.blocks import blocks_of
from ragnano.text.words import fold
from ragnano.types import Block, Chunk, Page, Span
from tests.ingest.fakes import count_words

LIMIT = 200


def chunked(text: str, limit: int = LIMIT, context: str = "") -> list[Chunk]:
    pages = [Page(1, 0.0, 0.0, text, read_by="plain")]
    return Chunker(limit, count_words).chunks("d", pages, blocks_of(pages), context)


def sentences(count: int, words: int = 12) -> str:
    """Returns `count` sentences of `words` words."""
    return " ".join("The" + " word" * (words - 2) + f" no{number}." for number in range(count))


def test_a_heading_stays_with_its_text_and_sections_stay_apart() -> None:
    text = f"1. SUPPLY\n\n{sentences(8)}\n\n2. PRICE\n\n{sentences(8)}\n"
    chunks = chunked(text)
    assert [chunk.section for chunk in chunks] == ["1 SUPPLY", "2 PRICE"]
    assert [chunk.text.split("\n")[0] for chunk in chunks] == ["1. SUPPLY", "2. PRICE"]
    assert [chunk.ordinal for chunk in chunks] == [0, 1]


def test_tiny_clauses_of_one_parent_share_a_chunk_but_top_sections_never_do() -> None:
    text = "1. SUPPLY\n\n1.1 Orders. By post.\n\n1.2 Delivery. By rail.\n\n2. PRICE\n\n2.1 Sum. Ten.\n"
    chunks = chunked(text)
    assert [chunk.section for chunk in chunks] == ["1 SUPPLY", "2 PRICE > 2.1 Sum"]
    assert chunks[0].text == "1. SUPPLY\n1.1 Orders. By post.\n1.2 Delivery. By rail."


def test_a_long_clause_is_cut_between_sentences_into_like_parts() -> None:
    chunks = chunked(f"1. SUPPLY\n\n{sentences(40)}\n")
    assert len(chunks) == 3
    assert all(chunk.section == "1 SUPPLY" and chunk.text.endswith(".") for chunk in chunks)
    sizes = [chunk.tokens for chunk in chunks]
    assert max(sizes) <= LIMIT
    assert max(sizes) - min(sizes) <= 40


def test_a_sentence_longer_than_a_chunk_is_cut_at_commas_and_a_word_never() -> None:
    chunks = chunked(
        "1. GOODS\n\nThe goods are " + ", ".join(f"item number{n} of many" for n in range(200)) + ".\n", limit=64
    )
    assert all(chunk.tokens <= 64 for chunk in chunks)
    assert all(chunk.text.endswith((",", ".", "many")) for chunk in chunks)
    assert [chunk.text for chunk in chunked("x" * 50_000)] == ["x" * 50_000]


def test_tokens_count_context_section_and_text() -> None:
    chunk = chunked(f"1. SUPPLY\n\n{sentences(3)}\n", context="Supply Agreement — Acme Ltd")[0]
    assert embedding_text(chunk) == f"1 SUPPLY\n{chunk.text}"
    assert chunk.tokens == count_words([embedding_text(chunk)])[0] + SPECIAL_TOKENS


def test_context_names_as_many_parties_as_fit() -> None:
    assert context_of("Lease", ["Acme Ltd", "Jane Roe"], count_words) == "Lease — Acme Ltd; Jane Roe"
    many = [f"Party Number {n} Limited" for n in range(20)]
    context = context_of("Lease", many, count_words)
    assert 30 < count_words([context])[0] <= 40
    assert context.startswith("Lease — Party Number 0 Limited; Party Number 1 Limited")
    assert count_words([context_of("word " * 90, [], count_words)])[0] == 40


WORDS = st.lists(
    st.sampled_from(["the", "Buyer", "pays.", "goods;", "(a)", "and,", "Price:", "x" * 30]), min_size=1, max_size=90
)
PATHS = st.sampled_from(
    [
        (),
        ("1 A",),
        ("1 A", "1.1 B"),
        ("1 A", "1.2 C"),
        ("1 A", "1.2 C", "(a) D"),
        ("2 E",),
        ("2 E", "2.1"),
        ("word " * 80,),
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[Page], list[Block]]:
    """Draws pages of consecutive blocks separated by spaces, of any kinds and sections."""
    pages, blocks = [], []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        text = ""
        for _ in range(draw(st.integers(0, 8))):
            piece = draw(st.sampled_from([" ", "\n"])).join(draw(WORDS))
            span = Span(number, len(text), len(text) + len(piece))
            kind = draw(st.sampled_from(["heading", "paragraph", "list_item", "table"]))
            blocks.append(Block(kind, span, fold(piece), section=draw(PATHS)))  # type: ignore[arg-type]
            text += piece + "\n"
        pages.append(Page(number, 0.0, 0.0, text))
    return pages, blocks


def letters(spans: Sequence[Span], pages: Sequence[Page]) -> list[tuple[int, int]]:
    """Returns (page, offset) of every character that is not white space, in the order of the spans."""
    return [(s.page, i) for s in spans for i in range(s.start, s.end) if not pages[s.page - 1].text[i].isspace()]


@given(documents(), st.integers(64, 256))
def test_no_text_is_lost_doubled_or_moved(document: tuple[list[Page], list[Block]], limit: int) -> None:
    pages, blocks = document
    chunks = Chunker(limit, count_words).chunks("d", pages, blocks, "Context — Party")
    spans = [span for chunk in chunks for span in chunk.spans]
    assert letters(spans, pages) == letters([block.span for block in blocks], pages)
    for chunk in chunks:
        assert chunk.text.split("\n") == [fold(pages[s.page - 1].text[s.start : s.end]) for s in chunk.spans]
        assert chunk.tokens == count_words([embedding_text(chunk)])[0] + SPECIAL_TOKENS
        assert chunk.tokens <= max(limit, 32 + 48 + 2 + SPECIAL_TOKENS + 1)


def test_words_with_letters_that_only_look_latin_are_found_as_they_look_and_stay_as_they_are() -> None:
    line = "The раyment is due on the first day. Оплата производится."  # two letters of "payment" are Cyrillic
    [chunk] = chunked(line, context="Lease — Fen Orchard")
    assert chunk.text == line
    assert chunk.context.split("\n") == ["Lease — Fen Orchard", "", "payment"]
    assert chunk.columns == ""
    assert embedding_text(chunk) == line
