"""Whole-document tasks: summaries, lists and comparisons in which every line is cited.

`recognise` and `plan_comparison` distinguish them from lookups, `serve` and `serve_comparison` answer them.
`serve_date` computes dates, `serve_table` reads the rows of a table. `ragnano.assistant` answers lookups itself.
"""

from ragnano.tasks.classification import Task, recognise
from ragnano.tasks.comparison import plan_comparison
from ragnano.tasks.task_answers import serve, serve_comparison, serve_date, serve_table
from ragnano.tasks.task_context import Tools

__all__ = ["Task", "Tools", "plan_comparison", "recognise", "serve", "serve_comparison", "serve_date", "serve_table"]
