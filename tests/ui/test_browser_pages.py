"""Every page in a real browser: checked by axe-core, at three widths, light and dark, no requests to other machines."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.ui.accessibility import cut_off, grave_faults, settled
from tests.ui.browser import NEEDS_BROWSER, running, tabs
from tests.ui.page_states import LOOKS, PASSWORD, fill

pytest_plugins = ["tests.ui.browser"]
pytestmark = NEEDS_BROWSER

WIDTHS = ((1920, 1080), (1280, 900), (390, 844))
SCHEMES = {1920: ("light",), 1280: ("light", "dark"), 390: ("dark",)}


@pytest.fixture(scope="module")
def server(chromium: Any) -> Iterator[Callable[[str], Any]]:
    """Returns a function that opens tabs of a server: "empty", "full", or "closed" by a password. Each starts once."""
    environments: Mapping[str, dict[str, str]] = {
        "empty": {},
        "full": {},
        "closed": {"RAGNANO_PUBLISHED": "192.0.2.7", "RAGNANO_PASSWORD": PASSWORD},
    }
    with ExitStack() as open_now:
        started: dict[str, Any] = {}

        def tab_of(name: str) -> Any:
            if name not in started:
                folder = Path(open_now.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
                if name == "full":
                    fill(folder / "home", folder / "contracts")
                address = open_now.enter_context(
                    running(folder / "home", {"SECONDS_A_WORD": "0.005"} | environments[name])
                )
                started[name] = open_now.enter_context(tabs(chromium, address))
            return started[name]

        yield tab_of


@pytest.mark.parametrize(("of", "look"), LOOKS, ids=[look.__name__ for _, look in LOOKS])
def test_a_page_is_sound_light_and_dark_and_at_every_width(
    server: Callable[[str], Any], of: str, look: Callable[[Any], Any]
) -> None:
    page = look(server(of))
    faults = []
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES[width]:
            page.emulate_media(color_scheme=scheme)
            settled(page, scheme)
            if width != 1920:
                faults += [f"{width} {scheme}: {fault}" for fault in grave_faults(page)]
        faults += [f"{width}: {fault}" for fault in cut_off(page)]
    page.context.close()
    assert not faults, "\n".join(faults)
