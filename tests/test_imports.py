"""Imports follow the layers: the contracts of pyproject.toml hold, and so does what import-linter cannot see."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

UI_MAY_USE = (
    "ragnano.answering.presentation",
    "ragnano.assistant",
    "ragnano.conversations",
    "ragnano.doctor",  # its offline check runs before the app says that nothing has left the machine
    "ragnano.documents",
    "ragnano.errors",
    "ragnano.library",
    "ragnano.models",
    "ragnano.network",
    "ragnano.settings",
    "ragnano.text",
    "ragnano.types",
    "ingest.discovery.file_types",  # data: which files have a parser
    "ingest.options",
    "ingest.pipeline",
)
ONE_IMPORTER = {
    "chromadb": "ragnano/store/vector_cache",
    "llama_cpp": "ragnano/models",
    "streamlit": "ui",
    "sentence_transformers": "ragnano/models",
    "unstructured": "ingest/parsers/html/elements",
    "openpyxl": "ingest/parsers/office/xlsx",
    "xlrd": "ingest/parsers/office/xls",
    "oxmsg": "ingest/parsers/mail/outlook",
    "fastapi": "ragnano/server",
    "uvicorn": "ragnano/cli/serve",
}
BY_NAME = {
    "ingest.parsers.registry": "ingest.parsers",  # a parser is imported when its first file arrives
    "ingest.workers.pool": "ingest.workers.pool",  # each child process runs the module itself
    "ragnano.doctor": "ingest.ocr",  # OCR's self-test runs in a separate process
    "ragnano.models.derived_files": "ragnano.models.onnx_export",  # needs torch, in a separate process
    "ragnano.models.download_sources": "ragnano.models.hub_process",  # the only process that may go online
    "ragnano.models.self_test": "ragnano.models.self_test_process",  # may crash
}
"""Modules that name others in strings, invisible to import-linter, and the modules they name."""
NO_MODULES = ("ragnano.server", "ragnano.parsers")
"""Names that only look like a module's: a logger, the group of the parsers' entry points."""
_MODULE = re.compile(r"(?:ragnano|ingest)(?:\.[a-z_0-9]+)+(?::\w+)?")


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_the_contracts_of_imports_are_kept() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["ragnano", "ingest"])
def test_the_library_does_not_import_the_app(folder: str) -> None:
    app = {path.stem for path in modules("ui")}
    for path in modules(folder):
        assert not {imported.split(".")[0] for imported in imports_of(path)} & {"ui", *app}, path


@pytest.mark.parametrize("path", modules("ui"), ids=lambda path: path.stem)
def test_the_app_uses_the_facade(path: Path) -> None:
    for imported in imports_of(path):
        if is_in(imported, ("ragnano", "ingest")):
            assert is_in(imported, UI_MAY_USE), f"{path.name} imports {imported}"


@pytest.mark.parametrize("path", [*modules("ragnano"), *modules("ingest")], ids=module_name)
def test_a_module_that_is_named_in_a_string_is_there_and_expected(path: Path) -> None:
    own = module_name(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if not _MODULE.fullmatch(node.value):
            continue
        name, function, _ = node.value.partition(":")
        if not is_module(name):
            assert not function and name in NO_MODULES, f"{own} names {name}, which is not there"
            continue
        here = own == name or own.rpartition(".")[0] == name  # a package's data
        core = name in ("ragnano.types", "ragnano.errors")
        assert here or core or is_in(name, (BY_NAME.get(own, "-"),)), f"{own} names {name}"


@pytest.mark.parametrize(("library", "home"), ONE_IMPORTER.items())
def test_a_heavy_library_has_one_home(library: str, home: str) -> None:
    found = False
    for folder in ("ragnano", "ingest", "ui"):
        for path in modules(folder):
            if any(imported.split(".")[0] == library for imported in imports_of(path)):
                assert str(path.relative_to(ROOT)).startswith(home), f"{path} imports {library}"
                found = True
    assert found, f"nothing imports {library}"


@pytest.mark.parametrize("folder", ["ragnano", "ingest"])
def test_every_package_is_shipped(folder: str) -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in modules(folder)}
    assert found <= set(shipped), "pyproject.toml does not ship it"


def test_data_beside_the_modules_is_shipped() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    home = ROOT / "ragnano"
    shipped = {path for pattern in settings["package-data"]["ragnano"] for path in home.glob(pattern)}
    assert set(home.rglob("*.toml")) <= shipped


def test_the_app_is_shipped_with_its_data() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert settings["package-dir"] == {"ragnano_app": "ui"} and "ragnano_app" in settings["packages"]
    home = ROOT / "ui"
    shipped = {path for pattern in settings["package-data"]["ragnano_app"] for path in home.glob(pattern)}
    found = {path for path in home.rglob("*") if path.suffix not in ("", ".py", ".pyc")}
    assert found - shipped == {home / "screenshot.png"}


def test_no_file_in_ui_hides_a_library() -> None:
    for path in modules("ui"):
        spec = importlib.util.find_spec(path.stem)
        hidden = spec is not None and spec.origin is not None and Path(spec.origin).parent != ROOT / "ui"
        assert not hidden, f"ui/{path.name} hides {path.stem}"


@pytest.mark.parametrize(
    "heavy", ["torch", "chromadb", "llama_cpp", "streamlit", "numpy", "pydantic", "onnxruntime", "fastapi"]
)
def test_the_command_line_starts_without_heavy_libraries(heavy: str) -> None:
    code = f"import sys, ragnano.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
