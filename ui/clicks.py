"""Clicks on pieces of HTML: the marks in an answer, buttons that copy; and bringing marked words into view.

The one place where the app needs a script of its own: Streamlit's elements can neither tell which word of a text was
clicked nor scroll. The script is fixed; document text reaches it only as an attribute's value that is copied.
"""

from collections.abc import Callable

import streamlit as st

_JS = """
let off = null;
let shown = null;

function bringIntoView(at) {
  for (const frame of document.querySelectorAll('[class*="-sheet-"]')) {
    const mark = frame.querySelector("mark");
    if (mark) {
      const box = mark.closest(".rn-text") || frame;
      box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else if (at !== null) {
      frame.scrollTop = at * frame.scrollHeight - frame.clientHeight / 3;
    }
  }
}

function copy(button) {
  const told = button.firstElementChild || button;
  const before = told.textContent;
  const say = (text) => { told.textContent = text; setTimeout(() => { told.textContent = before; }, 1500); };
  navigator.clipboard.writeText(button.dataset.copy).then(() => say("Copied"), () => say("Copying is not allowed"));
}

export default function ({ data, setTriggerValue }) {
  const clicked = (event) => {
    const mark = event.target.closest && event.target.closest("[data-cite], [data-copy]");
    if (!mark) return;
    if (mark.dataset.copy !== undefined) copy(mark);
    else setTriggerValue("cited", mark.dataset.cite);
  };
  if (off) off();
  document.addEventListener("click", clicked);
  off = () => document.removeEventListener("click", clicked);
  if (data && data.token !== shown) {
    shown = data.token;
    // Pictures take a moment to load, and have no height before.
    for (const wait of [50, 250, 700]) setTimeout(bringIntoView, wait, data.at);
  }
  return () => { if (off) off(); off = null; };
}
"""

_script = None


def listen(cited: Callable[[str], None], token: str = "", at: float | None = None) -> None:
    """Call `cited` with the key and number of a mark that was clicked ("3:1"), before the page is drawn again.

    When `token` differs from that of the draw before, the marked words are brought into view: they stand at `at`, as
    a share of their page's height, where it is a picture.
    """
    global _script
    if _script is None:
        _script = st.components.v2.component("ragnano_clicks", js=_JS)

    def changed() -> None:
        if value := st.session_state.get("clicks", {}).get("cited"):
            cited(str(value))

    _script(key="clicks", data={"token": token, "at": at}, on_cited_change=changed, height=0)
