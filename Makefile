# ragnano's commands for people. Each target first sets up what it needs; a second run takes seconds.
# PYTHON=python3.12      the Python to use (3.11 to 3.13); found automatically otherwise
# TORCH=cuda             torch with CUDA; TORCH_INDEX=<address> an index that has torch's CPU build

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python that is new enough and can create environments; failing that, any: set-up then reports what it lacks.
FIND_PYTHON = for name in python3.11 python3.12 python3.13 python3; do \
	if $$name -c 'import sys, importlib.util as u; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13) and u.find_spec("ensurepip")))' \
		2>/dev/null; then echo $$name; exit; fi; done; echo python3
PYTHON ?= $(shell $(FIND_PYTHON))
TORCH ?=
TORCH_INDEX ?=

HAVE_PYTHON = @command -v "$(PYTHON)" >/dev/null || { echo 'There is no $(PYTHON) here. Install Python 3.11, 3.12 or 3.13.' >&2; exit 1; }
CHOICES = --torch "$(TORCH)" --torch-index "$(TORCH_INDEX)"
BOOTSTRAP = $(HAVE_PYTHON); "$(PYTHON)" .ci/bootstrap.py $(CHOICES)
PYTHON_VENV = .venv/bin/python
RUN = $(PYTHON_VENV) -m

.PHONY: help setup setup-dev demo ui test lint format samples screenshots embedder reader ranking gate asked peers ablation held-out contract-values injection ocr pages hostile kills many ingest-profile wheel-test lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set up, ingest the sample documents, answer questions about them with citations
	$(HAVE_PYTHON); "$(PYTHON)" .ci/demo.py $(CHOICES)

ui: setup ## set up and open the app in the browser
	@$(RUN) streamlit run ui/app.py

test: setup-dev lint ## set up, check style and types, run all tests
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

setup: ## install environment, packages and models, nothing more
	$(BOOTSTRAP)

setup-dev: ## the same, plus what the tests need
	$(BOOTSTRAP) --dev

lint: setup-dev ## check formatting, style and types
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) mypy .ci/*.py

format: setup-dev ## format the code and fix what can be fixed automatically
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

samples: setup-dev ## rebuild the sample contracts from their sources
	@$(PYTHON_VENV) sample_docs/make_samples.py

screenshots: setup-dev ## save screenshots of the app's pages in .cache/screenshots (needs Chromium and the models)
	@$(RUN) tests.screenshots .cache/screenshots --readme ui/screenshot.png

embedder: setup-dev ## retrain the embedder (needs ../shared/data; about an hour)
	@$(PYTHON_VENV) -m ragnano models fetch all-MiniLM-L6-v2
	@$(RUN) tests.benchmarks.training.embedder
	@$(RUN) tests.benchmarks.training.export

reader: setup-dev ## train the reader (needs ../shared/data; about 80 minutes; ARGS=--resume, ARGS=--go-on)
	@$(PYTHON_VENV) -m ragnano models fetch all-MiniLM-L6-v2
	@$(RUN) tests.benchmarks.training.reader $(ARGS)
	@$(RUN) tests.benchmarks.training.reader_export

ranking: setup-dev ## refit the weights of the search signals (needs ../shared/data)
	@$(RUN) tests.benchmarks.training.ranking

peers: setup-dev ## compare ragnano with LlamaIndex and txtai in one run (needs ../shared/data)
	@$(PYTHON_VENV) -m ragnano models fetch all-MiniLM-L6-v2
	@$(RUN) tests.benchmarks.peers.compare $(ARGS)

gate: setup-dev ## refit the gate (needs ../shared/data; ARGS=--again reads all questions anew)
	@$(RUN) tests.benchmarks.training.gate $(ARGS)

asked: setup ## measure answers to questions as people ask them (needs ../shared/data; ARGS="-m none")
	@$(PYTHON_VENV) -m ragnano eval asked --data ../shared/data/asked $(ARGS)

ablation: setup-dev ## measure answers without gate, evidence cut, grammar and verification in turn (needs ../shared/data)
	@$(RUN) tests.benchmarks.ablation $(ARGS)

held-out: setup-dev ## change the answering constants one at a time, on contracts used for nothing else (needs ../shared/data)
	@$(RUN) tests.benchmarks.held_out $(ARGS)

contract-values: setup-dev ## compare the values that comparisons compute with those of lawyers (needs ../shared/data)
	@$(RUN) tests.benchmarks.contract_values $(ARGS)

injection: setup-dev ## test planted instructions against the real models (needs ../shared/data; ARGS="MODEL ...")
	@$(RUN) tests.benchmarks.injection $(ARGS)

ocr: setup-dev ## measure OCR's word errors on clean and degraded pages (needs ../shared/data)
	@$(RUN) tests.benchmarks.ocr $(ARGS)

pages: setup-dev ## measure the app's page times in a browser with a full library (needs Chromium and ../shared/data)
	@$(RUN) tests.benchmarks.pages $(ARGS)

hostile: setup-dev ## ingest PDFs that break parsers and report how each ends (needs ../shared/data; ARGS="--ocr auto")
	@$(RUN) tests.benchmarks.hostile $(ARGS)

kills: setup-dev ## kill ingests at 200 random moments, damage the vector cache, compare the results
	@$(RUN) tests.benchmarks.kills $(ARGS)

many: setup-dev ## ingest 10,000 small documents: time, memory, rerun, removal
	@$(RUN) tests.benchmarks.many $(ARGS)

ingest-profile: setup-dev ## profile the ingest of contracts (needs ../shared/data; ARGS="--documents N")
	@$(RUN) tests.benchmarks.ingest_profile $(ARGS)

wheel-test: setup ## build the wheel, install it apart from the checkout and use it there
	@bash .ci/wheel_test.sh

lock: ## rebuild the lock files from pyproject.toml (ARGS=--upgrade for newer versions)
	@bash .ci/lock.sh $(ARGS)

clean: ## remove .venv and .cache; documents and models outside the checkout stay
	@rm -rf .venv .cache build ragnano.egg-info .pytest_cache .mypy_cache .ruff_cache
	@echo "Removed the environment and caches of this checkout. Your documents' index and the models were not touched."
