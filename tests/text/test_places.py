"""Places: one form for a place, its adjective and its other names."""

import pytest

from ragnano.text.places import places_in


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("This Agreement is governed by the laws of the Kingdom of Norway.", ("norway",)),
        ("Norwegian law applies.", ("norway",)),
        ("under Scots law, and the Scottish courts", ("scotland",)),
        ("the State of Delaware", ("delaware",)),
        ("the law of England and Wales", ("england",)),
        ("English law", ("england",)),
        ("the laws of New York and of West Virginia", ("new york", "west virginia")),
        ("let us know", ()),
        ("the U.S. or the US", ("united states",)),
    ],
)
def test_places_are_found_in_one_form(text: str, places: tuple[str, ...]) -> None:
    assert places_in(text) == places
