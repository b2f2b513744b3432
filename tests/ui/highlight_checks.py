"""Checks that the highlights on a page's picture lie over the quoted words."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ragnano.documents.page_images import page_picture, trimmed
from ragnano.documents.word_boxes import boxes_for
from ragnano.store import Catalogue
from ragnano.types import Citation


def last_citations(home: Path) -> tuple[Citation, ...]:
    """Returns the citations of the answer stored last."""
    with Catalogue(home) as catalogue:
        answer = catalogue.turns(catalogue.conversations()[0].id)[-1].answer
    assert answer
    return answer.citations


def picture(page: Any, place: Any) -> NDArray[np.int64]:
    """Returns the image as received by the browser: int (height, width, 3)."""
    place.wait_for()
    reply = page.request.get(place.evaluate("image => image.src"))
    return np.asarray(Image.open(io.BytesIO(reply.body())).convert("RGB")).astype(int)


def assert_marks_cover(image: NDArray[np.int64], home: Path, citation: Citation) -> None:
    """Asserts that yellow lies over the quote's words, by their stored boxes, and nowhere else."""
    with Catalogue(home) as catalogue:
        page = catalogue.page(citation.document, citation.page)
        document = catalogue.document(citation.document)
    assert page.text[citation.start : citation.end] == citation.quote
    # The picture is trimmed at its sides; its height is that of the whole page.
    scale = image.shape[0] / page.height
    left = trimmed(page_picture(document, page.number, scale=2.0)).left
    inside = np.zeros(image.shape[:2], dtype=bool)
    near = np.zeros(image.shape[:2], dtype=bool)
    for box in boxes_for(page.words, citation.start, citation.end):
        x0, x1 = (round((side - left) * scale) for side in (box.x0, box.x1))
        y0, y1 = (round(side * scale) for side in (box.y0, box.y1))
        inside[y0:y1, x0:x1] = True
        near[y0 - 4 : y1 + 4, x0 - 4 : x1 + 4] = True
    yellow = (image[..., 0] > 200) & (image[..., 1] > 170) & (image[..., 2] < 140)
    assert inside.any()
    assert yellow[inside].mean() > 0.5  # what is not yellow is ink
    assert not yellow[~near].any()
