"""Packages that a plain installation leaves out: `require` reports which extra installs them."""

from importlib.util import find_spec

from ragnano.errors import ExtraMissing

EXTRAS = {"serve": ("fastapi", "uvicorn"), "eval": ("matplotlib",), "pdf": ("matplotlib",)}
"""Maps each optional extra of pyproject.toml to the modules that ragnano imports from it."""


def require(extra: str, feature: str) -> None:
    """Raises ExtraMissing where a module of the extra is not installed. `feature` is what the user asked for."""
    missing = [name for name in EXTRAS[extra] if find_spec(name) is None]
    if missing:
        raise ExtraMissing(f"{feature} needs {' and '.join(missing)}: install them with pip install 'ragnano[{extra}]'")
