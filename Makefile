# Scoreline. `make demo` and `make test` need python3.11 or newer (with venv), make and git; they install the rest.
# A second call is quick: stamp files in .venv remember what is installed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
REQUIRE_SERVERS ?= 0
ARGS ?=
KILLS ?= 50
SEED ?= 1

export REQUIRE_SERVERS

.PHONY: chaos help demo test check bench stack lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

demo: $(VENV)/installed-demo ## play a shop's month, show the board, close and pay: ARGS=--once ends by itself
	@scripts/system-packages.sh demo
	@$(BIN)/scoreline demo $(ARGS)

test: $(VENV)/installed-test ## run every test: ARGS are passed to pytest
	@scripts/system-packages.sh test
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/installed-test ## lint, format, types, import contracts, architecture and tidy tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_tidy.py tests/test_readme.py

chaos: $(VENV)/installed-test ## kill everything while a month is read: KILLS=n SEED=s, replayable
	@scripts/system-packages.sh test
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --seed $(SEED) $(ARGS)

bench: $(VENV)/installed-demo ## events per second and resident memory, end to end on one core
	@$(BIN)/python -m benchmarks $(ARGS)

stack: $(VENV)/installed-test ## what docker-compose.yml starts, natively: Kafka, PostgreSQL, Redis, two workers, a board, alerts
	@scripts/system-packages.sh test
	@$(BIN)/python -m tests.servers.stack

lock: $(VENV)/bin/python ## resolve the dependencies again and write the lock files with hashes
	@PYTHON=$(PYTHON) scripts/lock.sh

clean: ## remove what make and the tests wrote (not your work folders)
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	@find scoring streams dashboards tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "scoreline needs Python 3.11 or newer; $(PYTHON) is older. Call: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 2; }

$(VENV)/installed-demo: requirements-demo.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing scoreline and what it runs with into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-demo.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# The demo's lock is constrained by this one, so whoever has this has that.
$(VENV)/installed-test: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing scoreline and what its tests need into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/installed-demo $@
