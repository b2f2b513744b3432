"""The app with fake models: `streamlit run tests/ui/fake_app.py`. Used by browser tests only."""

import os
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
for folder in (str(ROOT), str(ROOT / "ui")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from app import HERE, started  # noqa: E402

from tests.ui.fakes import use_fakes  # noqa: E402

use_fakes(float(os.environ.get("SECONDS_A_WORD", "0.03")))
app = st.App(HERE / "navigation.py", lifespan=started)
