"""Users add models with files in `models.d`; a wrong file is named with the model and the field."""

import json
from pathlib import Path
from typing import Any

import pytest

from ragnano.errors import ConfigError
from ragnano.models import find, load_catalogue
from ragnano.models.specs import FileSource, HubSource

ENTRY: dict[str, Any] = {
    "kind": "chat",
    "family": "Qwen2.5",
    "license": "Apache-2.0",
    "parameters": 494_032_768,
    "context": 32_768,
    "files": [{"path": "our-model.gguf", "size": 1000, "sha256": "0" * 64}],
    "sources": [{"kind": "hub", "repo": "our-company/our-model"}],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder models.d of a user's configuration."""
    monkeypatch.setenv("RAGNANO_CONFIG", str(tmp_path))
    folder = tmp_path / "models.d"
    folder.mkdir()
    return folder


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def write(path: Path, name: str = "our-model", **changes: Any) -> Path:
    entry = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    path.write_text(f'["{name}"]\n' + "".join(f"{key} = {toml(value)}\n" for key, value in entry.items()))
    return path


def test_a_users_model_stands_beside_those_of_ragnano(folder: Path) -> None:
    shipped = load_catalogue()
    write(folder.parent / "not-a-model.toml", "elsewhere")
    folder.joinpath("notes.txt").write_text("not a catalogue")
    assert load_catalogue() == shipped


def test_a_users_model_is_found_by_its_name(folder: Path) -> None:
    write(folder / "ours.toml")
    spec = find("Our-Model")
    assert load_catalogue()[-1] is spec
    assert (spec.size, spec.sha256, spec.role) == (1000, "0" * 64, None)
    assert spec.sources == (HubSource("our-company/our-model"),)


def test_a_relative_source_starts_at_the_folder_of_the_file(folder: Path) -> None:
    write(folder / "ours.toml", sources=[{"kind": "file", "path": "weights/our-model.gguf"}])
    assert find("our-model").sources == (FileSource(folder / "weights" / "our-model.gguf"),)


def test_files_are_read_in_the_order_of_their_names(folder: Path) -> None:
    write(folder / "b.toml", "second")
    write(folder / "a.toml", "first")
    assert [spec.name for spec in load_catalogue()[-2:]] == ["first", "second"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "voice"}, "kind"),
        ({"license": None}, "license"),
        ({"context": "32k"}, "context"),
        ({"colour": "blue"}, "colour"),
        ({"files": []}, "files"),
        ({"files": [{"path": "../our-model.gguf"}]}, r"files\.0\.path"),
        ({"files": [{"path": "/our-model.gguf"}]}, r"files\.0\.path"),
        ({"files": [{"path": "our-model.gguf", "size": 1000, "sha256": "ABC"}]}, r"files\.0\.sha256"),
        ({"files": [{"path": "our-model.gguf", "size": 1000}]}, r"files\.0: size and sha256"),
        ({"sources": [{"kind": "hub", "repo": "no owner"}]}, r"sources\.0\.hub\.repo"),
        ({"sources": [{"kind": "address"}]}, r"sources\.0"),
        ({"sources": [{"kind": "shipped", "folder": "legal-reader"}]}, "sources"),
        (
            {"sources": [{"kind": "package-index", "package": "p{x}", "version": "1", "members": ["m"]}]},
            "sources",
        ),
        ({"role": "chat"}, "role"),
        ({"proof": {"prompt": "1, 2,"}}, r"proof\.continuation"),
    ],
    ids=str,
)
def test_a_wrong_entry_is_named_with_its_file_model_and_field(
    changes: dict[str, Any], field: str, folder: Path
) -> None:
    path = write(folder / "ours.toml", **changes)
    with pytest.raises(ConfigError, match=rf"{path}: \[our-model\] {field}"):
        load_catalogue()


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    path = folder / "ours.toml"
    path.write_text("[our-model\n")
    with pytest.raises(ConfigError, match=f"{path} is not valid TOML"):
        load_catalogue()


def test_a_table_that_is_no_model_is_named(folder: Path) -> None:
    path = folder / "ours.toml"
    path.write_text('title = "our models"\n')
    with pytest.raises(ConfigError, match=rf"{path}: \[title\]"):
        load_catalogue()


@pytest.mark.parametrize("name", ["Legal-Reader", "qwen2.5-0.5b"])
def test_a_model_of_ragnano_is_not_replaced(name: str, folder: Path) -> None:
    path = write(folder / "ours.toml", name)
    with pytest.raises(ConfigError, match=rf"{path}: \[{name}\]: ragnano's own catalogue"):
        load_catalogue()


def test_one_name_in_two_files_names_both(folder: Path) -> None:
    first, second = write(folder / "a.toml"), write(folder / "b.toml")
    with pytest.raises(ConfigError, match=rf"{second}: \[our-model\]: {first} has"):
        load_catalogue()
