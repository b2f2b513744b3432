"""Straightens a page's picture: even background, level lines, quarter turns, and the mapping back to the original.

Pictures are grey (Pillow "L"), angles in degrees anticlockwise, points in pixels from the top left.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

_SHRINK = 8  # pixels a side that are merged into one to estimate the paper: less than a letter's height at 200 dpi
_REACH = 13  # merged pixels; wider than the strokes of a headline, narrower than a shadow
_DARKEST_PAPER = 96  # of 255; darker areas are not paper and stay dark
_PAPER = 200  # of 255, in an evened picture; lighter pixels are paper
_SKEW_DPI = 60.0  # lines of 10-point text are 10 pixels apart: enough to separate them, at 40 ms a page
_MOST_SKEW = 8.0
_LEAST_SKEW = 0.3  # degrees; Tesseract handles less skew, and each rotation blurs a little
_LEAST_INK = 200  # pixels at _SKEW_DPI; less does not show the lines
_DISTINCT = 1.05  # factor by which level lines must be sharper than the lines as they are


@dataclass(frozen=True, slots=True)
class Laid:
    """A transformed picture. `back`, float64 (2, 3), maps its pixels to those of the original."""

    picture: "Image"
    back: NDArray[np.float64]

    def original(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map boxes (n, 4) on the transformed picture to the upright boxes around them on the original."""
        corners = boxes[:, [0, 1, 2, 1, 0, 3, 2, 3]].reshape(-1, 4, 2)
        found = corners @ self.back[:, :2].T + self.back[:, 2]
        return np.concatenate((found.min(axis=1), found.max(axis=1)), axis=1)


def as_it_lies(picture: "Image") -> Laid:
    """Return the unchanged picture as a `Laid`."""
    return Laid(picture, np.eye(2, 3))


def evened(picture: "Image") -> "Image":
    """Return the picture with shadows and yellowed or dim paper made white, each pixel scaled by nearby paper's
    brightness.
    """
    from PIL import Image, ImageFilter

    small = picture.reduce(_SHRINK).filter(ImageFilter.MaxFilter(_REACH)).filter(ImageFilter.GaussianBlur(_REACH / 2))
    paper = np.asarray(small.resize(picture.size, Image.Resampling.BILINEAR), dtype=np.float32)
    light = np.asarray(picture, dtype=np.float32) * (255 / np.maximum(paper, _DARKEST_PAPER))
    return Image.fromarray(np.minimum(light, 255).astype(np.uint8))


def skew_of(picture: "Image", dpi: float) -> float:
    """Return the angle by which the lines of text rise to the right, 0.0 if there are no lines.

    Ink is summed along rows at each angle: at the correct one, lines and the gaps between them differ most.
    """
    rows, columns = np.nonzero(ink_at(picture, dpi, _SKEW_DPI))
    if len(rows) < _LEAST_INK:
        return 0.0
    sharpness = {0.0: _sharpness(rows, columns, 0.0)}
    best = 0.0
    for step, reach in ((0.5, _MOST_SKEW), (0.1, 0.5)):
        for angle in np.arange(best - reach, best + reach + step / 2, step):
            sharpness[float(angle)] = _sharpness(rows, columns, float(angle))
        best = max(sharpness, key=lambda angle: (sharpness[angle], -abs(angle)))
    return best if sharpness[best] > _DISTINCT * sharpness[0.0] and abs(best) < _MOST_SKEW else 0.0


def levelled(laid: Laid, dpi: float) -> Laid:
    """Rotate the picture so that its lines are level; a picture that is nearly level is returned as it is."""
    angle = skew_of(laid.picture, dpi)
    return _turned_by(laid, angle) if abs(angle) >= _LEAST_SKEW else laid


def turned(laid: Laid, quarters: int) -> Laid:
    """Rotate the picture by this number of quarter turns, anticlockwise."""
    from PIL.Image import Transpose

    width, height = laid.picture.size
    steps = {
        1: (Transpose.ROTATE_90, ((0, -1, width), (1, 0, 0))),
        2: (Transpose.ROTATE_180, ((-1, 0, width), (0, -1, height))),
        3: (Transpose.ROTATE_270, ((0, 1, 0), (-1, 0, height))),
    }
    if quarters % 4 == 0:
        return laid
    how, back = steps[quarters % 4]
    return Laid(laid.picture.transpose(how), _after(laid.back, np.array(back, dtype=np.float64)))


def enlarged(laid: Laid, times: float) -> Laid:
    """Resize the picture."""
    from PIL.Image import Resampling

    size = (round(laid.picture.width * times), round(laid.picture.height * times))
    shrink = np.array(((laid.picture.width / size[0], 0, 0), (0, laid.picture.height / size[1], 0)))
    return Laid(laid.picture.resize(size, Resampling.BICUBIC), _after(laid.back, shrink))


def ink_at(picture: "Image", dpi: float, fewer: float) -> NDArray[np.bool_]:
    """Return where the picture is inked, bool (height, width), at `fewer` pixels per inch."""
    from PIL import Image

    share = min(fewer / dpi, 1.0)
    size = (max(round(picture.width * share), 1), max(round(picture.height * share), 1))
    return _ink(np.asarray(picture.resize(size, Image.Resampling.BOX)))


def inked(picture: "Image") -> float:
    """Return the share of the picture that is ink, ignoring the edges, where scanners leave shadows."""
    edge_x, edge_y = picture.width // 20, picture.height // 20
    inner = np.asarray(evened(picture).crop((edge_x, edge_y, picture.width - edge_x, picture.height - edge_y)))
    return float(_ink(inner).mean()) if inner.size else 0.0


def _ink(light: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return light < _PAPER


def _sharpness(rows: NDArray[np.int64], columns: NDArray[np.int64], angle: float) -> float:
    along = np.rint(rows + columns * math.tan(math.radians(angle))).astype(np.int64)
    counts = np.bincount(along - along.min()).astype(np.float64)
    return float(np.square(np.diff(counts)).sum())


def _turned_by(laid: Laid, angle: float) -> Laid:
    """Rotate clockwise by `angle`, onto a canvas large enough for the whole picture."""
    from PIL import Image

    width, height = laid.picture.size
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    size = (math.ceil(width * cosine + height * abs(sine)), math.ceil(height * cosine + width * abs(sine)))
    # Lines that rise to the right run along (cosine, -sine) on the original, which becomes the rotated picture's x
    # axis.
    linear = np.array(((cosine, sine), (-sine, cosine)))
    shift = np.array((width, height)) / 2 - linear @ (np.array(size) / 2)
    back = np.concatenate((linear, shift[:, None]), axis=1)
    paper = int(np.median(np.asarray(laid.picture)))
    level = laid.picture.transform(
        size, Image.Transform.AFFINE, tuple(back.ravel()), resample=Image.Resampling.BICUBIC, fillcolor=paper
    )
    return Laid(level, _after(laid.back, back))


def _after(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the map that applies `inner`, then `outer`; both (2, 3)."""
    return np.concatenate((outer[:, :2] @ inner[:, :2], (outer[:, :2] @ inner[:, 2] + outer[:, 2])[:, None]), axis=1)
