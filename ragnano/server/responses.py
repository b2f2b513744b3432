"""Response bodies: the same JSON as the command line prints, byte for byte."""

from typing import Any

from fastapi.responses import JSONResponse

from ragnano.serialization import to_json


class Reply(JSONResponse):
    """JSON of dataclasses and plain values, in UTF-8."""

    def render(self, content: Any) -> bytes:
        """Returns the body's bytes."""
        return to_json(content).encode()
