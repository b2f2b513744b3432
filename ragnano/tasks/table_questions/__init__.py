"""Questions to the rows of a table: code finds the row and the column, and lists, counts, compares and adds values."""

from ragnano.tasks.table_questions.answer import answer_from_table

__all__ = ["answer_from_table"]
