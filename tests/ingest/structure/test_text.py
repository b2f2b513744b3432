"""Footnotes, bookmarks, and words split at line ends."""

from reportlab.pdfgen.canvas import Canvas

from ingest.chunking.chunker import Chunker
from ingest.metadata.title_and_date import front_of
from ingest.parsers.registry import LoadedFile
from ingest.structure.blocks import blocks_of
from ragnano.types import Chunk, OutlineEntry, Page
from tests.ingest.fakes import count_words
from tests.ingest.structure.fakes import LEFT, TOP, WIDTH, blocks, loaded, printed, prose, wrapped

PITCH = 13


def put(canvas: Canvas, lines: list[str], top: float = TOP, *, size: float = 10) -> None:
    canvas.setFont("Helvetica", size)
    for row, line in enumerate(lines):
        canvas.drawString(LEFT, top - PITCH * row, line)


def chunks_of(text: str) -> list[Chunk]:
    pages = [Page(1, 0.0, 0.0, text, read_by="plain")]
    return Chunker(400, count_words).chunks("d", pages, blocks_of(pages), "")


def footnoted() -> bytes:
    def first(canvas: Canvas) -> None:
        body = [
            *wrapped(prose(6, "a"), WIDTH),
            "Each notice is sent by post to the address that the other party has last given for",
        ]
        put(canvas, body)
        put(
            canvas,
            [
                "1 Parent means the company that holds all shares of the Seller and is named in",
                "Schedule 2 to this paper.",
            ],
            120,
            size=8,
        )
        put(canvas, ["2 A day is a day on which banks are open."], 90, size=8)

    def second(canvas: Canvas) -> None:
        put(canvas, ["this purpose. It counts as received after two days.", *wrapped(prose(6, "b"), WIDTH)])

    return printed(first, second)


def test_footnotes_are_blocks_of_their_own_with_their_mark_for_a_number() -> None:
    notes = {block.number: block.text for block in blocks(footnoted()) if block.number}
    assert set(notes) == {"1", "2"}
    assert notes["1"].endswith("named in Schedule 2 to this paper.")
    assert notes["2"] == "2 A day is a day on which banks are open."


def test_a_sentence_that_the_page_end_parts_is_not_parted_by_a_footnote() -> None:
    made = blocks(footnoted())
    at = next(place for place, block in enumerate(made) if block.continues)
    assert made[at - 1].text.endswith("has last given for")
    assert made[at].text.startswith("this purpose. It counts")
    assert [block.number for block in made[at + 1 : at + 3]] == ["1", "2"]


def test_small_print_without_a_mark_and_numbered_clauses_of_the_usual_size_are_no_footnotes() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, wrapped(prose(8, "a"), WIDTH))
        put(canvas, ["1. The Seller delivers the goods to the Buyer."], 200)
        put(canvas, ["This paper was printed on both sides."], 120, size=8)

    made = blocks(printed(draw))
    assert [block.section for block in made if block.text.startswith("1. The")] == [("1",)]
    assert made[-1].text == "This paper was printed on both sides."
    assert made[-1].number == ""


def outlined(titles: list[tuple[str, int, int]]) -> bytes:
    def draw(canvas: Canvas) -> None:
        lines = ["General provisions of supply", *wrapped(prose(2, "a"), WIDTH)]
        lines += [
            "how goods are delivered",
            *wrapped(prose(2, "b"), WIDTH),
            "Prices and the manner in which",
            "they are paid",
        ]
        put(canvas, [*lines, *wrapped(prose(2, "c"), WIDTH)])

    return printed(draw, outline=titles)


TITLES = [
    ("GENERAL PROVISIONS OF SUPPLY", 0, 1),
    ("How goods are delivered", 1, 1),
    ("Prices and the manner in which they are paid", 0, 1),
]


def test_bookmarks_make_headings_and_give_their_levels() -> None:
    made = blocks(outlined(TITLES))
    assert [block.text for block in made if block.kind == "heading"] == [
        "General provisions of supply",
        "how goods are delivered",
        "Prices and the manner in which they are paid",
    ]
    assert [block.section for block in made if block.kind == "paragraph"] == [
        ("General provisions of supply",),
        ("General provisions of supply", "how goods are delivered"),
        ("Prices and the manner in which they are paid",),
    ]


def test_without_bookmarks_the_same_lines_are_no_headings() -> None:
    assert not [block for block in blocks(outlined([])) if block.kind == "heading"]


def test_a_bookmark_of_another_page_makes_no_heading() -> None:
    page = Page(1, 0.0, 0.0, "Prices\n\nall prices are fixed.\n", read_by="plain")
    assert [block.kind for block in blocks_of([page], [OutlineEntry(1, "all prices are fixed", 2)])][-1] == "paragraph"
    assert [block.kind for block in blocks_of([page], [OutlineEntry(1, "All prices are fixed", 1)])][-1] == "heading"


def test_words_that_a_line_end_parts_are_whole_in_chunks_and_keep_their_hyphen_on_the_page() -> None:
    text = (
        "The termi-\nnation of this agreement needs a non-\nexclusive and royalty-\nfree notice. A royalty is free.\n"
    )
    (chunk,) = chunks_of(text)
    assert chunk.text == (
        "The termination of this agreement needs a non-exclusive and royalty-free notice. A royalty is free."
    ).replace("non-exclusive", "non- exclusive").replace("royalty-free", "royalty- free")
    assert "termi-\nnation" in text


def test_a_word_that_the_document_writes_whole_elsewhere_is_one_word() -> None:
    (chunk,) = chunks_of("The agree-\nment ends. This agreement was a well-\nknown one; it is well-known.\n")
    assert chunk.text.startswith("The agreement ends.")
    assert "well- known one" in chunk.text


def test_words_of_a_pdf_are_joined_where_it_drops_the_line_end() -> None:
    data = printed(
        lambda canvas: put(canvas, ["Each party may ask for the termi-", "nation of a non-", "exclusive right."])
    )
    pages = loaded(data).pages
    (chunk,) = Chunker(400, count_words).chunks("d", pages, blocks(data), "")
    assert "termi-nation" in pages[0].text
    assert chunk.text == "Each party may ask for the termination of a non-exclusive right."


def test_the_title_is_not_taken_from_a_table() -> None:
    page = Page(1, 0.0, 0.0, "| Supply Agreement | 2 |\n\nLEASE AGREEMENT\n\nThe Lessor lets.\n", read_by="plain")
    assert front_of(blocks_of([page]), LoadedFile(()), "x.txt").title == "Lease Agreement"
