"""Proves by rendering which suspect words of a PDF page a person does not see.

A suspect is hidden if the rendered page is the same without it. This one test finds text in its background's colour,
beneath shapes and pictures, and in switched-off layers alike, and clears white text on a dark heading. Text drawn in a
mode without ink is hidden too, unless it lies over a picture that has ink there, as in searchable scans.

`ingest.parsers.pdf.hidden.candidates` selects the suspects.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.parsers.pdf.hidden.candidates import Suspects
from ingest.parsers.pdf.hidden.unpainted import address_of
from ragnano.types import HiddenKind

SMALLEST = 1.1
"""Points. The box of a letter of 1 point is about that high, and nothing printed is smaller."""
_FLATTEST = 0.04  # width over height of a letter's box; an "l" has about 0.2
_SEEN = 18.0
"""Brightness difference (0 to 255) that makes a word visible in the rendering; #ededed on white is not visible."""
_INK = 60.0  # brightness difference between the darkest and lightest point of a scan within a word's box
_SCALE = 2.0  # pixels per point
_MOST_PIXELS = 1_800  # on the longer side
_SCAN = 0.6  # share of the page in pictures from which its text layer may be OCR text, however it is drawn
_PICTURE = 0.2  # the same for text without ink, which has few other uses
LEAST_CUT = 3
"""Consecutive words that a clipping path must cut off to rule out an accident of printing."""
_STRAY = 0.15  # of the page's width; words misplaced at a line's end by an inexact layer extend less
_LEAST_SHARE = 0.5  # of a word that must lie on a picture to be its text


class Pieces(NamedTuple):
    """Runs of letters of one page, each hidden as a whole or not at all.

    `spans` int64 (n, 2) in the page's text; `owners` int64 (n,), the text object each belongs to (0: unknown); `boxes`
    float64 (n, 4) on the upright rendered page, not clipped to it; `letters` float64 (n, 2, 2): width and height of the
    first and the last letter's box.
    """

    spans: NDArray[np.int64]
    owners: NDArray[np.int64]
    boxes: NDArray[np.float64]
    letters: NDArray[np.float64]


def owners_of(textpage: Any, indexes: Sequence[int]) -> list[int]:
    """Return the text object of each character, 0 for one that pdfium inserted."""
    ask, raw = pdfium.FPDFText_GetTextObject, textpage.raw
    return [address_of(ask(raw, index)) for index in indexes]


def by_measure(pieces: Pieces, width: float, height: float) -> list[HiddenKind | None]:
    """Find the pieces that lie off the page or are too small to see, without rendering."""
    kinds: list[HiddenKind | None] = [None] * len(pieces.spans)
    longer, shorter = pieces.letters.max(axis=2), pieces.letters.min(axis=2)
    sized = longer > 0
    tiny = (sized & ((longer < SMALLEST) | (shorter < _FLATTEST * longer))).all(axis=1)
    x0, y0, x1, y1 = pieces.boxes.T
    outside = (x1 > x0) & (y1 > y0) & ((x1 <= 0) | (y1 <= 0) | (x0 >= width) | (y0 >= height))
    for place in np.flatnonzero(tiny | outside).tolist():
        kinds[place] = "off-page" if outside[place] else "size"
    return kinds


def by_picture(page: Any, pieces: Pieces, suspects: Suspects, images: NDArray[np.float64]) -> list[HiddenKind | None]:
    """Return how each piece is hidden, None if visible. `images`: boxes of the page's pictures, float64 (n, 4)."""
    kinds = [suspects.texts.get(int(owner)) for owner in pieces.owners]
    found = {int(owner) for owner, kind in zip(pieces.owners, kinds, strict=True) if kind}
    if not found:
        return kinds
    scale = min(_SCALE, _MOST_PIXELS / max(*page.get_size(), 1.0))
    whole = _picture(page, scale)
    # Searchable scans have no other suspects, and rendering their pictures takes long.
    inkless = found <= suspects.inkless
    without = whole if inkless else _picture_without(page, scale, [suspects.handles[owner] for owner in found])
    cover = _share_of_page(images, page)
    scan, picture = cover >= _SCAN, cover >= _PICTURE
    inkfree: list[int] = []
    for place, kind in enumerate(kinds):
        if kind is None:
            continue
        area = _pixels(pieces.boxes[place], scale, whole)
        before, after = whole[area].astype(np.int16), without[area].astype(np.int16)
        if not before.size:
            continue
        if np.abs(before - after).max() >= _SEEN:
            kinds[place] = None
        elif (scan or (picture and kind == "invisible")) and _on_image(pieces.boxes[place], images):
            if np.ptp(before) >= _INK:
                kinds[place] = None
            else:
                inkfree.append(place)
    for place in list(_strays(inkfree, kinds, pieces.boxes, _STRAY * page.get_width())):
        kinds[place] = None
    for place in list(_few(kinds, pieces.owners.tolist(), suspects.cut)):
        kinds[place] = None
    return kinds


def _few(kinds: Sequence[HiddenKind | None], owners: Sequence[int], cut: frozenset[int]) -> Iterator[int]:
    """Yield words that a clipping path cut off by accident: printing cuts a word at a margin, not a sentence."""
    for is_cut, group in groupby(range(len(kinds)), key=lambda at: kinds[at] is not None and owners[at] in cut):
        places = list(group)
        if is_cut and len(places) < LEAST_CUT:
            yield from places


def _strays(
    inkfree: Sequence[int], kinds: Sequence[HiddenKind | None], boxes: NDArray[np.float64], widest: float
) -> Iterator[int]:
    """Yield a scan's words without ink that are only slightly misplaced beside words with ink, in an inexact text
    layer.
    """
    runs: list[list[int]] = []
    for place in inkfree:
        if runs and place == runs[-1][-1] + 1 and _one_line(boxes[place], boxes[place - 1]):
            runs[-1].append(place)
        else:
            runs.append([place])
    for run in runs:
        beside = ((run[0], run[0] - 1), (run[-1], run[-1] + 1))
        inked = any(
            0 <= near < len(kinds) and kinds[near] is None and _one_line(boxes[place], boxes[near])
            for place, near in beside
        )
        if inked and boxes[run, 2].max() - boxes[run, 0].min() <= widest:
            yield from run


def _one_line(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return bool(shared > 0.5 * min(one[3] - one[1], other[3] - other[1]))


def _picture(page: Any, scale: float) -> NDArray[np.uint8]:
    """Render the upright page: brightness, uint8 (height, width)."""
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    try:
        picture = bitmap.to_numpy()
        return np.array(picture.reshape(picture.shape[:2]), dtype=np.uint8)
    finally:
        bitmap.close()


def _picture_without(page: Any, scale: float, handles: Sequence[Any]) -> NDArray[np.uint8]:
    """Render the page without these objects."""
    for handle in handles:
        pdfium.FPDFPageObj_SetIsActive(handle, False)
    try:
        return _picture(page, scale)
    finally:
        for handle in handles:
            pdfium.FPDFPageObj_SetIsActive(handle, True)


def _pixels(box: NDArray[np.float64], scale: float, picture: NDArray[np.uint8]) -> tuple[slice, slice]:
    height, width = picture.shape
    x0, y0, x1, y1 = box * scale
    across = slice(int(np.clip(np.floor(x0), 0, width)), int(np.clip(np.ceil(x1), 0, width)))
    along = slice(int(np.clip(np.floor(y0), 0, height)), int(np.clip(np.ceil(y1), 0, height)))
    return along, across


def _share_of_page(images: NDArray[np.float64], page: Any) -> float:
    """Return the share of the page that its pictures cover; above 1 where they overlap."""
    width, height = page.get_size()
    inside = np.clip(images, 0, (width, height, width, height))
    return float((inside[:, 2:] - inside[:, :2]).prod(axis=1).sum() / max(width * height, 1.0))


def _on_image(box: NDArray[np.float64], images: NDArray[np.float64]) -> bool:
    if not len(images):
        return False
    shared = np.minimum(images[:, 2:], box[2:]) - np.maximum(images[:, :2], box[:2])
    area = max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return bool((np.clip(shared, 0, None).prod(axis=1) >= _LEAST_SHARE * area).any())
