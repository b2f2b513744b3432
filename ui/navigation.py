"""Defines the app's pages for app.py; the other files of this folder draw them."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The checkout (for ragnano and ingest if they are not installed), and this folder if another script runs this one.
for folder in (str(HERE.parent), str(HERE)):
    if folder not in sys.path:
        sys.path.append(folder)

import streamlit as st  # noqa: E402
from login import admitted, password_form, sign_out_button  # noqa: E402
from privacy import show_sign  # noqa: E402
from shared import showing_errors  # noqa: E402


def main() -> None:
    """Draw the chosen page."""
    st.set_page_config(page_title="ragnano", page_icon=str(HERE / "icon.svg"), layout="centered")
    st.logo(str(HERE / "icon.svg"), size="large")
    st.html(HERE / "style.css")
    pages = [
        st.Page(HERE / "ask_page.py", title="Ask", icon=":material/forum:", url_path="ask", default=True),
        st.Page(HERE / "search_page.py", title="Search", icon=":material/search:", url_path="search"),
        st.Page(HERE / "library_page.py", title="Library", icon=":material/library_books:", url_path="library"),
        st.Page(HERE / "history_page.py", title="History", icon=":material/history:", url_path="history"),
        st.Page(HERE / "machine_page.py", title="Machine", icon=":material/memory:", url_path="machine"),
        st.Page(HERE / "document_page.py", title="Document", url_path="document", visibility="hidden"),
        st.Page(HERE / "viewer_page.py", title="Reader", url_path="reader", visibility="hidden"),
    ]
    allowed: bool | None = None
    with showing_errors():
        allowed = admitted()
    # Before sign-in, the sidebar does not list pages either; the address is kept for afterwards.
    page = st.navigation(pages, position="sidebar" if allowed else "hidden")
    if allowed:
        page.run()
        show_sign()
        sign_out_button()
    elif allowed is False:
        with showing_errors():
            password_form()


main()
