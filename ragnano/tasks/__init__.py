"""Whole-document tasks: summaries and lists, whose every line is cited.

`recognise` tells them from lookups, `serve` answers them. Lookups are `ragnano.assistant`'s own.
"""

from ragnano.tasks.parts import Tools
from ragnano.tasks.recognise import Task, recognise
from ragnano.tasks.serve import serve

__all__ = ["Task", "Tools", "recognise", "serve"]
