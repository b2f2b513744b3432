"""Whole-document tasks: summaries and lists, whose every line is cited.

`recognise` tells them from lookups, `serve` answers them. Lookups are `ragnano.assistant`'s own.
"""

from ragnano.tasks.classification import Task, recognise
from ragnano.tasks.task_answers import serve
from ragnano.tasks.task_context import Tools

__all__ = ["Task", "Tools", "recognise", "serve"]
