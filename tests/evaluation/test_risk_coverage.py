"""Numbers with their uncertainty: known intervals, curves that can be computed by hand, and their plot."""

from pathlib import Path

import pytest

from ragnano.errors import ConfigError
from ragnano.evaluation.intervals import Share, middle_of, ratio_of, share_of
from ragnano.evaluation.plots import plot_risk
from ragnano.evaluation.risk_coverage import Outcome, Point, curve_of
from ragnano.evaluation.scores import AnswerScores


def test_a_share_has_wilsons_interval() -> None:
    assert share_of([True] * 8 + [False] * 2) == Share(8, 10, 0.8, 0.4902, 0.9433)
    none, every = share_of([False] * 10), share_of([True] * 10)
    assert none and every and (none.low, none.high) == (0.0, 0.2775) and (every.low, every.high) == (0.7225, 1.0)
    assert share_of([]) is None


def test_a_median_lies_in_its_interval_which_narrows_with_more_values() -> None:
    few, many = middle_of(range(9)), middle_of([number / 100 for number in range(900)])
    assert few and many and few.median == 4 and many.median == 4.5
    assert few.low < 4 < few.high and few.high - few.low > many.high - many.low > 0
    assert middle_of([1.0, 3.0]).median == 3.0  # type: ignore[union-attr]
    assert middle_of([]) is None


def test_a_ratio_is_drawn_in_pairs() -> None:
    values = [float(number) for number in range(1, 50)]
    twice = ratio_of([2 * value for value in values], values)
    assert twice and (twice.median, twice.low, twice.high) == (2.0, 2.0, 2.0)
    assert ratio_of([1.0], [0.0]) is None and ratio_of([], []) is None


def test_risk_falls_when_only_the_surest_are_answered() -> None:
    answered = [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.5, False)]
    outcomes = [Outcome(confidence, True, right) for confidence, right in answered]
    curve = curve_of([*outcomes, *[Outcome(0.95, False, True)] * 5])
    assert [point.coverage for point in curve.points] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert [point.risk for point in curve.points] == [0, 0, 0.3333, 0.25, 0.4]
    assert curve.aurc == pytest.approx((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5) / 5, abs=1e-4)
    assert curve.coverage_at == {"5 %": 0.2, "10 %": 0.2, "20 %": 0.2}


def test_coverage_at_a_risk_is_the_greatest_even_when_the_curve_goes_up_before() -> None:
    rights = [True, False, *[True] * 8]
    curve = curve_of([Outcome(1 - place / 100, True, right) for place, right in enumerate(rights)])
    assert curve.coverage_at == {"5 %": 0.1, "10 %": 1.0, "20 %": 1.0}


def test_answers_of_one_confidence_are_taken_together() -> None:
    curve = curve_of([Outcome(0.5, True, True), Outcome(0.5, True, False)])
    assert curve.points == (Point(0.5, 1.0, 0.5),) and curve.aurc == 0.5


def test_without_an_answer_there_is_no_curve() -> None:
    curve = curve_of([Outcome(0.1, False, True)])
    assert curve.points == () and curve.aurc is None and curve.coverage_at["20 %"] == 0
    assert curve_of([]).points == ()


def way(system: str, model: str, *outcomes: tuple[float, bool]) -> AnswerScores:
    curve = curve_of(Outcome(confidence, True, right) for confidence, right in outcomes)
    return AnswerScores(system, model, len(outcomes), 0, {}, {}, 0, {}, curve)


@pytest.mark.parametrize("name", ["risk.svg", "risk.PNG"])
def test_curves_are_drawn_alike_each_time(tmp_path: Path, name: str) -> None:
    scores = [
        way("ragnano", "nano", (0.9, True), (0.5, False)),
        way("plain", "nano", (0.3, False), (0.2, True)),
        way("ragnano", "none"),
    ]
    drawn = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        plot_risk(scores, tmp_path / folder / name)
        drawn.append((tmp_path / folder / name).read_bytes())
    assert drawn[0] == drawn[1] and len(drawn[0]) > 1000
    if name.endswith("svg"):
        assert b"ragnano, nano" in drawn[0] and b"plain, nano" in drawn[0] and b"coverage" in drawn[0]


@pytest.mark.parametrize("name", ["risk.gif", "missing/risk.svg"])
def test_a_plot_that_cannot_be_written_is_an_error_that_says_why(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="plot"):
        plot_risk([way("ragnano", "none", (0.5, True))], tmp_path / name)
