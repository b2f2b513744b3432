"""Pages to blocks: clauses as printed, no headers and footers, nothing else lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discovery.file_types import PDF
from ingest.parsers.registry import load
from ingest.structure.blocks import blocks_of
from ingest.structure.headings import label_of, run_in_title
from ragnano.text.words import fold
from ragnano.types import Block, Page
from tests.ingest.fakes import bare_pdf, lines_page


def text_pages(*texts: str) -> list[Page]:
    return [Page(number, 0.0, 0.0, text, read_by="plain") for number, text in enumerate(texts, 1)]


def brief(blocks: list[Block]) -> list[tuple[str, str, str]]:
    """Returns (kind, section joined, first words) of each block."""
    return [(block.kind, " > ".join(block.section), block.text[:24]) for block in blocks]


CONTRACT = """SERVICES AGREEMENT

This Services Agreement is made between the parties named below and sets out the terms on which
Services are given.

ARTICLE I
DEFINITIONS

1.1 "Fees" means the amounts stated in Schedule 1, which the Customer pays for the Services as
stated in Section
1.2 of this Agreement.

8. TERM

8.1 Initial Term. This Agreement runs for two years from the Effective Date and is renewed for
30 days at a time.

8.2 Termination for Convenience. Either party may terminate this Agreement
(a) on ninety days' notice, for any reason; or
(b) at once, when the other party
breaches it.

9. Notices

All notices are in writing.

Schedule 1

Fees are paid monthly.
"""


def test_clauses_are_numbered_and_nested_as_printed() -> None:
    assert brief(blocks_of(text_pages(CONTRACT))) == [
        ("heading", "SERVICES AGREEMENT", "SERVICES AGREEMENT"),
        ("paragraph", "SERVICES AGREEMENT", "This Services Agreement "),
        ("heading", "ARTICLE I DEFINITIONS", "ARTICLE I DEFINITIONS"),
        ("paragraph", "ARTICLE I DEFINITIONS > 1.1 Fees", '1.1 "Fees" means the amo'),
        ("heading", "ARTICLE I DEFINITIONS > 8 TERM", "8. TERM"),
        ("paragraph", "ARTICLE I DEFINITIONS > 8 TERM > 8.1 Initial Term", "8.1 Initial Term. This A"),
        (
            "paragraph",
            "ARTICLE I DEFINITIONS > 8 TERM > 8.2 Termination for Convenience",
            "8.2 Termination for Conv",
        ),
        ("list_item", "ARTICLE I DEFINITIONS > 8 TERM > 8.2 Termination for Convenience", "(a) on ninety days' noti"),
        ("list_item", "ARTICLE I DEFINITIONS > 8 TERM > 8.2 Termination for Convenience", "(b) at once, when the ot"),
        ("heading", "ARTICLE I DEFINITIONS > 9 Notices", "9. Notices"),
        ("paragraph", "ARTICLE I DEFINITIONS > 9 Notices", "All notices are in writi"),
        ("heading", "Schedule 1", "Schedule 1"),
        ("paragraph", "Schedule 1", "Fees are paid monthly."),
    ]


def test_numbers_at_the_start_of_a_wrapped_line_begin_no_clause() -> None:
    found = {block.number: block.text for block in blocks_of(text_pages(CONTRACT)) if block.number}
    assert found["1.1"].endswith("stated in Section 1.2 of this Agreement.")
    assert found["8.1"].endswith("renewed for 30 days at a time.")
    assert "1.2" not in found


def test_paragraphs_of_a_pdf_are_told_by_their_gaps() -> None:
    page = lines_page("The first paragraph goes on over", "two lines of the page.", "", "The second is short.")
    blocks = blocks_of(load(bare_pdf(page), PDF).pages)
    assert [block.text for block in blocks] == [
        "The first paragraph goes on over two lines of the page.",
        "The second is short.",
    ]


def test_a_list_inside_a_clause_does_not_renumber_the_clauses() -> None:
    text = "4. DELIVERY\n\nThe Seller delivers:\n\n1. the goods;\n\n2. the papers.\n\n5. PRICE\n\nThe price is fixed.\n"
    sections = [block.section[-1] for block in blocks_of(text_pages("3. ORDERS\n\nOrders are written.\n\n" + text))]
    assert sections == ["3 ORDERS"] * 2 + ["4 DELIVERY"] * 4 + ["5 PRICE"] * 2


def test_clauses_that_count_on_behind_a_list_of_schedules_do_not_belong_to_the_last_schedule() -> None:
    listed = "1. SCHEDULES\n\nThese belong to it:\n\nSchedule A: Fees.\n\nSchedule B: Sites.\n\n"
    text = listed + "2. PRICE\n\nIt is ten.\n\nSchedule A\n\nThe fees are ten.\n"
    sections = [block.section for block in blocks_of(text_pages(text))]
    assert sections[-4:] == [("2 PRICE",), ("2 PRICE",), ("Schedule A",), ("Schedule A",)]


def test_markdown_headings_lists_and_tables() -> None:
    table = "| month | rent |\n| --- | --- |\n| May | 900 |\n"
    text = "# Lease\n\n## Rent\n\nRent is due monthly.\n\n- by transfer\n- in advance\n\n" + table
    assert brief(blocks_of(text_pages(text))) == [
        ("heading", "Lease", "# Lease"),
        ("heading", "Lease > Rent", "## Rent"),
        ("paragraph", "Lease > Rent", "Rent is due monthly."),
        ("list_item", "Lease > Rent", "- by transfer"),
        ("list_item", "Lease > Rent", "- in advance"),
        ("table", "Lease > Rent", "| month | rent | | --- |"),
        ("table", "Lease > Rent", "| May | 900 |"),
    ]


def test_a_table_of_contents_makes_no_sections() -> None:
    rows = "".join(f"{number}. CLAUSE {number} ........... {number + 2}\n" for number in range(1, 8))
    blocks = blocks_of(text_pages("TABLE OF CONTENTS\n\n" + rows))
    assert brief(blocks) == [
        ("heading", "TABLE OF CONTENTS", "TABLE OF CONTENTS"),
        ("table", "TABLE OF CONTENTS", "1. CLAUSE 1 ........... "),
    ]


BODY = ("The parties agree that this clause stands on a page of its own and says something",) * 3


def printed(number: int, count: int, *, header: str = "ACME SUPPLY AGREEMENT", footer: str = "Page {} of {}") -> str:
    body = "\n".join(f"{line} about matter {word}{'pqrs'[number - 1]}." for line, word in zip(BODY, "abc", strict=True))
    return f"{header}\n{body} ({'one two three four five six'.split()[number - 1]})\n{footer.format(number, count)}\n"


def test_running_headers_footers_and_page_numbers_are_left_out() -> None:
    blocks = blocks_of(text_pages(*(printed(number, 4) for number in range(1, 5))))
    text = " ".join(block.text for block in blocks)
    assert "ACME" not in text
    assert "Page" not in text
    assert text.count("about matter") == 12


@pytest.mark.parametrize("footer", ["- {} -", "{}", "Source: ACME, 10-K, 3/4/2010", "ACME | {}"])
def test_footers_are_known_by_repetition_whatever_they_say(footer: str) -> None:
    pages = text_pages(
        *(printed(number, 4, header=f"Clause {'abcd'[number - 1]}", footer=footer) for number in range(1, 5))
    )
    kept = [page.text[block.span.start : block.span.end] for page in pages for block in blocks_of(pages)
            if block.span.page == page.number]  # fmt: skip
    assert all(footer.format(number) not in "\n".join(kept).split("\n") for number in range(1, 5))
    assert sum(text.count("about matter") for text in kept) == 12


def test_page_numbers_in_the_middle_of_pages_are_left_out_and_sentences_go_on() -> None:
    filler = "\n".join(
        f"Line {word} of the page tells of goods and of how they are delivered to" for word in "abcdefgh"
    )
    pages = text_pages(*(f"{filler}\n{filler}\n- {number} -\nthe buyer. {filler}" for number in range(2, 6)))
    blocks = blocks_of(pages)
    assert not any("- 3 -" in block.text for block in blocks)
    assert [block.continues for block in blocks if block.text.startswith("the buyer.")] == [True] * 4


def test_body_lines_that_look_alike_are_kept() -> None:
    """Section headings at page tops whose numbers alone differ, but do not follow the page numbers."""
    numbers = (2, 9, 11, 30)
    pages = text_pages(*(f"Section {number}\n" + "\n".join(BODY) + "\nIt ends here.\n" for number in numbers))
    text = " ".join(block.text for block in blocks_of(pages))
    assert all(f"Section {number}" in text for number in numbers)


def test_a_sentence_broken_by_the_page_is_marked() -> None:
    first = "9. NOTICES\n\nEach notice is sent by post to the address that the other party has last given for\n"
    blocks = blocks_of(text_pages(first, "this purpose. It counts as received after two days.\n\nA new paragraph.\n"))
    assert [block.continues for block in blocks] == [False, False, True, False]
    assert blocks[2].section == blocks[1].section == ("9 NOTICES",)


@pytest.mark.parametrize(
    ("line", "kind", "number"),
    [
        ("8.2 Termination", "decimal", "8.2"),
        ("12. Term", "integer", "12"),
        ("ARTICLE IV — TERM", "article", "ARTICLE IV"),
        ("Section 3.1 Fees", "section", "Section 3.1"),
        ("EXHIBIT A", "exhibit", "EXHIBIT A"),
        ("Schedule 2", "exhibit", "Schedule 2"),
        ("(iv) the goods", "paren", "(iv)"),
        ("a) the goods", "paren", "a)"),
        ("• the goods", "bullet", "•"),
        ("## Rent", "hash", "##"),
    ],
)
def test_labels(line: str, kind: str, number: str) -> None:
    label = label_of(line)
    assert label is not None
    assert (label.kind, label.number) == (kind, number)


@pytest.mark.parametrize(
    "line", ["The 30 days", "2000 $850,000", "30-day notice", "U.S. law", "Exhibits are attached", "3,000 units"]
)
def test_no_labels(line: str) -> None:
    assert label_of(line) is None


@pytest.mark.parametrize(
    ("rest", "title"),
    [
        ("Termination for Convenience. Either party may", "Termination for Convenience"),
        ("PRICE: The price is", "PRICE"),
        ("“Fees” means the amounts", "Fees"),
        ("Acme Inc. shall pay", ""),
        ("The Seller delivers the goods. The Buyer pays", ""),
    ],
)
def test_titles_that_run_in(rest: str, title: str) -> None:
    assert run_in_title(rest)[0] == title


PIECES = st.sampled_from(
    ["8.2 ", "(a) ", "ARTICLE IV", "1. ", "Schedule 1", "\n", "\n\n", "- 3 -", "Page 2 of 4", "TERM", " and ", "12 ",
     "shall pay. ", "The Buyer ", "a" * 70 + " ", "    ", "\t", "x", ";", "| a | b |", "# H", "….", "\u00e9", "___"]
)  # fmt: skip


@given(st.lists(st.lists(PIECES, max_size=30).map("".join), max_size=5))
def test_every_character_but_furniture_is_in_exactly_one_block(texts: list[str]) -> None:
    pages = text_pages(*texts)
    blocks = blocks_of(pages)
    assert [block.span for block in blocks] == sorted(block.span for block in blocks)
    for page in pages:
        spans = [block.span for block in blocks if block.span.page == page.number]
        assert all(before.end <= after.start for before, after in pairwise(spans))
        if len(pages) < 2:
            kept = "".join(page.text[span.start : span.end] for span in spans)
            assert "".join(kept.split()) == "".join(page.text.split())
    for block in blocks:
        piece = pages[block.span.page - 1].text[block.span.start : block.span.end]
        assert piece == piece.strip() != ""
        assert block.text == fold(piece)
