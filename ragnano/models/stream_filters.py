"""Filters for text that arrives in pieces: they remove thinking, end at stop strings and emit no partial markers."""

from collections.abc import Sequence

OPEN, CLOSE = "<think>", "</think>"


def held_back(text: str, markers: Sequence[str]) -> int:
    """Returns the number of characters at the end of `text` that may be the beginning of a marker."""
    longest = max((len(marker) for marker in markers), default=1) - 1
    for count in range(min(longest, len(text)), 0, -1):
        tail = text[-count:]
        if any(marker.startswith(tail) for marker in markers):
            return count
    return 0


class ThinkingFilter:
    """Removes `<think>…</think>` and the white space after it. `inside` means that the text begins inside a thought.

    Also removes a closing tag without an opening one, which some templates cause.
    """

    def __init__(self, inside: bool = False) -> None:
        self._inside = inside
        self._after_thought = False
        self._pending = ""

    def feed(self, text: str) -> str:
        """Adds `text` and returns what can be emitted now."""
        self._pending += text
        emitted: list[str] = []
        while True:
            markers = (CLOSE,) if self._inside else (OPEN, CLOSE)
            places = [(place, marker) for marker in markers if (place := self._pending.find(marker)) >= 0]
            if not places:
                break
            place, marker = min(places)
            emitted.append(self._take(place))
            self._pending = self._pending[len(marker) :]
            self._inside, self._after_thought = marker == OPEN, marker == CLOSE
        emitted.append(self._take(len(self._pending) - held_back(self._pending, markers)))
        return "".join(emitted)

    def flush(self) -> str:
        """Returns the text held back; call it once, at the end."""
        return self._take(len(self._pending))

    def _take(self, count: int) -> str:
        """Removes `count` characters from the front and returns those that are not part of a thought."""
        text, self._pending = self._pending[:count], self._pending[count:]
        if self._inside:
            return ""
        if self._after_thought:
            text = text.lstrip()
            self._after_thought = not text
        return text


class StopFilter:
    """Emits text up to the first of the stop strings, which it drops; `stopped` is True from then on."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(word for word in stop if word)
        self._pending = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        if self.stopped:
            return ""
        self._pending += text
        places = [place for word in self._stop if (place := self._pending.find(word)) >= 0]
        if places:
            self.stopped = True
            emitted, self._pending = self._pending[: min(places)], ""
            return emitted
        keep = held_back(self._pending, self._stop) if self._stop else 0
        cut = len(self._pending) - keep
        emitted, self._pending = self._pending[:cut], self._pending[cut:]
        return emitted

    def flush(self) -> str:
        emitted, self._pending = self._pending, ""
        return "" if self.stopped else emitted
