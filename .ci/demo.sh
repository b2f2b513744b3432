#!/usr/bin/env bash
# Ingests the sample contracts into a separate data directory and asks about them. `make demo` runs this after set-up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

data=.cache/demo
questions=(
  "How much notice does Kestrelmoor have to give to end the Larkspur services agreement for convenience?"
  "In the Brightwater lease, how much is the security deposit?"
  "How soon after confirming a data breach must Quillmark notify Northfell?"
  "How many days of paid vacation does the Marrowstone employee get each year?"
  "How soon after written demand must Ravensholt pay Dunmere under the guaranty?"
  "How many stock options does the Marrowstone employee receive?"
)

ragnano() { .venv/bin/python -m ragnano "$@" --data-dir "$data"; }

# The demo's index is rebuilt each time: an earlier version may have used another embedder.
rm -rf "$data"

echo
echo "== Reading the sample contracts"
# Exit code 3 (some files could not be read; the report names them) does not stop the demo.
ragnano ingest sample_docs/documents || [ $? -eq 3 ]

for question in "${questions[@]}"; do
  echo
  echo "== $question"
  ragnano ask "$question"
done

cat <<'NEXT'

That was ragnano on the sample contracts, all on this machine. No contract answers the last question (nothing is said
of stock options), so the right reply to it is that the documents don't say.
Next:
  make ui                                      the app, in the browser
  .venv/bin/ragnano ingest YOUR-FOLDER         your own documents
  .venv/bin/ragnano ask "YOUR QUESTION"        questions about them
  README.md                                    the rest
NEXT
