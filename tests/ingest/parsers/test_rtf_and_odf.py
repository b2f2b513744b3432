"""Rich text and OpenDocument texts: numbers and notes as printed, page ends, and nothing invisible."""

import pytest

from ingest.discovery.file_types import ODT, RTF
from ingest.parsers.registry import load
from ingest.parsers.rtf.lzfu import unpacked_rtf
from ragnano.errors import DamagedFile, LoadError, PasswordNeeded
from tests.ingest.parsers.fakes import open_document, package


def rich(body: str) -> bytes:
    return rf"{{\rtf1\ansi\ansicpg1252{{\fonttbl{{\f0 Times;}}{{\f1\fcharset204 Cyrillic;}}}}{body}}}".encode("cp1252")


def text_of(body: str) -> str:
    return "\n---\n".join(page.text for page in load(rich(body), RTF).pages)


def test_rich_text_is_read_in_its_own_encodings() -> None:
    assert text_of(r"caf\'e9 \u8364? 5\~000 {\f1 \'cf\'f0} \ldblquote x\rdblquote \emdash  \u-10179?\u-8704?\par") == (
        "café € 5 000 Пр “x”— 😀"
    )
    assert text_of(r"{\uc2 \u8364ab}c\par") == "€c"


def test_rich_text_has_headings_numbers_pages_and_notes() -> None:
    body = (
        r"\pard\outlinelevel0 Lease\par\pard {\listtext 1.\tab}First clause{\super\chftn}"
        r"{\footnote {\super\chftn} Plus tax.}.\par\page Second\line page.\par"
    )
    assert text_of(body) == "# Lease\n\n1.\tFirst clause¹.\n\n¹ Plus tax.\n---\nSecond\npage."


def test_rich_tables_are_rows() -> None:
    body = (
        r"Fees:\par\trowd\cellx1\cellx2\pard\intbl Stage\cell Fee\cell\row"
        r"\trowd\cellx1\cellx2\pard\intbl 1\par more\cell $5\cell\row\pard After.\par"
    )
    [page] = load(rich(body), RTF).pages
    assert page.text == "Fees:\n\n| Stage | Fee |\n| 1 more | $5 |\n\nAfter."
    assert page.marks[-1].name == "table 1, row 2"


def test_rich_text_that_is_hidden_deleted_or_not_text_is_left_out() -> None:
    body = (
        r"Seen {\v hidden words}{\deleted gone }{\fs2 tiny}text{\*\unknown stuff}{\pict 01020304}"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt  link}}\bin4 {{}}.\par{\header Acme draft\par}{\footer \chpgn\par}"
    )
    [page] = load(rich(body), RTF).pages
    assert page.text == "Seen text link.\n\nAcme draft"
    assert {(item.kind, item.text) for item in page.hidden} == {("invisible", "hidden words"), ("size", "tiny")}


def test_rich_metadata_is_read() -> None:
    loaded = load(rich(r"{\info{\title My Lease}{\author Acme Ltd}}Text.\par"), RTF)
    assert (loaded.title, loaded.author) == ("My Lease", "Acme Ltd")


@pytest.mark.parametrize("data", [b"{\\rtf1}", b"{\\rtf1 {\\pict 00}}", b"{" * 5_000, b"{\\rtf1 \\bin99999999999 x"])
def test_rich_text_without_text_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, RTF)


def test_the_packed_rich_text_of_outlook_is_unpacked() -> None:
    # The specification's example, [MS-OXRTFCP] 4.1.1.
    packed = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    assert unpacked_rtf(bytes.fromhex(packed)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(b"") == b""
    plain = b"{\\rtf1 plain}"
    header = (len(plain) + 12).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
    assert unpacked_rtf(header + b"MELA" + bytes(4) + plain) == plain
    literal = b"".join(b"\0" + plain[at : at + 8] for at in range(0, len(plain), 8))
    assert unpacked_rtf(header + b"LZFu" + bytes(4) + literal) == plain
    # One reference of six bytes to the ring's beginning, "{\\rtf1", then a literal.
    copied = b"\x01" + (0 << 4 | 4).to_bytes(2, "big") + b"}"
    size = (7).to_bytes(4, "little")
    assert unpacked_rtf(size + size + b"LZFu" + bytes(4) + copied) == b"{\\rtf1}"
    with pytest.raises(DamagedFile):
        unpacked_rtf(size + size + b"NONE" + bytes(8))


LIST = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>'
    '<text:list-level-style-bullet text:level="3"/></text:list-style>'
)


def open_text(body: str, styles: str = "") -> str:
    return "\n---\n".join(page.text for page in load(open_document("text", body, styles), ODT).pages)


def test_an_open_document_text_has_headings_lists_and_tables() -> None:
    body = (
        '<text:h text:outline-level="2">Fees</text:h><text:list text:style-name="L"><text:list-item>'
        "<text:p>one</text:p>"
        "<text:list><text:list-item><text:p>two</text:p></text:list-item><text:list-item><text:p>three</text:p>"
        "<text:list><text:list-item><text:p>four</text:p></text:list-item></text:list></text:list-item></text:list>"
        '</text:list-item></text:list><text:list text:style-name="L" text:continue-numbering="true"><text:list-item>'
        "<text:p>five</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell>"
        "<text:p>Stage</text:p></table:table-cell><table:table-cell><text:p>Fee</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    assert open_text(body, LIST) == "## Fees\n\n1. one\n\n(a) two\n\n(b) three\n\n• four\n\n2. five\n\n| Stage | Fee |"


def test_an_open_document_text_shows_notes_spaces_and_page_ends_and_no_deletions() -> None:
    styles = (
        '<style:style style:name="B"><style:paragraph-properties fo:break-before="page"/></style:style>'
        '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    )
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d'
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>Plus tax.</text:p></text:note-body></text:note><office:annotation>"
        "<text:p>remark</text:p></office:annotation>"
        '<text:span text:style-name="H">unseen</text:span></text:p><text:p text:style-name="B">next'
        "<text:soft-page-break/> one</text:p>"
    )
    loaded = load(open_document("text", body, styles, "Lease"), ODT)
    assert [page.text for page in loaded.pages] == ["a  b\tc\nd1\n\n1 Plus tax.", "next", "one"]
    assert loaded.title == "Lease"
    assert [item.text for item in loaded.pages[0].hidden] == ["unseen"]


def test_an_encrypted_open_document_needs_its_password() -> None:
    manifest = {"META-INF/manifest.xml": "<x><encryption-data/></x>", "content.xml": "…"}
    with pytest.raises(PasswordNeeded, match="password"):
        load(package(manifest), ODT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        package({"a": "b"}),
        package({"content.xml": "<x/>"}),
        package({"content.xml": "<x"}),
        open_document("text", ""),
    ],
)
def test_what_is_no_open_document_is_damaged(data: bytes) -> None:
    with pytest.raises(LoadError):
        load(data, ODT)


def test_entities_in_an_open_document_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    with pytest.raises(DamagedFile, match="entities"):
        load(package({"content.xml": bomb}), ODT)
