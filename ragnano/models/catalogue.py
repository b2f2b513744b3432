"""The catalogue of models: which catalogue files are read, and a model found by its name.

`catalogue.toml` ships with ragnano; a user adds models with files in `models.d`. `catalogue_entries` checks both. This
module reads no weights and opens no connection.
"""

import difflib
from functools import cache
from importlib.resources import files
from pathlib import Path

from ragnano.errors import ConfigError, NotFoundError
from ragnano.models.catalogue_entries import specs_of
from ragnano.models.specs import ModelFile, ModelSpec, Role
from ragnano.settings import config_dir


@cache
def _shipped() -> tuple[ModelSpec, ...]:
    return tuple(specs_of(Path(str(files("ragnano.models") / "catalogue.toml")), shipped=True))


@cache
def _added(folder: Path) -> tuple[ModelSpec, ...]:
    """Returns the models of the folder's .toml files, in the order of the names. Raises ConfigError."""
    taken = {spec.name.lower(): "ragnano's own catalogue" for spec in _shipped()}
    added = []
    for path in sorted(folder.glob("*.toml")):
        for spec in specs_of(path, shipped=False):
            if owner := taken.get(spec.name.lower()):
                raise ConfigError(f"{path}: [{spec.name}]: {owner} has a model of this name; choose another")
            taken[spec.name.lower()] = str(path)
            added.append(spec)
    return tuple(added)


def load_catalogue() -> tuple[ModelSpec, ...]:
    """Returns ragnano's models, then the user's. Each file is read once; a wrong one raises ConfigError."""
    return (*_shipped(), *_added(config_dir() / "models.d"))


def default_model(role: Role) -> ModelSpec:
    """Returns the model with this role: "embedder", "reader", "chat" (the default), "small" or "large"."""
    return next(spec for spec in _shipped() if spec.role == role)


def default_specs() -> tuple[ModelSpec, ...]:
    """Returns what a new installation needs: the embedder, the reader and the default chat model."""
    return default_model("embedder"), default_model("reader"), default_model("chat")


def find(name: str) -> ModelSpec:
    """Returns the model with this name (case does not matter), or a spec for the .gguf file at this path.

    Raises NotFoundError, which lists similar names.
    """
    known = {spec.name.lower(): spec for spec in load_catalogue()}
    requested = name.strip().lower()
    if requested in known:
        return known[requested]
    if requested.endswith(".gguf"):
        return _file_spec(Path(name.strip()).expanduser())
    near = difflib.get_close_matches(requested, known, n=3, cutoff=0.4) or list(known)
    names = ", ".join(known[key].name for key in near)
    raise NotFoundError(f"no model is called {name!r}: try {names}, or the path of a .gguf file")


def _file_spec(path: Path) -> ModelSpec:
    if not path.is_file():
        raise NotFoundError(f"there is no model file {path}: check the path, or use a name from the catalogue")
    path = path.resolve()
    return ModelSpec(
        name=path.stem,
        kind="chat",
        family="gguf",
        license="unknown",
        parameters=0,
        context=0,
        files=(ModelFile(path.name, path.stat().st_size),),
        sources=(),
        own_file=path,
    )
