"""What other programs import from ragnano."""

import subprocess
import sys

import pytest

import ragnano


def test_the_assistant_and_its_settings_are_imported_from_the_package() -> None:
    from ragnano import Assistant, Settings

    assert Assistant.__module__ == "ragnano.assistant"
    assert Settings.__module__ == "ragnano.settings"
    assert set(ragnano.__all__) == {"Assistant", "Settings", "__version__"}
    assert all(hasattr(ragnano, name) for name in ragnano.__all__)


def test_a_name_that_is_not_public_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Helper'"):
        _ = ragnano.Helper  # type: ignore[attr-defined]


def test_importing_the_package_alone_imports_nothing_heavy() -> None:
    code = "import ragnano, sys; print([name for name in ('numpy', 'torch', 'pydantic') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
