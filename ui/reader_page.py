"""A page of a document as text, with the place that was opened marked."""

import streamlit as st
from opening import addressed
from safe_text import line_html, marked_html
from shared import assistant, told


def page() -> None:
    """Draw the page."""
    with told():
        helper, place = assistant(), addressed()
        if place is None:
            st.info("No document was named.")
            return
        document = helper.catalogue.document(place.document)
        st.html(line_html(document.title, "group"))
        text = helper.page(document.id, place.page).text
        st.html(marked_html(text, place.start, place.end, len(text)))


page()
