"""Renders pages (of PDFs and image files) with quoted words highlighted, on demand and with a small cache.

Reads a file through the document's paths and renders it only while its bytes are those that were ingested: an image
with other words than the quoted ones would be worse than none.

Lengths named `points` are 1/72 inch, others are pixels. Boxes are `ragnano.types.Box`: page points, origin top left.
"""

import contextlib
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ragnano.documents import pdfium_lock
from ragnano.errors import DamagedFile, LimitExceeded, LoadError, NotFoundError, PasswordNeeded, UnsupportedFile
from ragnano.types import Box, Document

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

PDF = "application/pdf"
MOST_PIXELS = 4000
"""Longest side of an image: a page may be 14,400 points long, and at 2 pixels per point would take 3.3 GB."""

KEPT_PICTURES = 48
"""Pages kept in memory: about 0.25 MB each as PNG."""

_YELLOW = (255, 226, 89)
_EDGE_POINTS = 1.0  # highlighted beyond the box, so that no letter touches the border
_SIDE_POINTS = 12.0
_INK = 160  # of 255: darker is ink, lighter is paper or a highlight


@dataclass(frozen=True, slots=True)
class Picture:
    """The image of an upright page or of a part of it.

    `scale` is in pixels per point; `left` and `top` are its corner on the page in points.
    """

    png: bytes
    width: int
    height: int
    scale: float
    left: float = 0.0
    top: float = 0.0


def has_pictures(document: Document) -> bool:
    """Whether the document's format has printed pages: PDF and image files."""
    return document.media_type == PDF or document.media_type.startswith("image/")


def page_picture(document: Document, page: int, *, scale: float = 2.0) -> Picture:
    """Renders the page (counted from 1) at `scale` pixels per point, fewer if the page is huge.

    Raises UnsupportedFile (the format has no printed pages), NotFoundError (no file, or no such page), LoadError (the
    file has changed, or cannot be opened).
    """
    if not has_pictures(document):
        raise UnsupportedFile("this kind of file has no page pictures: read its text instead")
    if not 1 <= page <= document.pages:
        raise NotFoundError(f"there is no page {page}: the document has pages 1 to {document.pages}")
    file = _unchanged_file(document)
    if document.media_type != PDF:
        return _resized(document.id, file, page, scale)
    return _rendered(document.id, file, page, scale)


def highlighted(picture: Picture, boxes: Sequence[Box]) -> Picture:
    """Highlights the boxes in translucent yellow; letters stay as dark as they were."""
    from PIL import Image, ImageChops

    image = _opened(picture)
    for box in boxes:
        area = _pixels(picture, box)
        if area[0] < area[2] and area[1] < area[3]:
            part = image.crop(area)
            image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _YELLOW)), area[:2])
    return _packed(image, picture.scale, picture.left, picture.top)


def crop_around(
    picture: Picture, boxes: Sequence[Box], *, margin_points: float = 36.0, most_points: float = 260.0
) -> Picture:
    """Crops to the lines that contain the boxes, `margin_points` above and below, at most `most_points` high.

    Empty paper at the sides is cut off, but at least half the width is kept, so that single words are not magnified.
    Returns `picture` itself if there are no boxes.
    """
    if not boxes:
        return picture
    image, scale = _opened(picture), picture.scale
    top = max(min(box.y0 for box in boxes) - picture.top - margin_points, 0.0)
    bottom = min(max(box.y1 for box in boxes) - picture.top + margin_points, top + most_points)
    upper, lower = round(top * scale), min(round(bottom * scale), picture.height)
    left, right = _inked(image.crop((0, upper, picture.width, lower)), round(_SIDE_POINTS * scale))
    part = image.crop((left, upper, right, lower))
    return _packed(part, scale, picture.left + left / scale, picture.top + upper / scale)


def trimmed(picture: Picture) -> Picture:
    """Cuts off the empty paper at the sides, so that the words are as large as the available space allows."""
    image = _opened(picture)
    left, right = _inked(image, round(_SIDE_POINTS * picture.scale))
    part = image.crop((left, 0, right, picture.height))
    return _packed(part, picture.scale, picture.left + left / picture.scale, picture.top)


def _inked(image: "Image", margin: int) -> tuple[int, int]:
    """Returns the columns that enclose all dark pixels, with `margin` on each side, at least half the width."""
    box = image.convert("L").point([255 * (light < _INK) for light in range(256)]).getbbox()
    left, right = (max(box[0] - margin, 0), min(box[2] + margin, image.width)) if box else (0, image.width)
    half = image.width // 2
    if right - left < half:
        left = min(max((left + right - half) // 2, 0), image.width - half)
        right = left + half
    return left, right


def _unchanged_file(document: Document) -> Path:
    """Returns the first of the document's paths whose file still has the ingested bytes."""
    changed = False
    for name in document.paths:
        path = Path(name)
        try:
            facts = path.stat()
            if facts.st_size == document.size and _digest(path, facts.st_size, facts.st_mtime_ns) == document.id:
                return path
            changed = True
        except OSError:  # missing or unreadable: another path may work; the error below covers this one
            continue
    name = Path(document.path).name or document.title
    if changed:
        raise LoadError(
            f"{name} has changed since it was taken in: ingest it again to see its picture; the text is still here"
        )
    raise NotFoundError(
        f"{name} is no longer where it was taken in: put it back or ingest it again; the text is still here"
    )


@lru_cache(maxsize=512)
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    """SHA-256 of a file, computed again only when its size or modification time has changed (both are in the cache's
    key)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=KEPT_PICTURES)
def _rendered(_document: str, path: Path, page: int, scale: float) -> Picture:
    """Renders a page of a PDF.

    `_document`, the digest, is part of the cache's key: a changed file never yields the image of its earlier bytes.
    """
    import pypdfium2

    with pdfium_lock.TURN:
        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise PasswordNeeded(
                    f"{path.name} is encrypted and passwords are not kept: no picture, the text is still here"
                ) from None
            raise DamagedFile(f"{path.name} cannot be drawn; the text is still here") from None
        try:
            if page > len(pdf):
                raise UnsupportedFile(f"this page lies in a file inside {path.name}: no picture, its text is here")
            with contextlib.suppress(pypdfium2.PdfiumError):  # a broken form is rendered without its values
                pdf.init_forms()
            return _drawn(pdf, page, scale)
        except pypdfium2.PdfiumError:
            raise DamagedFile(f"page {page} of {path.name} cannot be drawn; the text is still here") from None
        finally:
            pdf.close()


@lru_cache(maxsize=KEPT_PICTURES)
def _resized(_document: str, path: Path, page: int, scale: float) -> Picture:
    """Renders a page of an image file; the cache's key is that of `_rendered`."""
    from ragnano.documents import image_files

    try:
        with path.open("rb") as file:
            shown = image_files.page(file, page)
    except (DamagedFile, LimitExceeded):
        raise DamagedFile(f"page {page} of {path.name} cannot be drawn; the text is still here") from None
    scale = min(scale, MOST_PIXELS / max(shown.width, shown.height, 1.0))
    size = (max(round(shown.width * scale), 1), max(round(shown.height * scale), 1))
    return _packed(shown.picture.convert("RGB").resize(size), scale, 0.0, 0.0)


def _drawn(pdf: "pypdfium2.PdfDocument", page: int, scale: float) -> Picture:
    sheet = pdf[page - 1]
    scale = min(scale, MOST_PIXELS / max(*sheet.get_size(), 1.0))
    return _packed(sheet.render(scale=scale).to_pil().convert("RGB"), scale, 0.0, 0.0)


def _opened(picture: Picture) -> "Image":
    from PIL import Image

    return Image.open(io.BytesIO(picture.png)).convert("RGB")


def _packed(image: "Image", scale: float, left: float, top: float) -> Picture:
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=3)  # a third of the time of the default level 6, a tenth more bytes
    return Picture(packed.getvalue(), image.width, image.height, scale, left, top)


def _pixels(picture: Picture, box: Box) -> tuple[int, int, int, int]:
    """Returns the box's area in pixels, clipped to the image."""
    return (
        max(round((box.x0 - picture.left - _EDGE_POINTS) * picture.scale), 0),
        max(round((box.y0 - picture.top - _EDGE_POINTS) * picture.scale), 0),
        min(round((box.x1 - picture.left + _EDGE_POINTS) * picture.scale), picture.width),
        min(round((box.y1 - picture.top + _EDGE_POINTS) * picture.scale), picture.height),
    )
