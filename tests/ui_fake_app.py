"""The app with stand-ins for its models: `streamlit run tests/ui_fake_app.py`. Run by test_ui_browser.py alone."""

import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for folder in (str(ROOT), str(ROOT / "ui")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from tests.ui_fakes import use_fakes  # noqa: E402

use_fakes(float(os.environ.get("SECONDS_A_WORD", "0.03")))
runpy.run_path(str(ROOT / "ui" / "app.py"), run_name="__main__")
