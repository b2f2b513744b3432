"""Measurements as a picture: SVG or PNG, the same bytes for the same numbers."""

from collections.abc import Sequence
from pathlib import Path

from ragnano.errors import ConfigError
from ragnano.evaluate.retrieval import RetrievalScores

FORMS = (".svg", ".png")
SHOWN = ("hit@1", "hit@5", "recall@2500")
_COLOURS = ("#3b6ea5", "#6fa8a0", "#c98a3a")


def require_form(target: Path) -> None:
    """Raises ConfigError for a name whose ending is of no form a plot can have."""
    if target.suffix.lower() not in FORMS:
        raise ConfigError(
            f"{target} ends in {target.suffix or 'nothing'}: give the plot a name in {' or '.join(FORMS)}"
        )


def plot_retrieval(scores: Sequence[RetrievalScores], target: Path) -> None:
    """Each way of searching with its 95 % intervals above, the first one's hit@5 by category below.

    The name's ending chooses the form. Raises ConfigError for another ending or a place that cannot be written.
    """
    if target.suffix.lower() not in FORMS:
        raise ConfigError(
            f"{target} ends in {target.suffix or 'nothing'}: give the plot a name in {' or '.join(FORMS)}"
        )
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    whole = scores[0]
    categories = sorted(whole.categories.items(), key=lambda item: item[1]["hit@5"])
    heights = (1.2 + 0.5 * len(scores), 0.8 + 0.19 * len(categories))
    with matplotlib.rc_context({"svg.hashsalt": "ragnano", "svg.fonttype": "none", "font.size": 8}):
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
        for axes in (ways, parts):
            axes.set_xlim(0, 1)
            axes.grid(axis="x", linewidth=0.3)
            axes.set_axisbelow(True)
        try:
            figure.savefig(target, dpi=150, metadata={"Date": None} if target.suffix.lower() == ".svg" else None)
        except OSError as error:
            raise ConfigError(f"the plot cannot be written to {target}: {error.strerror}") from None
        finally:
            pyplot.close(figure)
