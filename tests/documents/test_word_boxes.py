"""Word boxes survive packing and cover the right area."""

from hypothesis import given
from hypothesis import strategies as st

from ragnano.documents.word_boxes import Word, boxes_for, pack_words, unpack_words
from ragnano.types import Box

coordinate = st.floats(min_value=0, max_value=14_400, allow_nan=False)


@given(coordinate, coordinate, coordinate, coordinate, st.integers(0, 10**6), st.integers(1, 60_000))
def test_a_packed_box_covers_the_word_and_is_at_most_a_quarter_point_larger(
    x: float, y: float, width: float, height: float, start: int, length: int
) -> None:
    box = Box(x, y, min(x + width, 14_400), min(y + height, 14_400))
    (word,) = unpack_words(pack_words([Word(start, start + length, box)]))
    assert (word.start, word.end) == (start, start + length)
    assert word.box.x0 <= box.x0 and word.box.y0 <= box.y0 and word.box.x1 >= box.x1 and word.box.y1 >= box.y1
    assert max(abs(kept - given) for kept, given in zip(word.box, box, strict=True)) <= 0.25


def words_of_two_lines() -> bytes:
    return pack_words(
        [
            Word(0, 3, Box(10, 10, 30, 20)),
            Word(4, 8, Box(35, 11, 60, 20)),
            Word(9, 12, Box(10, 25, 30, 35)),
        ]
    )


def test_words_of_a_line_share_a_box_and_lines_have_their_own() -> None:
    assert boxes_for(words_of_two_lines(), 0, 12) == (Box(10, 10, 60, 20), Box(10, 25, 30, 35))


def test_only_touched_words_are_covered() -> None:
    assert boxes_for(words_of_two_lines(), 5, 6) == (Box(35, 11, 60, 20),)
    assert boxes_for(words_of_two_lines(), 3, 4) == ()
    assert boxes_for(b"", 0, 10) == ()
