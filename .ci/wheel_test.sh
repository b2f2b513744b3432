#!/usr/bin/env bash
# Builds sdist and wheel, installs the wheel in an environment that cannot see the checkout, and uses it there.
# Nothing is downloaded: the environment sees the packages that set-up has installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
checkout=$PWD
python=$checkout/.venv/bin/python
work=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/source" "$work/empty"
cp -r sample_docs/documents "$work/documents"

step() { printf '\n== %s\n' "$1"; }
fail() { echo "wheel_test: $1" >&2; exit 1; }
packages_of() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }

step "Building the sdist, and the wheel from it"
# From a copy: setuptools would also pack what an earlier build left in build/.
cp -r pyproject.toml README.md LICENSE ragnano ingest ui "$work/source"
(cd "$work/source" && "$python" -c 'from setuptools import build_meta; build_meta.build_sdist("../dist")') \
  >"$work/sdist.log" 2>&1 || { tail -20 "$work/sdist.log" >&2; fail "the sdist cannot be built"; }
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
  --wheel-dir "$work/dist" "$work"/dist/ragnano-*.tar.gz
ls "$work/dist"

step "Installing the wheel"
"$python" -m venv --without-pip "$work/venv"
"$python" -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-deps --no-index \
  "$work"/dist/ragnano-*.whl
# Only now, or pip would take the checkout's own installation for this one. A path in a .pth file brings packages, not
# the .pth files beside them, and it is one of those that makes the checkout importable.
packages_of "$python" >"$(packages_of "$work/venv/bin/python")/installed.pth"
ln -s "$checkout/.venv/share" "$work/venv/share"  # OCR's languages

cd "$work/empty"
unset PYTHONPATH
export RAGNANO_HOME=$work/home
ragnano=$work/venv/bin/ragnano

"$work/venv/bin/python" - "$work/venv" "$checkout" <<'PYTHON'
import sys
from importlib.util import find_spec
from pathlib import Path

import ingest
import ragnano
from ragnano.cli.ui import app_file

venv, checkout = map(Path, sys.argv[1:])
for path in (ragnano.__file__, ingest.__file__, app_file()):
    assert Path(path).is_relative_to(venv.resolve()), f"{path} is not the wheel's"
assert find_spec("tests") is None or not Path(find_spec("tests").origin or "").is_relative_to(checkout)
assert str(checkout) not in sys.path, "the checkout is importable"
PYTHON

step "ragnano --version, doctor"
"$ragnano" --version
"$ragnano" doctor

step "Documents and a question, with the models that the wheel brings"
export RAGNANO_MODELS_DIR=$work/models
"$ragnano" models fetch legal-minilm legal-reader
"$ragnano" ingest "$work/documents" --quiet || [ $? -eq 3 ]
"$ragnano" ask --model none "In the Brightwater lease, how much is the security deposit?" | tee "$work/answer"
grep -q '\$61,750' "$work/answer" || fail "the answer lacks the sum"

step "The app"
"$ragnano" ui --help >/dev/null
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$ragnano" ui --no-browser --port "$port" >"$work/app.log" 2>&1 &
server=$!
"$python" - "$port" <<'PYTHON' || { cat "$work/app.log" >&2; fail "the app does not start"; }
import sys
import time
import urllib.request

until = time.monotonic() + 180
while True:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/_stcore/health", timeout=5) as reply:
            sys.exit(reply.status != 200)
    except OSError:
        if time.monotonic() > until:
            sys.exit(1)
        time.sleep(1)
PYTHON
kill "$server"
wait "$server" 2>/dev/null || true
server=""
echo
echo "The wheel works without the checkout."
