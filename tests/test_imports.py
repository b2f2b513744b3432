"""Imports point one way. Each module may import only from layers below its own."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the bottom up; a module may import from lower layers and from its own, except where APART says otherwise.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("ragnano.types", "ragnano.errors", "ragnano"),
    (
        "ragnano.addresses",
        "ragnano.text",
        "ragnano.boxes",
        "ragnano.image_files",  # where points lie on a picture file: words are placed and marked by the same rule
        "ragnano.pdfium",
        "ragnano.instructions",
        "ragnano.config",
        "ragnano.prompts",
    ),
    (
        "ragnano.question",
        "ragnano.facts",
        "ragnano.values",
        "ragnano.references",
        "ragnano.rows",
        "ragnano.places",
        "ragnano.showing",
        "ragnano.chosen",
        "ragnano.pointed",
        "ragnano.within",
        "ragnano.suggest",
        "ragnano.names",
        "ragnano.documents",
    ),
    ("ragnano.marks",),
    ("ragnano.models", "ragnano.store"),
    (
        "ragnano.narrow",
        "ragnano.scopes",
        "ragnano.rank",
        "ragnano.retrieve",
        "ragnano.extracts",
        "ragnano.evidence",
        "ragnano.gate",
        "ragnano.cite",
        "ragnano.pictures",
        "ragnano.related",
        "ragnano.amendments",
        "ragnano.shelves",
    ),
    ("ragnano.grammar", "ragnano.claims", "ragnano.receipt", "ragnano.refusal"),
    ("ragnano.conflict", "ragnano.generate", "ragnano.verify", "ragnano.chat"),
    ("ragnano.preview", "ragnano.passages"),
    ("ragnano.lookup",),
    ("ragnano.answering",),
    ("ragnano.tasks",),
    ("ragnano.assistant",),
    ("ragnano.evaluate", "ragnano.health", "ragnano.replay", "ragnano.json_records"),
    ("ragnano.server",),
    ("ragnano.cli", "ragnano.__main__"),
)
APART = (("ragnano.models", "ragnano.store"), ("ragnano.store", "ragnano.models"))
INGEST_MAY_USE = (
    "ragnano.types",
    "ragnano.errors",
    "ragnano.config",
    "ragnano.boxes",
    "ragnano.image_files",
    "ragnano.pdfium",
    "ragnano.text",
    "ragnano.rows",
    "ragnano.places",  # the names of cells are written by readers and read where answers are cited
    "ragnano.models",
    "ragnano.store",
)
UI_MAY_USE = (
    "ragnano.addresses",
    "ragnano.assistant",
    "ragnano.types",
    "ragnano.errors",
    "ragnano.config",
    "ragnano.pictures",
    "ragnano.models",
    "ragnano.text",
    "ragnano.places",
    "ragnano.showing",
    "ragnano.passages",
    "ragnano.shelves",
    "ragnano.health",  # what was checked before the app says that nothing has left the machine
    "ragnano.within",
    "ragnano.suggest",
    "ragnano.chat",
    "ingest.pipeline",
    "ingest.kinds",  # data: which files have a reader
)
ONE_IMPORTER = {
    "chromadb": "ragnano/store/vectors",
    "llama_cpp": "ragnano/models",
    "streamlit": "ui",
    "sentence_transformers": "ragnano/models",
    "unstructured": "ingest/load/elements",
    "openpyxl": "ingest/load/sheets",
    "xlrd": "ingest/load/sheets_old",
    "oxmsg": "ingest/load/outlook",
    "fastapi": "ragnano/server",
    "uvicorn": "ragnano/cli/serving",
}


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names if node.module in ("ragnano", "ingest"))
    return found


def unit(module: str) -> str:
    """The layer's name for a module: its first two parts."""
    return ".".join(module.split(".")[:2])


def layer(module: str) -> int:
    name = unit(module)
    for number, names in enumerate(LAYERS):
        if name in names:
            return number
    raise AssertionError(f"{name} has no layer: add it to LAYERS where it belongs")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", modules("ragnano"), ids=module_name)
def test_the_library_imports_downwards_only(path: Path) -> None:
    own = module_name(path)
    for imported in imports_of(path):
        if imported.startswith("ragnano."):
            if imported == "ragnano.__version__" or unit(imported) == unit(own):
                continue
            assert layer(imported) <= layer(own), f"{own} imports {imported}, which stands above it"
            assert (unit(own), unit(imported)) not in APART, f"{own} must not know {imported}"
        elif imported.split(".")[0] == "ingest":
            assert unit(own) == "ragnano.cli", f"{own} imports {imported}; only the command line may"
        assert imported.split(".")[0] != "ui"


@pytest.mark.parametrize("path", modules("ingest"), ids=module_name)
def test_ingest_uses_only_the_ground_floor_of_the_library(path: Path) -> None:
    for imported in imports_of(path):
        if imported.startswith("ragnano."):
            assert unit(imported) in INGEST_MAY_USE, f"{module_name(path)} imports {imported}"
        assert imported.split(".")[0] != "ui"


@pytest.mark.parametrize("path", modules("ui"), ids=lambda path: path.stem)
def test_the_app_uses_the_facade(path: Path) -> None:
    for imported in imports_of(path):
        if imported.startswith("ragnano."):
            assert unit(imported) in UI_MAY_USE, f"{path.name} imports {imported}"
        if imported.startswith("ingest."):
            assert unit(imported) in UI_MAY_USE, f"{path.name} imports {imported}"


@pytest.mark.parametrize(("library", "home"), ONE_IMPORTER.items())
def test_a_heavy_library_has_one_home(library: str, home: str) -> None:
    for folder in ("ragnano", "ingest", "ui"):
        for path in modules(folder):
            if any(imported.split(".")[0] == library for imported in imports_of(path)):
                assert str(path.relative_to(ROOT)).startswith(home), f"{path} imports {library}"


@pytest.mark.parametrize("folder", ["ragnano", "ingest"])
def test_every_package_is_shipped(folder: str) -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in modules(folder)}
    assert found <= set(shipped), "pyproject.toml does not ship it"


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
