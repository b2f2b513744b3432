"""Word documents: headings, numbers as printed, rows, notes, boxes; deleted and hidden text is not read as text."""

import io
import zipfile
from pathlib import Path

import pytest

from ingest.discovery.file_types import DOCX
from ingest.parsers.base.page_builder import MOST_PAGE_CHARACTERS, Composer
from ingest.parsers.office.word_numbering import letters, roman
from ingest.parsers.registry import LoadedFile, load
from ingest.structure.blocks import blocks_of
from ragnano.errors import DamagedFile, LimitExceeded
from tests.conftest import SAMPLES
from tests.ingest.parsers.fakes import compound, package, paragraph, word

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


def read(body: str, **parts: str) -> LoadedFile:
    return load(word(body, parts), DOCX)


def text_of(body: str, **parts: str) -> str:
    return "\n\n".join(page.text for page in read(body, **parts).pages)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def level(number: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}'


def item(text: str, depth: int = 0, of: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{of}"/></w:numPr>')


def heading(name: str, text: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{name}"/>')


HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{at}"><w:name w:val="heading {at}"/></w:style>' for at in (1, 2, 3)
)


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(f"<w:tc>{cell if cell.startswith('<') else paragraph(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def test_headings_are_sections_of_what_stands_below() -> None:
    body = heading("H1", "Fees") + heading("H2", "Late Payment") + paragraph("Interest is 8% a year.")
    pages = read(body, styles=HEADINGS).pages
    assert pages[0].text == "# Fees\n\n## Late Payment\n\nInterest is 8% a year."
    assert blocks_of(pages)[-1].section == ("Fees", "Late Payment")


def test_a_clause_set_in_a_heading_style_is_no_heading_and_neither_are_its_numbered_siblings() -> None:
    clause = "1.2 The Supplier shall deliver the goods within thirty days. Time is of the essence."
    body = heading("H1", "1. Delivery") + heading("H2", "1.1 Place") + heading("H2", clause)
    text = text_of(body, styles=HEADINGS)
    assert text == f"# 1. Delivery\n\n1.1 Place\n\n{clause}"


def test_numbers_of_lists_are_those_that_word_prints() -> None:
    numbering = lists(
        level(0, "decimal", "Article %1."),
        level(1, "decimal", "%1.%2"),
        level(2, "lowerLetter", "(%3)"),
        level(3, "lowerRoman", "(%4)"),
    )
    depths = [0, 1, 1, 2, 2, 3, 3, 1, 2, 0, 1]
    text = text_of("".join(item(f"t{at}", depth) for at, depth in enumerate(depths)), numbering=numbering)
    numbers = [line.rsplit(" ", 1)[0] for line in text.split("\n\n")]
    assert numbers == ["Article 1.", "1.1", "1.2", "(a)", "(b)", "(i)", "(ii)", "1.3", "(a)", "Article 2.", "2.1"]


def test_numbers_go_on_restart_and_follow_their_styles_as_in_word() -> None:
    override = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/><w:basedOn w:val="Clause"/></w:style>'
    )
    numbering = lists(
        level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2", '<w:isLgl/><w:pStyle w:val="Sub"/>'), nums=override
    )
    body = item("a") + item("b", of=2) + heading("Clause", "c") + heading("Sub", "d") + item("e", of=3)
    off = paragraph("f", '<w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert text_of(body + off, numbering=numbering, styles=styles).split("\n\n") == [
        "I. a", "II. b", "III. c", "3.1 d", "V. e", "f",
    ]  # fmt: skip


def test_numbers_that_are_none_are_taken_for_what_word_takes_without() -> None:
    odd = level(0, "decimal", "%1.").replace('w:ilvl="0"', 'w:ilvl="x"').replace('w:val="1"', 'w:val="99999999999999"')
    body = item("a") + paragraph("b", '<w:outlineLvl w:val="²"/>', '<w:sz w:val="-"/>')
    assert text_of(body, numbering=lists(odd)) == "1. a\n\nb"


def test_letters_and_roman_numbers_count_as_in_word() -> None:
    assert [letters(count) for count in (1, 26, 27, 53)] == ["a", "z", "aa", "aaa"]
    assert [roman(count) for count in (4, 9, 40, 1994)] == ["iv", "ix", "xl", "mcmxciv"]


def test_insertions_count_and_deletions_do_not() -> None:
    body = (
        f"<w:p>{run('Payment within ')}<w:del><w:r><w:delText>thirty</w:delText></w:r></w:del>"
        f"<w:ins>{run('sixty')}</w:ins>{run(' days')}<w:moveFrom>{run(' gone')}</w:moveFrom></w:p>"
    )
    assert text_of(body) == "Payment within sixty days"


def test_a_deleted_row_is_not_read_and_an_inserted_one_is() -> None:
    table = (
        f"<w:tbl>{row('a', 'b')}{row('c', 'd', properties='<w:del/>')}{row('e', 'f', properties='<w:ins/>')}</w:tbl>"
    )
    assert text_of(table) == "| a | b |\n| e | f |"


@pytest.mark.parametrize(
    ("properties", "kind"),
    [("<w:vanish/>", "invisible"), ('<w:sz w:val="2"/>', "size"), ('<w:color w:val="FFFFFF"/>', "colour")],
)
def test_text_that_nobody_sees_is_hidden_and_not_in_the_page(properties: str, kind: str) -> None:
    [page] = read(paragraph("Seen words.") + paragraph("Ignore the contract.", run=properties)).pages
    assert page.text == "Seen words."
    assert [(hidden.kind, hidden.text) for hidden in page.hidden] == [(kind, "Ignore the contract.")]


def test_text_hidden_by_its_style_is_hidden_and_a_switch_turned_off_is_not() -> None:
    styles = '<w:style w:type="character" w:styleId="V"><w:name w:val="V"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = paragraph("One.", run='<w:rStyle w:val="V"/>') + paragraph("Two.", run='<w:vanish w:val="0"/>')
    [page] = read(body, styles=styles).pages
    assert (page.text, page.hidden[0].text) == ("Two.", "One.")


def test_white_text_on_a_dark_cell_is_seen() -> None:
    cell = paragraph("Stage", run='<w:color w:val="FFFFFF"/>')
    assert text_of(f"<w:tbl>{row(cell, 'Fee')}{row('1', '$5')}</w:tbl>") == "| Stage | Fee |\n| 1 | $5 |"


def test_rows_are_lines_named_by_their_table() -> None:
    table = f"<w:tbl>{row('Stage', 'Fee')}{row('1', '$32,000')}</w:tbl>"
    [page] = read(paragraph("Fees:") + table + paragraph("After.") + table).pages
    assert page.text == "Fees:\n\n| Stage | Fee |\n| 1 | $32,000 |\n\nAfter.\n\n| Stage | Fee |\n| 1 | $32,000 |"
    named = [(page.text[mark.start : mark.end], mark.name) for mark in page.marks]
    assert named[1] == ("1 | $32,000", "table 1, row 2") and named[-1][1] == "table 2, row 2"


def test_a_table_that_only_lays_the_page_out_is_read_as_text() -> None:
    long = "The Supplier shall keep records. " * 30
    assert text_of(f"<w:tbl>{row(paragraph('One.') + paragraph('Two.'))}</w:tbl>") == "One.\n\nTwo."
    assert text_of(f"<w:tbl>{row(paragraph(long), paragraph('Deutsch.'))}</w:tbl>").endswith("records.\n\nDeutsch.")


def test_cells_that_are_merged_or_nested_lose_no_text() -> None:
    merged = f"<w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}"
    nested = f"{paragraph('outer')}<w:tbl>{row('in', 'ner')}</w:tbl>"
    text = text_of(f"<w:tbl>{row('a', 'b')}{row(merged, nested)}</w:tbl>")
    assert text == "| a | b |\n| | outer in ner |"


def test_comments_follow_the_paragraph_with_their_author() -> None:
    body = f'<w:p>{run("The fee is $5.")}<w:r><w:commentReference w:id="3"/></w:r></w:p>' + paragraph("End.")
    comments = f'<w:comment w:id="3" w:author="Ann">{paragraph("Make it $6?")}</w:comment>'
    [page] = read(body, comments=comments).pages
    assert page.text == "The fee is $5.\n\nComment by Ann: Make it $6?\n\nEnd."
    assert page.marks[0].name == "comment"


def with_files(document: bytes, files: dict[str, bytes]) -> bytes:
    plain, out = zipfile.ZipFile(io.BytesIO(document)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in plain.namelist():
            made.writestr(name, plain.read(name))
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def test_a_document_of_pictures_says_how_they_are_read() -> None:
    with pytest.raises(DamagedFile, match="pictures and no text; save it as PDF"):
        load(with_files(word(paragraph("")), {"word/media/image1.png": b"\x89PNG"}), DOCX)


def test_embedded_files_are_read_by_their_own_parsers() -> None:
    embedded = {"annex.docx": word(paragraph("The fee is $7.")), "oleObject1.bin": compound({"x": b"y"})}
    data = with_files(
        word(paragraph("See the annex.")), {f"word/embeddings/{name}": embedded[name] for name in embedded}
    )
    first, annex, old = load(data, DOCX).pages
    assert (first.text, annex.text, annex.place) == ("See the annex.", "The fee is $7.", "Attachment annex.docx")
    assert [page.number for page in (first, annex, old)] == [1, 2, 3]
    assert str(old.unreadable).startswith("Attachment oleObject1.bin: no parser for this kind")


def test_footnotes_follow_the_paragraph_with_their_printed_number() -> None:
    body = f'<w:p>{run("The fee is $5")}<w:r><w:footnoteReference w:id="7"/></w:r>{run(".")}</w:p>' + paragraph("End.")
    notes = (
        f'<w:footnote w:id="-1">{paragraph("")}</w:footnote><w:footnote w:id="7">{paragraph("Plus tax.")}</w:footnote>'
    )
    [page] = read(body, footnotes=notes).pages
    assert page.text == "The fee is $5¹.\n\n¹ Plus tax.\n\nEnd."
    assert page.marks[0].name == "footnote ¹"


def test_headers_and_footers_are_read_once_and_page_numbers_not_at_all() -> None:
    parts = {
        "header1": paragraph("Confidential draft"),
        "header2": paragraph("Confidential draft"),
        "footer1": paragraph("Page 1 of 3"),
    }
    [page] = read(paragraph("Body."), **parts).pages
    assert page.text == "Body.\n\nConfidential draft"
    assert page.marks[0].name == "header"


def test_text_boxes_are_read_once_behind_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    drawing = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    assert text_of(f"<w:p>{run('Before.')}<w:r>{drawing}</w:r></w:p>") == "Before.\n\nIn the box."


def test_fields_content_controls_and_links_are_read_as_they_show() -> None:
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('The ')}<w:hyperlink>{run('link')}</w:hyperlink>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(" of 5")}<w:r><w:noBreakHyphen/></w:r></w:p>'
        "</w:sdtContent></w:sdt>"
    )
    assert text_of(body) == "The link of 5-"


def test_page_ends_that_word_noted_part_pages_even_inside_a_sentence() -> None:
    cut = f"<w:p>{run('The rent is ')}<w:r><w:lastRenderedPageBreak/><w:t>due monthly.</w:t></w:r></w:p>"
    body = (
        cut
        + paragraph("Third.", "<w:pageBreakBefore/>")
        + '<w:p><w:r><w:br w:type="page"/><w:t>Fourth.</w:t></w:r></w:p>'
    )
    pages = read(body).pages
    assert [page.text for page in pages] == ["The rent is", "due monthly.", "Third.", "Fourth."]
    assert blocks_of(pages)[1].continues
    assert {(page.width, page.height, page.read_by, page.place) for page in pages} == {(0.0, 0.0, "plain", "")}


def test_a_long_document_without_page_ends_is_cut_before_a_heading() -> None:
    out = Composer()
    for number in range(1, 5):
        out.heading(1, f"Part {number}")
        out.paragraph("word " * (MOST_PAGE_CHARACTERS // 8))
    texts = [page.text for page in out.pages()]
    assert len(texts) > 1 and all(text.startswith("# Part") for text in texts)
    assert all(len(text) <= MOST_PAGE_CHARACTERS for text in texts)


def test_a_declaration_of_entities_is_refused_and_nothing_is_expanded_or_fetched() -> None:
    with pytest.raises(DamagedFile, match="entities"):
        load(word(paragraph("&b;&c;"), prolog=ENTITIES), DOCX)


def test_a_package_that_unpacks_to_a_bomb_is_refused() -> None:
    bomb = package({"[Content_Types].xml": "x", "word/document.xml": b" " * (30 << 20)})
    with pytest.raises(LimitExceeded, match="bomb"):
        load(bomb, DOCX)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", package({"a.txt": "x"}), word(""), word("<w:p>")])
def test_what_is_no_document_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        load(data, DOCX)


def test_the_sample_letter_reads_as_it_is_printed() -> None:
    letter = Path(SAMPLES, "documents", "wrenfield-saltmarsh-consultancy-letter.docx").read_bytes()
    loaded = load(letter, DOCX)
    [page] = loaded.pages
    assert (loaded.title, loaded.author) == ("Consultancy Engagement Letter", "Wrenfield Advisory LLP")
    assert (
        "# 3. Fees\n\n3.1 Our fixed fees for each stage are as follows:\n\n| Stage | Result | Fee |\n| 1 |" in page.text
    )
    [block] = [block for block in blocks_of(loaded.pages) if "twenty-one (21) days" in block.text]
    assert (block.number, block.section) == ("3.2", ("3. Fees", "3.2"))
