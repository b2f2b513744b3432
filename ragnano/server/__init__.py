"""The same answers over HTTP, for programs on this machine: `ragnano serve`.

`token` (who may ask) → `middleware` (every request passes it first) → `routes_*` (what can be asked, `requests` are its
shapes) → `application` (all of it, as one ASGI application). Answers have the JSON of `ragnano.serialization`.
"""

from ragnano.server.application import application
from ragnano.server.token import token_file, token_of

__all__ = ["application", "token_file", "token_of"]
