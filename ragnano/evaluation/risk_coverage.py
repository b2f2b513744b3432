"""Risk and coverage: the effect of refusing below a confidence threshold (El-Yaniv and Wiener, JMLR 2010)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

RISKS = (0.05, 0.10, 0.20)


class Outcome(NamedTuple):
    """One question: the answer's confidence (0 to 1), whether one was given, and whether it was right."""

    confidence: float
    answered: bool
    right: bool


class Point(NamedTuple):
    """Answering from this confidence up: the share of questions answered, and the share of answers that are wrong."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The points, from the surest answers to all. Refused questions are never covered, so coverage may end below 1.

    `aurc` is the mean risk along the curve, each answer weighing 1 (None without an answer): compare it only between
    curves that end at about the same coverage. `coverage_at` is the greatest coverage whose risk is at most the given
    one, by percentage ("5 %").
    """

    points: tuple[Point, ...]
    aurc: float | None
    coverage_at: Mapping[str, float]


def curve_of(outcomes: Iterable[Outcome]) -> Curve:
    """Returns the curve. Answers of equal confidence cannot be separated by a threshold and make one point."""
    outcomes = list(outcomes)
    answered = sorted((item for item in outcomes if item.answered), key=lambda item: -item.confidence)
    points: list[Point] = []
    wrong, area, before = 0, 0.0, 0
    for count, item in enumerate(answered, start=1):
        wrong += not item.right
        if count == len(answered) or answered[count].confidence != item.confidence:
            points.append(Point(item.confidence, round(count / len(outcomes), 4), round(wrong / count, 4)))
            area += (count - before) * wrong / count
            before = count
    reached = {
        f"{risk:.0%}".replace("%", " %"): max((point.coverage for point in points if point.risk <= risk), default=0.0)
        for risk in RISKS
    }
    return Curve(tuple(points), round(area / len(answered), 4) if answered else None, reached)
