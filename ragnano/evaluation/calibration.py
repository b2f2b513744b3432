"""Measures whether confidences match the share of right answers.

The measure is the expected calibration error (Naeini et al., AAAI 2015).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence in [low, high), the last bin including its end: mean confidence and share right."""

    low: float
    high: float
    answers: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins that contain an answer, and the mean gap between confidence and share right, each answer weighing 1."""

    error: float
    of: int
    bins: tuple[Bin, ...]


def calibration_of(answers: Iterable[tuple[float, bool]]) -> Calibration | None:
    """Returns the calibration of pairs of confidence (0 to 1) and whether the answer was right; None for no answers."""
    table = np.array([(confidence, float(right)) for confidence, right in answers], dtype=np.float64)
    if not table.size:
        return None
    places = np.clip((table[:, 0] * BINS).astype(np.int64), 0, BINS - 1)
    bins, error = [], 0.0
    for place in range(BINS):
        inside = table[places == place]
        if len(inside):
            confidence, right = inside.mean(axis=0).tolist()
            error += len(inside) * abs(confidence - right)
            low, high = round(place / BINS, 4), round((place + 1) / BINS, 4)
            bins.append(Bin(low, high, len(inside), round(confidence, 4), round(right, 4)))
    return Calibration(round(error / len(table), 4), len(table), tuple(bins))
