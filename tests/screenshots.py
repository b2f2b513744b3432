"""Pictures of the app with the real models and the sample documents: `python -m tests.screenshots FOLDER`.

Each page, light and dark, at 1,280, 1,920 and 390 pixels, from a data directory that is thrown away afterwards. With
--readme the light answer at 1,280 is also saved there, with at most 128 colours, so that the picture stays small.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from ragnano.settings import Settings
from tests.ui.browser import CHROMIUM, FLAGS, at_rest, running
from tests.ui.fakes import UI
from tests.ui.page_states import DONE

QUESTION = "How much is the signing bonus in the Employment Agreement?"
SEARCHED = "termination for convenience"
REFUSED = "Which hotel chain hosts the annual conference?"
PATIENCE_MS = 300_000  # the first answer waits for the models to load and the engine's self-test
README_COLOURS = 128


def ask(page: Any, question: str) -> None:
    """Asks, and waits for the line with the time that the answer took."""
    before = page.get_by_text(DONE).count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.get_by_text(DONE).nth(before).wait_for()
    page.locator(".rn-question", has_text=question).wait_for()


def shoot(page: Any, address: str, folder: Path, look: str) -> None:
    """Takes all pages in one colour scheme and size."""
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    ask(page, QUESTION)
    shot(page, folder / f"answer-{look}.png")
    ask(page, REFUSED)
    shot(page, folder / f"refusal-{look}.png")
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
    """Takes a picture of the screen once it is at rest."""
    at_rest(page)
    page.wait_for_timeout(1500)  # pictures load, the marked words are scrolled into view
    page.screenshot(path=path)


def main() -> None:
    """Takes all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", type=Path, help="also save the light answer here, small")
    chosen = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("there is no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    chosen.folder.mkdir(parents=True, exist_ok=True)
    models = {"RAGNANO_MODELS_DIR": str(Settings.load().models_dir)}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "home", models, UI / "app.py") as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
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
