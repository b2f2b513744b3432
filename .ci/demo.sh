#!/usr/bin/env bash
# Reads the sample contracts into a data directory of its own and asks about them. Run by `make demo` after set-up.
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

# The demo's own index, made anew each time: one of an earlier version may have been made with another embedder.
rm -rf "$data"

echo
echo "== Reading the sample contracts"
# Exit 3: some files could not be read (the DOCX is named in the report); that does not stop the demo.
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
