"""Draws the table of an answer, with downloads for spreadsheets."""

from collections.abc import Sequence

import streamlit as st

from ragnano.library.comparison_export import COLUMNS, cells_of, rows_to_csv, rows_to_xlsx
from ragnano.types import Row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_rows(rows: Sequence[Row], key: str) -> None:
    """Draw one row per document or row of a table, and buttons that save them as CSV or XLSX."""
    with st.expander(f"Table of {len(rows)} rows", icon=":material/table:"):
        table = {name: [cells_of(row)[at] for row in rows] for at, name in enumerate(COLUMNS)}
        st.dataframe(table, hide_index=True, key=f"rows {key}")
        with st.container(horizontal=True):
            st.download_button(
                "Save as CSV", rows_to_csv(rows), "comparison.csv", "text/csv", key=f"csv {key}", on_click="ignore"
            )
            st.download_button(
                "Save as XLSX", rows_to_xlsx(rows), "comparison.xlsx", XLSX, key=f"xlsx {key}", on_click="ignore"
            )
