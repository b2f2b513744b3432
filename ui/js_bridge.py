"""Scripts for clicks on pieces of HTML (marks in an answer, copy buttons), scrolling to marked words, and a tab's pass.

This is the only module with scripts of its own: Streamlit's elements cannot report which word of a text was clicked,
scroll, or keep data over a refresh. The scripts are fixed; document text reaches them only as an attribute's value that
is copied.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

_CLICKS = """
function copy(button) {
  const told = button.firstElementChild || button;
  const before = told.textContent;
  const say = (text) => { told.textContent = text; setTimeout(() => { told.textContent = before; }, 1500); };
  navigator.clipboard.writeText(button.dataset.copy).then(() => say("Copied"), () => say("Copying is not allowed"));
}

let heard = null;

export default function ({ setTriggerValue }) {
  const clicked = (event) => {
    const mark = event.target.closest && event.target.closest("[data-cite], [data-copy]");
    if (!mark) return;
    if (mark.dataset.copy !== undefined) copy(mark);
    else setTriggerValue("cited", mark.dataset.cite);
  };
  if (heard) document.removeEventListener("click", heard);
  heard = clicked;
  document.addEventListener("click", clicked);
  return () => document.removeEventListener("click", clicked);
}
"""

_VIEW = """
let shown = "";

function bring(at) {
  for (const frame of document.querySelectorAll('[class*="-sheet-"]')) {
    const mark = frame.querySelector("mark");
    if (mark) {
      frame.scrollTop += mark.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
    } else if (at !== null) {
      frame.scrollTop = at * frame.scrollHeight - frame.clientHeight / 3;
    }
  }
}

export default function ({ data }) {
  if (data.token === shown) return;
  shown = data.token;
  // Pictures take a moment to load, and have no height before.
  for (const wait of [50, 250, 700]) setTimeout(bring, wait, data.at);
}
"""

# sessionStorage belongs to one tab and one origin, ends with the tab, and is never sent anywhere by itself.
_PASS = """
const NAME = "ragnano pass";

export default function ({ data, setTriggerValue }) {
  let kept = null;
  try {
    if (data.keep) sessionStorage.setItem(NAME, data.keep);
    else if (data.forget) sessionStorage.removeItem(NAME);
    else kept = sessionStorage.getItem(NAME);
  } catch (closed) {
    return;  // a browser that keeps nothing: the password is asked again
  }
  if (kept) setTriggerValue("shown", kept);
}
"""


@lru_cache(maxsize=3)
def _script(name: str, js: str) -> Any:
    return st.components.v2.component(name, js=js)


def listen(cited: Callable[[str], None]) -> None:
    """Call `cited` with the key and number of a clicked mark ("3:1"), before the page is drawn again."""

    def changed() -> None:
        if value := st.session_state.get("clicks", {}).get("cited"):
            cited(str(value))

    _script("ragnano_clicks", _CLICKS)(key="clicks", on_cited_change=changed)


def bring_into_view(token: str, at: float | None) -> None:
    """Scroll the page view to its marked words whenever `token` changes; `at` is their position as a share of the
    page's height, if the page is a picture.
    """
    _script("ragnano_view", _VIEW)(key=f"view {token}", data={"token": token, "at": at})


def keep_pass(value: str) -> None:
    """Store this pass in the tab until it is closed."""
    _script("ragnano_pass", _PASS)(key="pass kept", data={"keep": value})


def forget_pass() -> None:
    """Delete the pass stored in the tab."""
    _script("ragnano_pass", _PASS)(key="pass forgotten", data={"forget": True})


def ask_for_pass(received: Callable[[str], None]) -> None:
    """Call `received` with the pass stored in the tab, if any, before the page is drawn again."""

    def changed() -> None:
        if value := st.session_state.get("pass asked", {}).get("shown"):
            received(str(value))

    _script("ragnano_pass", _PASS)(key="pass asked", data={}, on_shown_change=changed)
