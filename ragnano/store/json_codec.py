"""Converts ragnano's frozen types to JSON and back, by their annotations.

Unknown fields are ignored and fields with a default may be missing, so that histories of older and newer versions load.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> str:
    """Returns a dataclass of ragnano.types as JSON."""
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Returns the dataclass that `to_json` wrote. Raises ValueError, TypeError or KeyError for other text."""
    made = _made(kind, json.loads(text))
    assert isinstance(made, kind)
    return made


def documents_in(value: Any) -> Iterator[str]:
    """Yields every document id in a dataclass's dictionary: each value of "document" and each item of "documents"."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "document" and isinstance(inner, str):
                yield inner
            elif name == "documents" and isinstance(inner, list | tuple):
                yield from (item for item in inner if isinstance(item, str))
            else:
                yield from documents_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from documents_in(inner)


def _made(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _made(next(part for part in inner if part is not type(None)), value)
    if origin is tuple:
        if inner[1:] == (...,):
            return tuple(_made(inner[0], item) for item in value)
        return tuple(_made(part, item) for part, item in zip(inner, value, strict=True))
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _made(part, value[name]) for name, part in hints.items() if name in value})  # type: ignore[operator]
    if isinstance(kind, type) and hasattr(kind, "_fields"):
        return kind(*value)
    return value
