# make app: the dashboard on the sample notes.  make test: every test.  make setup: only install.
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# The first Python that runs and suits; version managers leave commands on the path that do not run.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(SUITS)' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app setup setup-train test lint types docs model screenshots benchmark clean
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

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache *.egg-info
