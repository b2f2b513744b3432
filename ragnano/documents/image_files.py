"""Opens image files as pages: one upright image per page, with its size in points.

Ingestion places words on these pages and page images highlight them, so both must take the size from here.

Pillow raises exceptions of every kind for malformed files. This module translates them: all but MemoryError become
LimitExceeded or DamagedFile.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps

from ragnano.errors import DamagedFile, LimitExceeded, LoadError

MOST_PIXELS = 150_000_000
"""Largest image that is opened: A4 at 1,200 dpi has 139 million pixels, 0.4 GB in colour."""
MOST_PAGES = 5_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")

_LIKELY_DPI = (100.0, 1200.0)  # cameras and screens write 72 or 96, which does not give the size of the paper
_LONG_SIDE = 842.0  # points, of A4: assumed for an image that does not state its size
_POINTS = 72.0


class PictureFrame(NamedTuple):
    """One page: its upright image in mode "L" or "RGB", and its size in points."""

    picture: Image.Image
    width: float
    height: float


def page_count(file: BinaryIO) -> int:
    """Returns the number of frames of a TIFF; 1 for every other format, animations included.

    Raises LoadError's subclasses.
    """
    with _opened(file) as image:
        return _frames(image)


def page(file: BinaryIO, number: int) -> PictureFrame:
    """Returns page `number`, counted from 1. Raises DamagedFile, LimitExceeded."""
    with _opened(file) as image:
        if number > 1:
            image.seek(number - 1)
        _must_be_bounded(image)
        upright = ImageOps.exif_transpose(image)
        width, height = _size_in_points(image)
        if (upright.width > upright.height) != (image.width > image.height):
            width, height = height, width
        return PictureFrame(_on_paper(upright), width, height)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Image.Image]:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about sizes, which are limited here, and about odd metadata
            with Image.open(file, formats=FORMATS) as image:
                _must_be_bounded(image)
                yield image
    except (MemoryError, LoadError):
        raise
    except Image.DecompressionBombError:
        raise LimitExceeded(_too_large()) from None
    except Exception as error:  # noqa: BLE001 - see the module's docstring
        raise DamagedFile(
            f"the picture cannot be opened ({type(error).__name__}); save it anew and try again"
        ) from None


def _must_be_bounded(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise LimitExceeded(_too_large())


def _too_large() -> str:
    return f"a picture of more than {MOST_PIXELS // 1_000_000} million pixels; save it with fewer"


def _frames(image: Image.Image) -> int:
    if image.format != "TIFF":
        return 1
    count = int(getattr(image, "n_frames", 1))
    if count > MOST_PAGES:
        raise LimitExceeded(f"more than {MOST_PAGES} pages; split the file")
    return count


def _size_in_points(image: Image.Image) -> tuple[float, float]:
    """Returns width and height as stored, before the image is turned upright."""
    across, down = (float(value) for value in image.info.get("dpi", (0.0, 0.0)))
    least, most = _LIKELY_DPI
    if not (least <= across <= most and least / 2 <= down <= most):  # faxes have half the lines per inch
        across = down = max(image.size) * _POINTS / _LONG_SIDE
    return image.width * _POINTS / across, image.height * _POINTS / down


def _on_paper(image: Image.Image) -> Image.Image:
    """Converts an image to greyscale or RGB, with transparent areas on white."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        least, most = image.getextrema()
        span = max(float(most) - float(least), 1.0)  # type: ignore[arg-type]
        return image.convert("F").point(lambda value: value * (255 / span) - float(least) * (255 / span)).convert("L")  # type: ignore[arg-type]
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
