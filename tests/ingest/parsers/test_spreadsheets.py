"""Spreadsheets: sheets and cells by their names, values as displayed, hidden ones kept apart."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.comments import Comment

from ingest.chunking.chunker import Chunker
from ingest.discovery.file_types import CSV, ODS, XLS, XLSX
from ingest.parsers.base.worksheets import column_name
from ingest.parsers.office.number_format import Value, formatted, is_date_format
from ingest.parsers.registry import load
from ingest.structure.blocks import blocks_of
from ragnano.errors import DamagedFile, LoadError
from ragnano.types import Page
from tests.ingest.fakes import count_words
from tests.ingest.parsers.fakes import compound, old_workbook, open_document, package


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(page: Page) -> dict[str, str]:
    return {mark.name: page.text[mark.start : mark.end] for mark in page.marks}


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "$#,##0.00;[Red]($#,##0.00)", "($1,234.50)"),
        (-3, "0.0", "-3.0"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (1234567, "[$€-407] #,##0", "€ 1,234,567"),
        (45000, "#,##0 [$USD]", "45,000 USD"),
        (32000, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$32,000.00"),
        (0, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$-"),
        (5, '0 "days"', "5 days"),
        (7, "000", "007"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (3.14159, "0.##", "3.14"),
        (12345, "0.00E+00", "1.23E+04"),
        (0.1 + 0.2, "General", "0.3"),
        (264.1, "@", "264.1"),
        (True, "General", "TRUE"),
        ("as it is", "0.00", "as it is"),
        (datetime(2025, 3, 4), "d mmmm yyyy", "4 March 2025"),
        (datetime(2025, 3, 4), "[$-409]mmm d, yy;@", "Mar 4, 25"),
        (datetime(2025, 3, 4, 15, 5), "h:mm AM/PM", "3:05 PM"),
        (datetime(2025, 3, 4, 15, 5), "yyyy-mm-dd hh:mm:ss", "2025-03-04 15:05:00"),
        (date(2025, 3, 4), "General", "2025-03-04"),
        (time(7, 30), "h:mm", "7:30"),
        (timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
        (None, "0", ""),
    ],
)
def test_values_are_shown_as_their_format_says(value: Value, code: str, text: str) -> None:
    assert formatted(value, code) == text


def test_comments_stand_behind_their_sheet_with_their_cell() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Pump"
    book.active["B2"].comment = Comment("Refurbished,\nnot new", "Ann")
    [page] = load(saved(book), XLSX).pages
    assert page.text == "| Pump |\n\nComment at B2: Refurbished,\nnot new"
    assert cells(page)["B2"] == "Comment at B2: Refurbished,\nnot new"


def test_formats_of_moments_are_told_from_those_of_numbers() -> None:
    assert all(map(is_date_format, ["mm-dd-yy", "mm:ss", "[h]:mm", "[$-409]d"]))
    assert not any(map(is_date_format, ['#,##0.00 "m"', "[Red]0", "0.00E+00", "General", "@"]))


def test_columns_are_lettered_as_in_a_sheet() -> None:
    assert [column_name(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_workbook_is_read_sheet_by_sheet_and_cell_by_cell() -> None:
    book = openpyxl.Workbook()
    costs = book.active
    costs.title = "Costs"
    costs.append(["Item", "Price", "Due"])
    costs.append(["Castings | raw", 264.1, date(2025, 3, 4)])
    costs["B2"].number_format, costs["C2"].number_format = "$#,##0.00", "d mmm yyyy"
    book.create_sheet("Empty")
    rates = book.create_sheet("Rates")
    rates["C7"] = 0.05
    rates["C7"].number_format = "0.0%"
    first, second = load(saved(book), XLSX).pages
    assert (first.place, second.place) == ("Sheet Costs", "Sheet Rates")
    assert cells(first)["A2"] == "Castings | raw"
    assert first.text.split("\n")[1] == "| Castings | raw | $264.10 | 4 Mar 2025 |"
    assert cells(second) == {"C7": "5.0%"}


def test_what_is_hidden_in_a_workbook_is_named_or_kept_apart() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Item", "Margin", "Fee"], ["Pump", "40%", 5], ["Valve", "50%", 6]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    secret = book.create_sheet("Rates")
    secret.sheet_state, secret["A1"] = "hidden", "Discount"
    shown_page, hidden_page = load(saved(book), XLSX).pages
    assert shown_page.text == "| Item | Fee |\n| Pump | 5 |"
    assert shown_page.hidden[0].text == "Margin 40% Valve 50% 6"
    assert hidden_page.place == "Sheet Rates (hidden)"


def test_a_formula_is_shown_by_its_stored_value_and_as_a_formula_without_one() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = 2, "=A1*3"
    data = saved(book)
    assert cells(load(data, XLSX).pages[0]) == {"A1": "2", "B1": "=A1*3"}
    from zipfile import ZipFile

    parts = {name: ZipFile(io.BytesIO(data)).read(name) for name in ZipFile(io.BytesIO(data)).namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        parts[sheet].replace(b"<v></v>", b"<v>6</v>").replace(b"<v/>", b"<v>6</v>").replace(b"<v />", b"<v>6</v>")
    )
    assert cells(load(package(parts), XLSX).pages[0]) == {"A1": "2", "B1": "6"}


def test_merged_cells_keep_their_text_once_and_empty_rows_part_tables() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Prices of 2025"
    sheet.merge_cells("A1:C1")
    sheet.append(["Item", "Fee"])
    sheet["A5"], sheet["B5"] = "Other", "Rate"
    assert load(saved(book), XLSX).pages[0].text == "| Prices of 2025 |\n| Item | Fee |\n\n| Other | Rate |"


def test_a_cell_in_the_last_corner_costs_no_time() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "first", "last"
    assert cells(load(saved(book), XLSX).pages[0]) == {"A1": "first", "XFD1048576": "last"}


def test_a_declaration_of_entities_in_a_workbook_is_refused() -> None:
    from zipfile import ZipFile

    data = saved(openpyxl.Workbook())
    parts = {name: ZipFile(io.BytesIO(data)).read(name) for name in ZipFile(io.BytesIO(data)).namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = bomb + parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(DamagedFile, match="entities"):
        load(package(parts), XLSX)


def test_an_old_workbook_is_read_as_a_new_one() -> None:
    data = old_workbook(
        {"Costs": [["Item", "Price"], ["Casting", (264.1, 4)], ["Due", (45000.0, 15)]], "Rates": [["x"]]}
    )
    first, second = load(data, XLS).pages
    assert cells(first) == {
        "A1": "Item", "B1": "Price", "A2": "Casting", "B2": "264.10", "A3": "Due", "B3": "15-Mar-23",
    }  # fmt: skip
    assert (first.place, second.place) == ("Sheet Costs", "Sheet Rates")


@pytest.mark.parametrize("data", [b"", compound({"Workbook": b"\x09\x08nonsense"}), compound({"Workbook": b""})])
def test_a_broken_old_workbook_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, XLS)


def test_an_open_document_sheet_keeps_repeated_cells_and_shown_texts() -> None:
    body = (
        '<table:table table:name="Costs"><table:table-header-rows><table:table-row><table:table-cell>'
        '<text:p>Item</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2">'
        "<text:p>Fee</text:p></table:table-cell>"
        '</table:table-row></table:table-header-rows><table:table-row table:number-rows-repeated="2"/><table:table-row>'
        '<table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float">'
        '<text:p>1.250,00 €</text:p></table:table-cell></table:table-row><table:table-row table:visibility="collapse">'
        "<table:table-cell><text:p>secret</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"/></table:table>'
    )
    [page] = load(open_document("spreadsheet", body, title="Budget"), ODS).pages
    assert cells(page) == {"A1": "Item", "B1": "Fee", "C1": "Fee", "C4": "1.250,00 €"}
    assert page.hidden[0].text == "secret"


@pytest.mark.parametrize(
    "data",
    [
        "Name;Fee\nÄpfel;3,50\n".encode("cp1252"),
        'Name,Fee\nÄpfel,"3,50"\n'.encode(),
        "Name\tFee\r\nÄpfel\t3,50\r\n".encode("utf-16"),
        "Name|Fee\nÄpfel|3,50\n".encode("utf-8-sig"),
        "sep=;\nName;Fee\nÄpfel;3,50".encode(),
    ],
    ids=["semicolons, Latin", "commas", "tabs, UTF-16", "bars, byte order mark", "declared"],
)
def test_a_table_in_text_is_read_by_its_own_delimiter_and_encoding(data: bytes) -> None:
    [page] = load(data, CSV).pages
    assert page.text == "| Name | Fee |\n| Äpfel | 3,50 |"
    assert (cells(page)["B2"], page.place) == ("3,50", "Table")


def test_quoted_cells_may_hold_lines_and_delimiters() -> None:
    [page] = load(b'Name;Note\n"a;b\nc";"say ""yes"""\n', CSV).pages
    assert cells(page)["A2"] == "a;b c" and cells(page)["B2"] == 'say "yes"'


@pytest.mark.parametrize("data", [b"", b" \n", b";;;\n;;"])
def test_a_table_without_a_filled_cell_is_damaged(data: bytes) -> None:
    with pytest.raises(LoadError):
        load(data, CSV)


def long_table(rows: int) -> bytes:
    return (
        "Item;Price in dollars;Supplier\n" + "".join(f"Pump {at};{at}.50;Acme {at}\n" for at in range(rows))
    ).encode()


def test_every_chunk_of_a_long_table_says_what_its_columns_are() -> None:
    pages = load(long_table(2_000), CSV).pages
    assert len(pages) > 2 and {page.place for page in pages} == {"Table"}
    chunks = Chunker(60, count_words).chunks("d", pages, blocks_of(pages), "")
    assert chunks[0].text.startswith("| Item | Price in dollars | Supplier |")
    assert {chunk.columns for chunk in chunks[1:]} == {"Item | Price in dollars | Supplier"}
    assert max(chunk.tokens for chunk in chunks) <= 60
    kept = "\n".join(chunk.text for chunk in chunks)
    assert [f"Pump {at} |" in kept for at in range(2_000)] == [True] * 2_000
    ends = [pages[span.page - 1].text[: span.end][-1] for chunk in chunks for span in chunk.spans]
    assert set(ends) == {"|"}, "a chunk ends inside a row"


def test_sheets_with_the_same_columns_keep_them_and_do_not_run_into_each_other() -> None:
    book = openpyxl.Workbook()
    book.active.title = "North"
    for sheet in (book.active, book.create_sheet("South"), book.create_sheet("West")):
        sheet.append(["Item", "Fee"])
        sheet.append([f"Pump {sheet.title}", 5])
    pages = load(saved(book), XLSX).pages
    blocks = blocks_of(pages)
    assert [(block.text, block.columns) for block in blocks] == [
        row
        for name in ("North", "South", "West")
        for row in (("| Item | Fee |", ""), (f"| Pump {name} | 5 |", "Item | Fee"))
    ]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("| Prices |\n| Item | Fee |\n| a | 1 |", ["", "", "Item | Fee"]),
        ("| 1 | 2 |\n| 3 | 4 |", ["", ""]),
        ("| Item | Fee |\n| a | 1 |\n\n| Item | Due |\n| b | 2 |", ["", "Item | Fee", "", "Item | Due"]),
    ],
    ids=["below a title", "figures name nothing", "two tables"],
)
def test_columns_are_named_by_the_first_row_of_several_words(rows: str, columns: list[str]) -> None:
    page = Page(1, 0, 0, rows, place="Sheet Costs")
    assert [block.columns for block in blocks_of([page])] == columns
