"""The desk: `streamlit run ui/app.py`. Pages only; what they do is in the files beside this one and in ragnano."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The checkout (for ragnano and ingest when they are not installed), and this folder when another script runs this one.
for folder in (str(HERE.parent), str(HERE)):
    if folder not in sys.path:
        sys.path.append(folder)

import streamlit as st  # noqa: E402


def main() -> None:
    """Draw the page that was chosen."""
    st.set_page_config(page_title="ragnano", page_icon=str(HERE / "icon.svg"), layout="centered")
    st.logo(str(HERE / "icon.svg"), size="large")
    st.html(HERE / "style.css")
    page = st.navigation(
        [
            st.Page(HERE / "ask_page.py", title="Ask", icon=":material/forum:", url_path="ask", default=True),
            st.Page(HERE / "history_page.py", title="History", icon=":material/history:", url_path="history"),
            st.Page(HERE / "library_page.py", title="Library", icon=":material/library_books:", url_path="library"),
            st.Page(HERE / "reader_page.py", title="Reader", icon=":material/menu_book:", url_path="reader"),
        ]
    )
    page.run()


main()
