"""A document's stated title, parties and date; nothing where it states none."""

import pytest

from ingest.metadata.parties import parties_of
from ingest.metadata.title_and_date import date_of, front_of
from ingest.parsers.base.interface import LoadedFile
from ingest.structure.blocks import blocks_of
from ragnano.types import Page


def front(
    text: str, metadata: str = "", path: str = "/files/signed_copy-2.pdf"
) -> tuple[str, tuple[str, ...], str | None]:
    pages = (Page(1, 0, 0, text, read_by="plain"),)
    return front_of(blocks_of(pages), LoadedFile(pages, metadata), path)


CONTRACT = """EXHIBIT 10.4

MASTER SERVICES AGREEMENT

This Master Services Agreement (the "Agreement") is made and entered into as of this 3rd day of March, 2021, by and
between Northwind Foods, LLC, a Delaware limited liability company with offices at 12 Mill Lane ("Buyer"), and Fabrikam
(USA) Inc., a California corporation ("Supplier").

WHEREAS, Buyer entered into a lease dated as of May 1, 1999 with Contoso Corp. ("Contoso");
"""


def test_a_contract_names_itself_its_parties_and_its_date() -> None:
    assert front(CONTRACT) == (
        "Master Services Agreement",
        ("Northwind Foods, LLC", "Fabrikam (USA) Inc."),
        "2021-03-03",
    )


def test_a_title_from_a_file_name_has_nothing_that_is_obeyed_or_not_seen() -> None:
    assert front("words", path="/files/a\x1b[31m\u202ecod_lease\u200b\n2.pdf")[0] == "a[31mcod lease 2"
    assert front("words", path="/files/\u202e.pdf")[0] == "Untitled"


def test_the_title_is_taken_from_the_page_then_the_metadata_then_the_file_name() -> None:
    prose = "We met on site and looked at the pump. It leaks at the lower seal."
    assert front("LEASE AGREEMENT\n\n" + prose, "Pump report 4")[0] == "Lease Agreement"
    assert front(prose, "Pump report 4")[0] == "Pump report 4"
    assert front(prose, "Microsoft Word - doc1.docx")[0] == "signed copy-2"
    assert front(prose)[0] == "signed copy-2"
    assert front("# Notes on the pump\n\n" + prose)[0] == "Notes on the pump"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("by and between Jane Roe (\"Consultant\") and Acme Ltd. (the \"Company\").", ("Jane Roe", "Acme Ltd.")),
        ("PARTIES\n(1) ALPHA LTD, a firm of Leeds (“Alpha”)\n(2) BETA PLC (“Beta”).", ("ALPHA LTD", "BETA PLC")),
        ("BETWEEN:\nALPHA LTD\n1 High Street\nAND:\nBETA PLC\n2 High Street\nWHEREAS:", ("ALPHA LTD", "BETA PLC")),
        ("between eShop, Inc. (herein “eShop”) and 123456 Ohio Ltd (“Agent”)", ("eShop, Inc.", "123456 Ohio Ltd")),
        ("The difference between the two offers is small and Mr Roe knows it.", ()),
        ("disputes between the parties and any third party", ()),
    ],
)  # fmt: skip
def test_parties_are_read_from_the_introduction_only(text: str, names: tuple[str, ...]) -> None:
    assert parties_of(text) == names


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("dated as of June 27, 2006", "2006-06-27"),
        ("is made the 20th day of March 1998", "1998-03-20"),
        ("effective as of 31 October 2019", "2019-10-31"),
        ("Date: 2024-02-29", "2024-02-29"),
        ("entered into on February 30, 2020", None),
        ("made this ___ day of May, 2020", None),
        ("dated 03/04/2010", None),
        ("The flood of June 27, 2006 is excluded.", None),
    ],
)
def test_only_a_date_without_doubt_is_the_documents(text: str, date: str | None) -> None:
    assert date_of(text) == date
