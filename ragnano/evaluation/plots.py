"""Draws measurements as SVG or PNG; the same numbers give the same bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from ragnano.errors import ConfigError
from ragnano.evaluation.asked_scores import AskedScores
from ragnano.evaluation.retrieval import RetrievalScores
from ragnano.evaluation.scores import AnswerScores
from ragnano.extras import require

FORMS = (".svg", ".png")
SHOWN = ("hit@1", "hit@5", "recall@2500")
_COLOURS = ("#3b6ea5", "#6fa8a0", "#c98a3a")
_LINES = (*_COLOURS, "#8c4f7d", "#5c5c5c", "#9a9a3c")


def require_form(target: Path) -> None:
    """Raises ConfigError for an ending that is no supported plot format, ExtraMissing where nothing can draw."""
    require("eval", "a plot")
    if target.suffix.lower() not in FORMS:
        raise ConfigError(
            f"{target} ends in {target.suffix or 'nothing'}: give the plot a name in {' or '.join(FORMS)}"
        )


@contextmanager
def _drawing(target: Path) -> Iterator[Any]:
    """Yields pyplot, set up so that equal numbers give equal bytes. Raises ConfigError for an unsupported ending."""
    require_form(target)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "ragnano", "svg.fonttype": "none", "font.size": 8}):
        try:
            yield pyplot
            metadata = {"Date": None} if target.suffix.lower() == ".svg" else None
            pyplot.gcf().savefig(target, dpi=150, metadata=metadata)
        except OSError as error:
            raise ConfigError(f"the plot cannot be written to {target}: {error.strerror}") from None
        finally:
            pyplot.close()


def _grid(axes: Any, which: Literal["both", "x"]) -> None:
    """Sets the x axis to 0 to 1, and draws the grid behind the data."""
    axes.set_xlim(0, 1)
    axes.grid(axis=which, linewidth=0.3)
    axes.set_axisbelow(True)


def plot_retrieval(scores: Sequence[RetrievalScores], target: Path) -> None:
    """Draws each way of searching with its 95 % intervals above, and the first one's hit@5 by category below.

    The file name's ending selects the format. Raises ConfigError for another ending or a path that cannot be written.
    """
    whole = scores[0]
    categories = sorted(whole.categories.items(), key=lambda item: item[1]["hit@5"])
    heights = (1.2 + 0.5 * len(scores), 0.8 + 0.19 * len(categories))
    with _drawing(target) as pyplot:
        figure, (ways, parts) = pyplot.subplots(
            2, 1, figsize=(7, sum(heights)), height_ratios=heights, layout="constrained"
        )
        for number, (name, colour) in enumerate(zip(SHOWN, _COLOURS, strict=True)):
            found = [way.measures[name] for way in scores]
            ways.barh(
                [row + 0.27 * (number - 1) for row in range(len(scores))],
                [one.mean for one in found],
                0.25,
                xerr=[[one.mean - one.low for one in found], [one.high - one.mean for one in found]],
                color=colour,
                label=name,
                error_kw={"elinewidth": 0.8},
            )
        ways.set_yticks(range(len(scores)), [way.way for way in scores])
        ways.invert_yaxis()
        ways.set_title(f"{whole.questions} questions, 95 % intervals")
        figure.legend(loc="outside upper center", ncols=len(SHOWN))
        names = [f"{name or 'all'} ({means['questions']:.0f})" for name, means in categories]
        parts.barh(names, [means["hit@5"] for _, means in categories], color=_COLOURS[1])
        parts.set_title("hit@5 by category (questions)")
        _grid(ways, "x")
        _grid(parts, "x")


def plot_risk(scores: Sequence[AnswerScores], target: Path) -> None:
    """Draws risk over coverage, a line for each system and model. The ending selects the format; raises ConfigError."""
    with _drawing(target) as pyplot:
        figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
        _risk(axes, scores)
        axes.set_title(f"{scores[0].questions} questions, refusing below a confidence")
        figure.legend(loc="outside lower center", ncols=2)


def plot_asked(scores: Sequence[AskedScores], target: Path) -> None:
    """Draws risk over coverage on the left, and the calibration of the first system's answers on the right.

    The file name's ending selects the format. Raises ConfigError for another ending or a path that cannot be written.
    """
    with _drawing(target) as pyplot:
        _, (left, right) = pyplot.subplots(1, 2, figsize=(9, 4), layout="constrained")
        _risk(left, scores)
        left.set_title(f"{scores[0].scores.questions} questions, refusing below a confidence")
        right.plot((0, 1), (0, 1), color="#999999", linewidth=0.6)
        for number, (name, found) in enumerate(scores[0].calibration.items()):
            confidence, share = [one.confidence for one in found.bins], [one.right for one in found.bins]
            label = f"{name}: {found.of} answers, error {found.error:.3f}"
            right.plot(confidence, share, "-o", color=_LINES[number % len(_LINES)], markersize=3, label=label)
        right.set_ylim(-0.02, 1.02)
        right.set_xlabel("confidence")
        right.set_ylabel("right among the first three citations")
        right.set_title("calibration")
        left.legend(loc="lower right")
        right.legend(loc="upper left")
        _grid(right, "both")


def _risk(axes: Any, scores: Sequence[AnswerScores] | Sequence[AskedScores]) -> None:
    """Draws a line for each system and model."""
    models = list(dict.fromkeys(way.model for way in scores))
    for way in scores:
        style = "-o" if way.system == scores[0].system else "--s"
        colour = _LINES[models.index(way.model) % len(_LINES)]
        coverage, risk = [point.coverage for point in way.curve.points], [point.risk for point in way.curve.points]
        axes.plot(coverage, risk, style, color=colour, markersize=2, label=f"{way.system}, {way.model}")
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("coverage: questions answered")
    axes.set_ylabel("risk: answers that are wrong")
    _grid(axes, "both")
