"""Whole-document tasks: summaries and lists in which every line is cited.

`recognise` distinguishes them from lookups, `serve` answers them. `ragnano.assistant` answers lookups itself.
"""

from ragnano.tasks.classification import Task, recognise
from ragnano.tasks.task_answers import serve
from ragnano.tasks.task_context import Tools

__all__ = ["Task", "Tools", "recognise", "serve"]
