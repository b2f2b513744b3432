"""Numbers with their uncertainty: shares by Wilson's interval, medians and their ratio by bootstrap. All 95 %."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1_000
SEED = 20
_Z = 1.959964  # standard normal quantile of .975


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of` questions: the share and its interval, 0 to 1. There is none of nothing (`share_of`)."""

    right: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Middle:
    """A median, or a ratio of two, and its interval."""

    median: float
    low: float
    high: float


def share_of(outcomes: Sequence[bool]) -> Share | None:
    """The share of true outcomes, None when there are none at all. Wilson 1927."""
    of, right = len(outcomes), sum(outcomes)
    if not of:
        return None
    share, spread = right / of, _Z * _Z / of
    centre = (share + spread / 2) / (1 + spread)
    half = (share * (1 - share) * spread + spread * spread / 4) ** 0.5 / (1 + spread)
    return Share(right, of, round(share, 4), round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4))


def middle_of(values: Sequence[float]) -> Middle | None:
    """The median (of an even number the upper of the two), None of nothing."""
    if not values:
        return None
    array = np.array(values, dtype=np.float64)
    return _middle(_upper(array[None])[0], _upper(array[_drawn(len(array))]))


def ratio_of(values: Sequence[float], others: Sequence[float]) -> Middle | None:
    """The median of `values` over that of `others`, which are of the same questions: drawn in pairs.

    None of nothing, or when the second can be 0.
    """
    array, other = np.array(values, dtype=np.float64), np.array(others, dtype=np.float64)
    if not array.size or other.min() <= 0:
        return None
    drawn = _drawn(len(array))
    return _middle(_upper(array[None])[0] / _upper(other[None])[0], _upper(array[drawn]) / _upper(other[drawn]))


def _drawn(count: int) -> NDArray[np.int64]:
    """(SAMPLES, count) places drawn with replacement, the same for the same count. Efron and Tibshirani 1993."""
    return np.random.default_rng(SEED).integers(0, count, size=(SAMPLES, count))


def _upper(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upper median of each row."""
    middles: NDArray[np.float64] = np.sort(rows, axis=1)[:, rows.shape[1] // 2]
    return middles


def _middle(value: float, drawn: NDArray[np.float64]) -> Middle:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Middle(round(float(value), 3), round(float(low), 3), round(float(high), 3))
