"""Pictures of the app with the real models and the sample documents: `python -m tests.screenshots FOLDER`.

Each page, light and dark, at 1,280, 1,920 and 390 pixels, from a data directory that is thrown away afterwards. With
--readme the light answer at 1,280 is also saved there, with at most 128 colours, so that the picture stays small.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
QUESTION = "How much is the signing bonus in the Employment Agreement?"
SEARCHED = "termination for convenience"
REFUSED = "Which hotel chain hosts the annual conference?"
PATIENCE_MS = 90_000  # the first answer waits for the models to be opened and the engine to be proved
START_S = 60
README_COLOURS = 128


@contextmanager
def running_app(home: Path) -> Iterator[str]:
    """The real app on a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "ui" / "app.py"), f"--server.port={port}"]
    server = subprocess.Popen(
        [*command, "--server.headless=true"], cwd=ROOT, env=os.environ | {"RAGNANO_HOME": str(home)}
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise SystemExit("the app does not start: try `streamlit run ui/app.py`") from None
            time.sleep(0.2)


def ask(page: Any, question: str) -> None:
    """Ask and wait for the line with the time the answer took."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.locator(".rn-question", has_text=question).wait_for()
    page.get_by_test_id("stSpinner").wait_for(state="detached")
    page.get_by_text(re.compile(r"^\d+\.\d s · ")).last.wait_for()
    page.wait_for_timeout(1500)  # pictures load


def shoot(page: Any, address: str, folder: Path, look: str) -> None:
    """All pages in one look."""
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    ask(page, QUESTION)
    page.screenshot(path=folder / f"answer-{look}.png")
    ask(page, REFUSED)
    page.screenshot(path=folder / f"refusal-{look}.png")
    page.goto(f"{address}/search")
    page.get_by_placeholder("Words of a clause").fill(SEARCHED)
    page.locator(".rn-passage").first.wait_for()
    shot(page, folder / f"search-{look}.png")
    page.goto(f"{address}/library")
    page.get_by_text("Add documents").wait_for()
    shot(page, folder / f"library-{look}.png")
    page.get_by_role("link", name="Master Services Agreement").first.click()
    page.get_by_role("heading", name="Outline").wait_for()
    shot(page, folder / f"document-{look}.png")
    page.get_by_role("link", name="Read", exact=True).first.click()
    page.locator("[class*=reader-sheet] img").first.wait_for()
    shot(page, folder / f"reader-{look}.png")
    page.goto(f"{address}/history")
    page.get_by_text("Today").first.wait_for()
    shot(page, folder / f"history-{look}.png")
    page.goto(f"{address}/machine")
    page.get_by_role("heading", name="This machine").wait_for()
    shot(page, folder / f"machine-{look}.png")


def shot(page: Any, path: Path) -> None:
    """A picture of what is on the screen once it has come to rest."""
    page.wait_for_timeout(1500)
    page.screenshot(path=path)


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", type=Path, help="also save the light answer here, small")
    chosen = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("there is no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running_app(Path(home)) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        first = True
        for width, height in ((1280, 900), (1920, 1080), (390, 844)):
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                if first:
                    page.goto(address)
                    page.get_by_role("button", name="Add the sample documents").wait_for()
                    page.screenshot(path=chosen.folder / "first-run.png")
                    page.get_by_role("button", name="Add the sample documents").click()
                    page.get_by_role("button", name="Stop").wait_for()
                    page.screenshot(path=chosen.folder / "taking-in.png")
                    page.get_by_text("documents added").wait_for()
                    first = False
                shoot(page, address, chosen.folder, f"{width}-{scheme}")
                context.close()
        browser.close()
    if chosen.readme:
        answer = Image.open(chosen.folder / "answer-1280-light.png").convert("RGB")
        answer.quantize(README_COLOURS, dither=Image.Dither.NONE).save(chosen.readme, optimize=True)


if __name__ == "__main__":
    main()
