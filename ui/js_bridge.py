"""Clicks on pieces of HTML (the marks in an answer, buttons that copy), bringing marked words into view, a tab's pass.

The one place where the app needs scripts of its own: Streamlit's elements can neither tell which word of a text was
clicked, nor scroll, nor remember anything over a refresh. The scripts are fixed; document text reaches them only as an
attribute's value that is copied.
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

# sessionStorage is one tab's and one address's, goes with the tab, and is sent nowhere by itself.
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
    """Call `cited` with the key and number of a mark that was clicked ("3:1"), before the page is drawn again."""

    def changed() -> None:
        if value := st.session_state.get("clicks", {}).get("cited"):
            cited(str(value))

    _script("ragnano_clicks", _CLICKS)(key="clicks", on_cited_change=changed)


def bring_into_view(token: str, at: float | None) -> None:
    """Scroll the sheet to its marked words whenever `token` is another than before; they stand at `at`, a share of
    the page's height, where the page is a picture."""
    _script("ragnano_view", _VIEW)(key=f"view {token}", data={"token": token, "at": at})


def keep_pass(value: str) -> None:
    """Have the tab remember this pass until it is closed."""
    _script("ragnano_pass", _PASS)(key="pass kept", data={"keep": value})


def forget_pass() -> None:
    """Have the tab forget its pass."""
    _script("ragnano_pass", _PASS)(key="pass forgotten", data={"forget": True})


def ask_for_pass(shown: Callable[[str], None]) -> None:
    """Call `shown` with the pass that the tab remembers, if any, before the page is drawn again."""

    def changed() -> None:
        if value := st.session_state.get("pass asked", {}).get("shown"):
            shown(str(value))

    _script("ragnano_pass", _PASS)(key="pass asked", data={}, on_shown_change=changed)
