"""Reading order: columns in sequence, nothing before what is printed above it, all else byte for byte as drawn."""

from reportlab.pdfgen.canvas import Canvas

from tests.ingest.fakes import bare_pdf
from tests.ingest.structure.fakes import LEFT, SIZE, TOP, WIDTH, loaded, printed, prose, word_places, wrapped

PITCH = 13


def put(canvas: Canvas, lines: list[str], left: float, top: float) -> float:
    for line in lines:
        canvas.drawString(left, top, line)
        top -= PITCH
    return top


def text_of(data: bytes) -> str:
    return " ".join(loaded(data).pages[0].text.split())


def columns(count: int, *, by_lines: bool, backwards: bool = False, title: str = "") -> tuple[bytes, list[str]]:
    """Returns a page of `count` columns, drawn line by line across or column by column, and its words in order."""
    width = (WIDTH - 18 * (count - 1)) / count
    texts = [wrapped(prose(9, "abc"[place]), width) for place in range(count)]

    def draw(canvas: Canvas) -> None:
        top = TOP
        if title:
            top = put(canvas, wrapped(title, WIDTH), LEFT, top) - 10
        places = [(column, row) for column in range(count) for row in range(len(texts[column]))]
        if by_lines:
            places.sort(key=lambda place: (place[1], place[0]))
        if backwards:
            places.reverse()
        for column, row in places:
            canvas.drawString(LEFT + column * (width + 18), top - row * PITCH, texts[column][row])

    return printed(draw), " ".join([title, *(line for lines in texts for line in lines)]).split()


def test_two_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    data, words = columns(2, by_lines=True)
    assert text_of(data).split() == words


def test_three_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    data, words = columns(3, by_lines=True)
    assert text_of(data).split() == words


def test_columns_drawn_from_the_end_are_read_from_the_beginning() -> None:
    data, words = columns(2, by_lines=False, backwards=True)
    assert text_of(data).split() == words


def test_a_title_and_a_paragraph_over_the_full_width_come_before_the_columns() -> None:
    data, words = columns(2, by_lines=True, title="SUPPLY AGREEMENT. " + prose(4, "t"))
    assert text_of(data).split() == words


def test_words_keep_their_boxes_when_their_order_changes() -> None:
    ordered = word_places(loaded(columns(2, by_lines=False)[0]).pages[0])
    across = word_places(loaded(columns(2, by_lines=True)[0]).pages[0])
    assert len(across) > 15
    assert across == ordered


def test_columns_that_are_drawn_in_order_are_left_as_they_are() -> None:
    data, words = columns(2, by_lines=False)
    text = loaded(data).pages[0].text
    assert text.split() == words
    assert text.count("\n") == text.count("\r\n") + len(wrapped(prose(9, "a"), (WIDTH - 18) / 2)) * 2 - 1


def test_a_footer_drawn_first_and_a_table_drawn_last_are_read_in_their_places() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, 40, "Confidential, page one of the agreement")
        put(canvas, wrapped(prose(3, "below"), WIDTH), LEFT, 500)
        put(canvas, wrapped(prose(3, "above"), WIDTH), LEFT, TOP)
        canvas.drawString(LEFT, 560, "Service of the month")
        canvas.drawString(LEFT + 200, 560, "1,200 a month")

    text = text_of(printed(draw))
    places = [text.index(part) for part in ("above0", "Service of", "1,200 a", "below0", "Confidential")]
    assert places == sorted(places)


def test_a_title_drawn_before_the_line_above_it_is_read_before_the_table_below() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT + 220, TOP - 40, "Schedule 1")
        canvas.drawString(LEFT + 200, TOP - 53, "Reseller Information")
        canvas.drawString(LEFT, TOP, "Date signed " + "_" * 30)
        canvas.drawString(LEFT + 210, TOP, "Date signed " + "_" * 30)
        for row, pair in enumerate((("Name", "Fen Orchard Ltd"), ("Street address", "12 Hay Lane"), ("City", "Ely"))):
            canvas.drawString(LEFT, TOP - 80 - 14 * row, pair[0])
            canvas.drawString(LEFT + 160, TOP - 80 - 14 * row, pair[1])
        canvas.drawString(LEFT, 40, "#")

    text = text_of(printed(draw))
    places = [
        text.index(part) for part in ("Date signed", "Schedule 1", "Reseller", "Name Fen", "Street address 12", "#")
    ]
    assert places == sorted(places)


def test_addresses_side_by_side_are_left_as_they_are_drawn() -> None:
    left = ["To the Seller:", "Fen Orchard Ltd", "12 Hay Lane", "Attention: the Secretary", "Ely", "Cambs", "UK", "Fax"]
    right = ["To the Buyer:", "Harbour Grain plc", "Quay 4", "Attention: Purchasing", "Hull", "Yorks", "UK", "Mail"]

    def draw(canvas: Canvas) -> None:
        for row, pair in enumerate(zip(left, right, strict=True)):
            for column, line in enumerate(pair):
                canvas.drawString(LEFT + 250 * column, TOP - PITCH * row, line)

    assert text_of(printed(draw)) == " ".join(f"{a} {b}" for a, b in zip(left, right, strict=True))


def test_cells_of_prose_side_by_side_stay_with_their_row() -> None:
    rows = [[wrapped(prose(2, f"r{row}c{column}"), 240) for column in range(2)] for row in range(3)]

    def draw(canvas: Canvas) -> None:
        top = TOP
        for row in rows:
            ends = [put(canvas, lines, LEFT + 260 * column, top) for column, lines in enumerate(row)]
            top = min(ends) - 8

    words = [word for row in rows for lines in row for line in lines for word in line.split()]
    assert text_of(printed(draw)).split() == words


def test_numbers_out_in_the_margin_go_with_their_clauses() -> None:
    def draw(canvas: Canvas) -> None:
        for number in (2, 1):
            canvas.drawString(LEFT, TOP - 60 * number, f"{number}.")
            put(canvas, wrapped(prose(3, f"n{number}x"), WIDTH - 40), LEFT + 36, TOP - 60 * number)

    text = text_of(printed(draw))
    assert text.startswith("1. Sentence n1x0")
    assert text.index("2. Sentence n2x0") > text.index("n1x2")


def test_text_from_right_to_left_and_text_that_lies_across_keep_their_order() -> None:
    across = printed(lambda canvas: (canvas.rotate(90), put(canvas, wrapped(prose(6, "z"), 500), 100, -200)))  # type: ignore[func-returns-value]
    assert text_of(across) == " ".join(prose(6, "z").split())
    cmap = b"3 beginbfchar <41> <05D0> <42> <05D1> <43> <05D2> endbfchar"
    hebrew = bare_pdf(b"BT /F1 10 Tf 14 TL 20 170 Td (ABC) Tj T* (BCA) Tj 60 90 Td (CAB) Tj ET", to_unicode=cmap)
    assert set("".join(text_of(hebrew).split())) == {"\u05d0", "\u05d1", "\u05d2"}
    assert SIZE == 10
