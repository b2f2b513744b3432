#!/usr/bin/env bash
# Rebuilds requirements.lock (everything users need, extras included) and requirements-dev.lock (all extras) from
# pyproject.toml: versions and SHA-256 for every platform.
# Arguments go to the resolver: `--upgrade` takes newer versions; without it the present ones stay where they fit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=python3
[ -x .venv/bin/python ] && python=.venv/bin/python
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools"
"$tools/bin/python" -m pip install -qq --disable-pip-version-check uv

# Set-up chooses torch (.ci/setup_torch.py), because its CPU and CUDA builds differ; packages for CUDA come with it.
without=(torch triton)
accelerator='^(nvidia-|cuda-|triton)[a-z0-9-]*'

compile() { # arguments: output file, then options of the resolver
  local output=$1 omit=()
  shift
  for name in "${without[@]}"; do omit+=(--no-emit-package "$name"); done
  "$tools/bin/uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --quiet "${omit[@]}" "$@" --output-file "$output"
}

users=(--extra serve --extra eval --extra pdf)
compile requirements.lock "${users[@]}" "$@"
while read -r name; do without+=("$name"); done < <(grep -oE "$accelerator" requirements.lock)
compile requirements.lock "${users[@]}"
compile requirements-dev.lock --all-extras --constraint requirements.lock "$@"
if grep -E "$accelerator" requirements.lock requirements-dev.lock; then
  echo "The lock files name packages of an accelerator (above); set-up must stay without them." >&2
  exit 1
fi
echo "requirements.lock: $(grep -c == requirements.lock) packages; requirements-dev.lock: $(grep -c == requirements-dev.lock)"
