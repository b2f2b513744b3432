"""Numbers with 95 % intervals: shares by Wilson's interval, medians and their ratios by bootstrap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1_000
SEED = 20
_Z = 1.959964  # the .975 quantile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of` questions: the share and its interval, 0 to 1. Never empty: `share_of` returns None instead."""

    right: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Middle:
    """A median, or a ratio of two medians, and its interval."""

    median: float
    low: float
    high: float


def share_of(outcomes: Sequence[bool]) -> Share | None:
    """Returns the share of true outcomes, None for no outcomes. Wilson 1927."""
    of, right = len(outcomes), sum(outcomes)
    if not of:
        return None
    share, spread = right / of, _Z * _Z / of
    centre = (share + spread / 2) / (1 + spread)
    half = (share * (1 - share) * spread + spread * spread / 4) ** 0.5 / (1 + spread)
    return Share(right, of, round(share, 4), round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4))


def middle_of(values: Sequence[float]) -> Middle | None:
    """Returns the median (the upper of the two middle values for an even number), None for no values."""
    if not values:
        return None
    array = np.array(values, dtype=np.float64)
    return _middle(_upper(array[None])[0], _upper(array[_drawn(len(array))]))


def ratio_of(values: Sequence[float], others: Sequence[float]) -> Middle | None:
    """Returns the median of `values` over that of `others`, which belong to the same questions and are drawn in pairs.

    Returns None for no values, or when the second median can be 0.
    """
    array, other_array = np.array(values, dtype=np.float64), np.array(others, dtype=np.float64)
    if not array.size or other_array.min() <= 0:
        return None
    drawn = _drawn(len(array))
    return _middle(
        _upper(array[None])[0] / _upper(other_array[None])[0], _upper(array[drawn]) / _upper(other_array[drawn])
    )


def _drawn(count: int) -> NDArray[np.int64]:
    """Returns (SAMPLES, count) indices drawn with replacement, fixed for a count. Efron and Tibshirani 1993."""
    return np.random.default_rng(SEED).integers(0, count, size=(SAMPLES, count))


def _upper(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the upper median of each row."""
    middles: NDArray[np.float64] = np.sort(rows, axis=1)[:, rows.shape[1] // 2]
    return middles


def _middle(value: float, drawn: NDArray[np.float64]) -> Middle:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Middle(round(float(value), 3), round(float(low), 3), round(float(high), 3))
