# Every target can be run again at any time; what is up to date is left alone.
.DEFAULT_GOAL := help
# The service needs Python 3.11 or newer. A pyenv shim may exist and refuse, so each candidate is tried.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
BIN := .venv/bin
SOURCES := ivr setup tests benchmarks

.PHONY: help run setup test test-unit check lint format lock find-python

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: find-python ## Set up what is missing, then start Rasa, the service and the local phone network
	@$(PYTHON) -m setup --for run
	@exec $(BIN)/ivr run

setup: find-python ## Set up everything `make run` and `make test` need
	@$(PYTHON) -m setup --for test

test: find-python ## Set up what is missing, then check and test everything
	@$(PYTHON) -m setup --for test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest --everything tests/unit tests/contracts tests/integration tests/e2e

test-unit: find-python ## The light path: no weights, no Rasa, about two minutes
	@$(PYTHON) -m setup --for test-unit
	$(BIN)/pytest -m "not weights and not rasa and not browser and not slow" tests/unit

lint: ## Style, format, types, import laws
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: ## Put the code into its one format
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

lock: find-python ## Write the lock files anew from pyproject.toml
	$(PYTHON) -m setup.lock

find-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found; \
	'make PYTHON=/path/to/python3.11 ...' names it."; exit 1; }
