"""Questions to several documents: each document is read by itself; code filters, orders, counts and adds the values."""

from ragnano.tasks.comparison.compare import compare
from ragnano.tasks.comparison.plan import Comparison, plan_comparison

__all__ = ["Comparison", "compare", "plan_comparison"]
