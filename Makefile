# make app: the dashboard on the sample notes.  make test: every test.  make setup: only install.
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# The first Python that runs and suits; version managers leave commands on the path that do not run.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(SUITS)' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app setup setup-locked setup-train lock test lint types docs model screenshots benchmark fuzz audit clean
.DELETE_ON_ERROR:

app: setup
	$(BIN)/analyzer app

setup: $(VENV)/.installed

$(VENV)/.python:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(SUITS)' \
		|| { echo "Python 3.11 to 3.13 is needed; say which with: make setup PYTHON=/path/to/python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# The same from requirements.lock: exactly the releases that were tested, each checked by its SHA-256.
setup-locked: $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(VENV)/.installed

# Remakes requirements.lock from requirements.txt and what builds the program, for every system and Python that suits.
lock: $(VENV)/.installed-audit
	echo 'setuptools>=77' | $(BIN)/uv pip compile requirements.txt - --output-file requirements.lock --quiet \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock'

$(VENV)/.installed-audit: $(VENV)/.installed-dev requirements-audit.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	touch $@

# Adds torch and the weights that training starts from; large, never needed to read notes.
setup-train: $(VENV)/.installed-train

$(VENV)/.installed-train: $(VENV)/.installed-dev requirements-train.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,train]'
	touch $@

test: $(VENV)/.installed-dev lint types
	$(BIN)/python -m pytest -n 2 --dist loadscope

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# The reference of the Python interface, from its docstrings: build/docs/index.html
docs: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reference build/docs

# Remakes both models from models/corpus (about two hours on two cores).
model: setup-train
	$(BIN)/analyzer train --fast
	$(BIN)/analyzer train

# Remakes the README's pictures from the sample notes (needs Debian's chromium).
screenshots: $(VENV)/.installed-dev
	$(BIN)/python -m tests.e2e.screenshots

# Speed and memory, on demand; never part of the tests.
benchmark: $(VENV)/.installed-dev
	$(BIN)/python -m tests.benchmarks.speed

# Broken and hostile input for every reader and writer; each run is recorded in tests/fuzz/LOG.csv.
CASES ?= 60000
SEED ?= 1
fuzz: $(VENV)/.installed-audit
	$(BIN)/python -m tests.fuzz --cases $(CASES) --seed $(SEED)

# Doubtful code, licences, a bill of materials (build/sbom.json) and known faults of what is locked; the last asks PyPI.
audit: $(VENV)/.installed-audit
	$(BIN)/python -m tests.audit

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache *.egg-info
