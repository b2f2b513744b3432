"""Parsers that other packages bring: entry points of the group `ragnano.parsers`, each a `ParserPlugin`.

A plug-in that cannot be used is reported once and left out; it never stops an ingest. Packages are searched when the
first file is looked at, in the main process and in each process that parses.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from ingest.discovery.kind import Kind

if TYPE_CHECKING:
    from ingest.parsers.base.interface import LoadedFile, ReadOptions

GROUP = "ragnano.parsers"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParserPlugin:
    """A kind of file and the function that parses it, from bytes and options to a LoadedFile.

    The kind's media type and endings must be free: not those of a kind that ragnano reads itself.
    """

    kind: Kind
    load: "Callable[[bytes, ReadOptions], LoadedFile]"


@cache
def plugins(own: tuple[Kind, ...]) -> tuple[ParserPlugin, ...]:
    """Returns the usable plug-ins in the order of their names. `own`: the kinds that ragnano knows."""
    found: list[ParserPlugin] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        try:
            plugin = entry.load()
            if fault := _fault(plugin, [*own, *(other.kind for other in found)]):
                _report(entry, fault)
            else:
                found.append(plugin)
        except Exception as error:  # noqa: BLE001 - importing another package may raise anything
            _report(entry, f"{type(error).__name__}: {error}")
    return tuple(found)


def _fault(plugin: object, taken: Sequence[Kind]) -> str:
    """Returns why an object is no usable plug-in, "" when it is one."""
    if not isinstance(plugin, ParserPlugin) or not isinstance(plugin.kind, Kind) or not callable(plugin.load):
        return "it is not a ParserPlugin with a Kind and a function"
    kind = plugin.kind
    if not kind.name or not kind.media_type:
        return "its kind has no name or no media type"
    if not kind.endings or any(len(ending) < 2 or ending != f".{ending[1:].lower()}" for ending in kind.endings):
        return 'its endings must be in small letters and begin with a dot, like ".epub"'
    if not all(kind.magic):
        return "its leading bytes must not be empty"
    for other in taken:
        if other.media_type is None:
            continue
        if other.media_type == kind.media_type:
            return f"{kind.media_type} has a parser already"
        if both := set(other.endings) & set(kind.endings):
            return f"{min(both)} files have a parser already"
    return ""


def _report(entry: EntryPoint, fault: str) -> None:
    package = entry.dist.name if entry.dist else "an unknown package"
    _log.warning("ragnano: the plug-in %s of %s is left out: %s", entry.name, package, fault)
