# Two commands: `make run` starts the desk, `make test` runs every check and test.
# Everything is installed from locks/*.txt (hashed, no addresses); uv is fetched with pip if missing.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS = never
# uv trusts what the machine trusts, as pip does: some networks have certificates of their own.
export UV_SYSTEM_CERTS = 1
export VIRTUAL_ENV = $(CURDIR)/$(VENV)
# Compiled once and kept: without it, each of the many processes of a test run compiles everything anew.
export UV_COMPILE_BYTECODE = 1
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run install doctor test check unit coverage thorough bench screenshots lock clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.demo  ## Start the desk: simulated Discord, or the real one when DISCORD_TOKEN is set
	@if [ -f .env ]; then set -a; . ./.env; set +a; fi; \
	if [ -n "$$DISCORD_TOKEN" ]; then exec $(BIN)/commonplace run; else exec $(BIN)/commonplace demo; fi

install: $(VENV)/.demo  ## Install what `make run` needs, and start nothing

doctor: $(VENV)/.demo  ## Check that everything the desk needs is in place, with what .env says
	@if [ -f .env ]; then set -a; . ./.env; set +a; fi; exec $(BIN)/commonplace doctor

test: check unit  ## Everything: lint, types, import contracts, knowledge, and all tests

check: $(VENV)/.dev  ## Lint, format, types, import contracts, knowledge base
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/commonplace knowledge check

unit: $(VENV)/.dev  ## The test suite, on both cores
	$(BIN)/pytest -n 3 --dist worksteal $(PYTEST_ARGS)

coverage: $(VENV)/.dev  ## The test suite again, slower, telling which lines and branches it ran
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

thorough: $(VENV)/.dev  ## The property tests with 400 examples each, and not the usual 25
	$(BIN)/pytest -n 2 --dist worksteal -m hypothesis --hypothesis-profile=thorough $(PYTEST_ARGS)

bench: $(VENV)/.dev  ## Benchmarks, as ratios against named peers
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev  ## Take the pictures in docs/images anew; needs Chromium
	$(BIN)/python -m tests.e2e.screenshots

lock:  ## Resolve the dependencies of pyproject.toml again into locks/
	sh locks/compile.sh $(UV)

clean:  ## Remove what make installed (never data/)
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

.tools/bin/uv:
	@test -n "$(PYTHON)" || { echo "Commonplace needs Python 3.11 or newer; none was found."; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes \
		--target .tools -r locks/uv.txt

$(VENV)/bin/python: | $(filter .tools/bin/uv,$(UV))
	@test -n "$(PYTHON)" || { echo "Commonplace needs Python 3.11 or newer; none was found."; exit 1; }
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)

$(VENV)/.demo: $(VENV)/bin/python locks/demo.txt pyproject.toml
	@test -f $(VENV)/.dev || $(UV) pip install --quiet --require-hashes -r locks/demo.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python locks/dev.txt pyproject.toml
	$(UV) pip sync --quiet --require-hashes locks/dev.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo
