"""Visual checks of a page: the faults that axe-core finds, and content that is cut off."""

import time
from typing import Any

from tests.ui.browser import SEEN_MS

GRAVE = ("serious", "critical")

LOOK = r"""
(dark) => {
  if (!document.querySelector('.stApp[data-test-script-state="notRunning"]')) return "";
  if ([...document.images].some((image) => !image.complete)) return "";
  const of = (at) => getComputedStyle(at);
  const shade = of(document.querySelector(".stApp")).backgroundColor.match(/\d+/g).slice(0, 3).map(Number);
  if (dark !== Math.max(...shade) < 128) return "";
  const fading = document.getAnimations().some((at) => at instanceof CSSTransition && at.playState === "running");
  if (fading || [...document.querySelectorAll('[data-stale="true"]')].some((at) => at.checkVisibility())) return "";
  return [...document.querySelectorAll(".stApp, .stApp *")].map((at) =>
    [JSON.stringify(at.getBoundingClientRect()), of(at).backgroundColor, of(at).color, of(at).opacity]).join();
}
"""


def settled(page: Any, scheme: str) -> None:
    """Waits until the page is drawn, has the scheme's colours, and neither moves nor fades: two snapshots are equal.

    Streamlit fades what a rerun has not drawn again yet, and axe-core reports faded words as too faint.
    """
    before = None
    end = time.monotonic() + SEEN_MS / 1000
    while time.monotonic() < end:
        now = page.evaluate(LOOK, scheme == "dark")
        if now and now == before:
            return
        before = now
        page.wait_for_timeout(80)
    raise AssertionError(f"the page does not come to rest in {scheme} colours")


def grave_faults(page: Any) -> list[str]:
    """Returns axe-core's serious and critical violations on the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{item['id']} ({item['impact']}): {node['html'][:300]} {node.get('failureSummary', '')[:300]}"
        for item in found
        if item["impact"] in GRAVE
        for node in item["nodes"][:3]
    ]


CUT_OFF = """
() => {
  const wide = document.documentElement.clientWidth, found = [];
  const tell = (why, at) => found.push(why + ": " + at.outerHTML.slice(0, 200));
  if (document.documentElement.scrollWidth > wide) found.push("the page scrolls sideways");
  const main = document.querySelector(".stMain");
  if (main && main.scrollWidth > main.clientWidth + 1) found.push("the page's middle scrolls sideways");
  const bar = document.querySelector('[data-testid="stExpandSidebarButton"]');
  const first = document.querySelector(".stMain :is(h1, [data-testid='stPageLink'])");
  if (bar && first && first.getBoundingClientRect().top + main.scrollTop < bar.getBoundingClientRect().bottom)
    tell("under the bar at the top", first);
  const scrolls = (piece) => {
    for (let up = piece.parentElement; up; up = up.parentElement) {
      if (/-sheet-/.test(up.className) || up.closest(".stSidebar")) return true;
      const at = getComputedStyle(up).overflowX;
      if (["auto", "scroll"].includes(at) && up.scrollWidth > up.clientWidth + 1) return true;
    }
    return false;
  };
  const pieces = ".stMain :is(button, a, h1, h2, h3, p, span, input, img, dd, dt, blockquote, [class^='rn-'])";
  for (const at of document.querySelectorAll(pieces)) {
    const box = at.getBoundingClientRect();
    if (!box.width || !box.height || !at.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(at)) tell("beyond the edge", at);
    const hides = ["hidden", "clip"].includes(getComputedStyle(at).overflowX);
    if (hides && at.scrollWidth > at.clientWidth + 2 && at.innerText) tell("its words are cut off", at);
  }
  return found.slice(0, 10);
}
"""


def cut_off(page: Any) -> list[str]:
    """Returns content that is cut off."""
    found: list[str] = page.evaluate(CUT_OFF)
    return found
