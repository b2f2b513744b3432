"""Tables: rows and named cells in reading order, found and quoted row by row."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.chunking.chunker import Chunker, embedding_text
from ingest.structure.blocks import blocks_of
from ragnano.documents.locations import place_of
from ragnano.evidence.sentences import extracts_of
from ragnano.types import Document, Hit, Mark, Page
from tests.ingest.fakes import count_words
from tests.ingest.structure.fakes import LEFT, TOP, Cells, blocks, loaded, marked, printed, prose, table, wrapped

FEES: Cells = (
    ("Service", "Monthly fee", "Set-up fee"),
    ("Standard", "1,200", "100"),
    ("Premium plan with a long name that takes two lines", "2,400", "200"),
    ("Enterprise", "on request, for each site of the Customer in the country", "none"),
)
WIDTHS = (170, 150, 100)


def fee_schedule(rules: bool, cells: Cells = FEES) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, TOP, "Schedule 1: the fees that the Customer pays for the Services.")
        table(canvas, cells, WIDTHS[: len(cells[0])], TOP - 15, rules=rules)
        canvas.drawString(LEFT, 100, "All fees are paid monthly and are stated without tax, as the law asks.")

    return printed(draw)


def page_of(data: bytes) -> Page:
    return loaded(data).pages[0]


@pytest.mark.parametrize("rules", [True, False])
def test_cells_are_named_by_their_table_row_and_column(rules: bool) -> None:
    found = marked(page_of(fee_schedule(rules)))
    expected = [
        (f"Table 1, {row}, {head}", cell)
        for row, cells in zip(("head", "row 1", "row 2", "row 3"), FEES, strict=True)
        for head, cell in zip(FEES[0], cells, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize("rules", [True, False])
def test_each_row_is_a_block_that_knows_its_columns(rules: bool) -> None:
    rows = [block for block in blocks(fee_schedule(rules)) if block.kind == "table"]
    assert [row.text for row in rows] == [" ".join(cells) for cells in FEES]
    assert {row.columns for row in rows} == {"Service | Monthly fee | Set-up fee"}


def test_a_place_is_told_by_page_table_row_and_column() -> None:
    page = page_of(fee_schedule(True))
    fee, standard = page.text.index("1,200"), page.text.index("Standard")
    enterprise = page.text.index("Enterprise")
    assert place_of(page, fee, fee + 5) == "page 1, Table 1, row 1, Monthly fee"
    assert place_of(page, standard, fee + 5) == "page 1, Table 1, row 1, Service:Monthly fee"
    assert place_of(page, standard, enterprise + 5) == "page 1, Table 1, row 1–3"
    assert place_of(page, 0, 10) == ""


@pytest.mark.parametrize("rules", [True, False])
def test_a_table_drawn_column_by_column_is_read_row_by_row(rules: bool) -> None:
    cells = [("Item", "Price", "Unit"), ("Wheat", "$210", "tonne"), ("Barley", "$180", "tonne"), ("Oats", "$95", "bag")]

    def draw(canvas: Canvas) -> None:
        for column in range(3):
            for row in range(4):
                canvas.drawString(LEFT + 4 + 120 * column, TOP - 20 * row, cells[row][column])
        if rules:
            canvas.grid([LEFT + 120 * column for column in range(4)], [TOP + 14 - 20 * row for row in range(5)])

    page = page_of(printed(draw))
    assert page.text.split() == [cell for row in cells for cell in row]
    assert ("Table 1, row 2, Price", "$180") in marked(page)


def test_lines_of_wrapped_cells_drawn_across_the_row_come_together() -> None:
    def draw(canvas: Canvas) -> None:
        lines = [("Item", "Price"), ("Winter wheat,", "$210"), ("clean and dry", ""), ("Barley", "$180")]
        for row, pair in enumerate(lines):
            for column, text in enumerate(pair):
                canvas.drawString(LEFT + 4 + 150 * column, TOP - 14 * row, text)
        canvas.grid([LEFT, LEFT + 150, LEFT + 300], [TOP + 10, TOP - 4, TOP - 32, TOP - 46])

    page = page_of(printed(draw))
    assert marked(page)[2:4] == [
        ("Table 1, row 1, Item", "Winter wheat, clean and dry"),
        ("Table 1, row 1, Price", "$210"),
    ]
    assert "Winter wheat,\nclean and dry\n$210" in page.text


def test_a_title_between_a_rule_across_the_page_and_a_table_is_no_part_of_the_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(LEFT, TOP + 20, LEFT + 300, TOP + 20)
        canvas.drawString(LEFT + 130, TOP + 6, "Exhibit B")
        canvas.drawString(LEFT + 60, TOP - 6, "Patents and Patent Applications")
        for row, cells in enumerate((("Number", "Title", "Filed"), ("[***]", "[***]", "[***]"))):
            for column, cell in enumerate(cells):
                canvas.drawString(LEFT + 4 + 100 * column, TOP - 34 - 14 * row, cell)
        canvas.grid([LEFT, LEFT + 100, LEFT + 200, LEFT + 300], [TOP - 24, TOP - 38, TOP - 52])

    page = page_of(printed(draw))
    assert page.text.startswith("Exhibit B\nPatents and Patent Applications\nNumber")
    assert marked(page)[0] == ("Table 1, head, Number", "Number")


def test_a_word_over_a_column_that_is_no_cell_stays_where_it_is_drawn() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, TOP, "Number")
        canvas.drawString(LEFT + 120, TOP, "Test")
        canvas.drawString(LEFT + 240, TOP + 9, "EP")
        canvas.drawString(LEFT + 240, TOP, "method")
        for row in range(1, 5):
            for column, cell in enumerate((f"{row}00 grams", f"{row}0 %", f"2.{row}")):
                canvas.drawString(LEFT + 120 * column, TOP - 12 * row, cell)

    assert page_of(printed(draw)).text.split()[:4] == ["Number", "Test", "EP", "method"]


def test_a_row_that_says_values_is_no_header() -> None:
    found = dict(marked(page_of(fee_schedule(True, FEES[1:]))))
    assert found["Table 1, row 1, column 2"] == "1,200"


def signatures(canvas: Canvas) -> None:
    for row, text in enumerate(("By: ________", "Name: A", "Title: B", "Date: 1 May 2020")):
        canvas.drawString(LEFT, TOP - 20 * row, text)
        canvas.drawString(LEFT + 250, TOP - 20 * row, text)


def contents(canvas: Canvas) -> None:
    for row in range(6):
        canvas.drawString(LEFT, TOP - 20 * row, f"Clause number {row} of the agreement")
        canvas.drawString(LEFT + 400, TOP - 20 * row, str(row + 2))


def numbered(canvas: Canvas) -> None:
    for row in range(6):
        canvas.drawString(LEFT, TOP - 20 * row, f"({row + 1})")
        canvas.drawString(LEFT + 40, TOP - 20 * row, f"the goods of lot {row + 10} in the warehouse at 1 Quay Road")


def underlined(canvas: Canvas) -> None:
    for row, line in enumerate(wrapped(prose(8, "u"), 400)):
        canvas.drawString(LEFT, TOP - 14 * row, line)
        canvas.line(LEFT, TOP - 14 * row - 2, LEFT + 390, TOP - 14 * row - 2)


@pytest.mark.parametrize("draw", [signatures, contents, numbered, underlined])
def test_what_only_looks_like_a_table_has_no_cells(draw: object) -> None:
    assert page_of(printed(draw)).marks == ()  # type: ignore[arg-type]


def test_rows_are_found_by_the_names_of_columns_that_stand_in_another_chunk() -> None:
    many = [("Service", "Monthly fee"), *((f"Plan number {row} for the region", f"{row},200") for row in range(40))]
    data = fee_schedule(True, many)
    chunks = Chunker(80, count_words).chunks("d", loaded(data).pages, blocks(data), "Supply Agreement")
    rows = [chunk for chunk in chunks if "Plan number" in chunk.text]
    assert len(rows) > 3
    assert [chunk.columns for chunk in rows] == [""] + ["Service | Monthly fee"] * (len(rows) - 1)
    assert rows[1].context == "Supply Agreement\nService | Monthly fee"
    assert "\nService | Monthly fee\n" in f"\n{embedding_text(rows[1])}"
    assert all(chunk.tokens <= 80 for chunk in chunks)


class OnePage:
    """A catalogue of one page, with just what `extracts_of` calls."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def page(self, document: str, number: int) -> Page:
        return self._page


def test_a_row_is_an_extract_of_its_own_however_short() -> None:
    data = fee_schedule(True, [("Plan", "Fee"), ("Basic plan", "$5"), ("Better plan", "$9. Paid yearly.")])
    page = page_of(data)
    chunks = Chunker(200, count_words).chunks("d", [page], blocks(data), "")
    document = Document("d", "Fees", "application/pdf", 1, 1)
    extracts = [one for chunk in chunks for one in extracts_of(Hit(chunk, document, 1.0), OnePage(page))]  # type: ignore[arg-type]
    assert [one.text for one in extracts][1:3] == ["Basic plan $5", "Better plan $9. Paid yearly."]
    assert [one.read_as for one in extracts][1] == "Plan: Basic plan; Fee: $5"


def test_rows_of_markdown_and_of_sheets_know_their_columns() -> None:
    piped = Page(1, 0, 0, "| Item | Price |\n| --- | --- |\n| Oats | 95 |\n| Rye | 80 |\n", read_by="plain")
    assert [(block.text, block.columns) for block in blocks_of([piped])] == [
        ("| Item | Price | | --- | --- |", "Item | Price"),
        ("| Oats | 95 |", "Item | Price"),
        ("| Rye | 80 |", "Item | Price"),
    ]
    sheet = Page(1, 0, 0, "Item Price\nOats 95\n", marks=(
        Mark(0, 4, "A1"), Mark(5, 10, "B1"), Mark(11, 15, "A2"), Mark(16, 18, "B2")))  # fmt: skip
    assert [(block.text, block.columns) for block in blocks_of([sheet])] == [
        ("Item Price", "Item | Price"),
        ("Oats 95", "Item | Price"),
    ]
