"""ragnano: private answers from your own documents, each proved by the words it rests on.

Importing this package is cheap (standard library only); `Assistant` and `Settings` are imported when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragnano.assistant import Assistant
    from ragnano.settings import Settings

__version__ = "0.1.0"
__all__ = ["Assistant", "Settings", "__version__"]

_HOMES = {"Assistant": "assistant", "Settings": "settings"}


def __getattr__(name: str) -> Any:
    """Imports a public class from its module (PEP 562). Raises AttributeError for other names."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
