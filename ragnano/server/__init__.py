"""Serves the same answers over HTTP to programs on this machine: `ragnano serve`.

`token` (who may ask) → `middleware` (checks every request first) → `routes_*` (what can be asked; `requests` defines
the bodies) → `application` (all of it as one ASGI application). Answers have the JSON of `ragnano.serialization`.
"""

from ragnano.server.application import application
from ragnano.server.token import token_file, token_of

__all__ = ["application", "token_file", "token_of"]
