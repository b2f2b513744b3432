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
        "ragnano.network",
        "ragnano.text.words",
        "ragnano.documents.word_boxes",
        # Where points lie on a picture file: words are placed and marked by the same rule.
        "ragnano.documents.image_files",
        "ragnano.documents.pdfium_lock",
        "ragnano.text.prompt_injection",
        "ragnano.settings",
        "ragnano.generation.prompts",
    ),
    (
        "ragnano.text.query",
        "ragnano.text.entities",
        "ragnano.text.quantities",
        "ragnano.documents.cross_references",
        "ragnano.documents.table_rows",
        "ragnano.documents.locations",
        "ragnano.answering.presentation",
        "ragnano.verification.value_disambiguation",
        "ragnano.evidence.sentence_trimming",
        "ragnano.documents.outline",
        "ragnano.documents.suggested_questions",
        "ragnano.text.legal_terms",
        "ragnano.documents",
    ),
    ("ragnano.retrieval.term_highlights",),
    ("ragnano.models", "ragnano.store"),
    (
        "ragnano.retrieval.document_filter",
        "ragnano.retrieval.filters",
        "ragnano.retrieval.ranking",
        "ragnano.retrieval.retriever",
        "ragnano.evidence.sentences",
        "ragnano.evidence",
        "ragnano.evidence.answerability",
        "ragnano.answering.citations",
        "ragnano.documents.page_images",
        "ragnano.conflicts.related_documents",
        "ragnano.conflicts.amendments",
        "ragnano.library.collections",
    ),
    ("ragnano.generation.grammar", "ragnano.verification.claims", "ragnano.receipts", "ragnano.answering.refusal"),
    (
        "ragnano.conflicts.detect",
        "ragnano.generation.prompt_builder",
        "ragnano.verification.verify",
        "ragnano.conversations",
    ),
    ("ragnano.verification.stream_guard", "ragnano.library.search_results"),
    ("ragnano.answering.phrasing",),
    ("ragnano.answering",),
    ("ragnano.tasks",),
    ("ragnano.assistant",),
    ("ragnano.evaluation", "ragnano.doctor", "ragnano.replay", "ragnano.serialization"),
    ("ragnano.server",),
    ("ragnano.cli", "ragnano.__main__"),
)
APART = (("ragnano.models", "ragnano.store"), ("ragnano.store", "ragnano.models"))
INGEST_MAY_USE = (
    "ragnano.types",
    "ragnano.errors",
    "ragnano.settings",
    "ragnano.documents.word_boxes",
    "ragnano.documents.image_files",
    "ragnano.documents.pdfium_lock",
    "ragnano.text.words",
    "ragnano.documents.table_rows",
    "ragnano.documents.locations",  # the names of cells are written by readers and read where answers are cited
    "ragnano.models",
    "ragnano.store",
)
UI_MAY_USE = (
    "ragnano.network",
    "ragnano.assistant",
    "ragnano.types",
    "ragnano.errors",
    "ragnano.settings",
    "ragnano.documents.page_images",
    "ragnano.models",
    "ragnano.text.words",
    "ragnano.documents.locations",
    "ragnano.answering.presentation",
    "ragnano.library.search_results",
    "ragnano.library.collections",
    "ragnano.doctor",  # what was checked before the app says that nothing has left the machine
    "ragnano.documents.outline",
    "ragnano.documents.suggested_questions",
    "ragnano.conversations",
    "ingest.pipeline",
    "ingest.discovery.file_types",  # data: which files have a reader
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
    "uvicorn": "ragnano/cli/serve",
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
