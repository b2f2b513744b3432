"""Formats measurements of answers: cells with intervals, risk and coverage, time ratios, a progress bar."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragnano.cli.output import harmless

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from ragnano.evaluation.intervals import Middle, Share
    from ragnano.evaluation.risk_coverage import Curve


@contextmanager
def progress() -> Iterator["Callable[[int, int], None] | None"]:
    """Yields the callback of a progress bar; None where standard error is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("answers", total=None)
        yield lambda done, in_all: bar.update(task, completed=done, total=in_all)


def risk_table(curves: "Mapping[str, Curve]") -> "Table":
    """Returns a table of where each system's curve ends, its area, and its coverage at some risks."""
    from rich.table import Table

    reached = list(next(iter(curves.values())).coverage_at)
    table = Table(
        "",
        "answered",
        "wrong of these",
        "AURC",
        *(f"covered at risk {risk}" for risk in reached),
        title="risk and coverage",
    )
    for name, curve in curves.items():
        end = (f"{curve.points[-1].coverage:.3f}", f"{curve.points[-1].risk:.3f}") if curve.points else ("0", "")
        area = "" if curve.aurc is None else f"{curve.aurc:.3f}"
        table.add_row(plain_text(name), *end, area, *(f"{curve.coverage_at[risk]:.3f}" for risk in reached))
    return table


def times_lines(model: str, times: "Mapping[str, Middle]") -> Iterator[str]:
    """Yields how many times as long as ragnano the plain pipeline takes, a line for each choice of questions."""
    for which, middle in times.items():
        ratio = f"{middle.median:.2f} times as long ({middle.low:.2f}–{middle.high:.2f})"
        yield f"with {model} the plain pipeline takes {ratio}, {which}"


def plain_text(text: str) -> "Text":
    """Returns the text literally: a model's path or a label's word must not be read as markup."""
    from rich.text import Text

    return Text(harmless(text))


def share_cell(share: "Share | None", *, interval: bool = True) -> str:
    """Returns a share with its counts, and its interval below."""
    if share is None:
        return ""
    counts = f"{share.share:.3f} ({share.right}/{share.of})"
    return f"{counts}\n{share.low:.2f}–{share.high:.2f}" if interval else counts


def middle_cell(middle: "Middle | None") -> str:
    """Returns a median, and its interval below."""
    return "" if middle is None else f"{middle.median:g}\n{middle.low:g}–{middle.high:g}"
