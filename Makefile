# Headway's few commands. `make help` lists them. No make (Windows)? The README has the plain form.

ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
PY := $(BIN)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
PORT ?= 8501

# The first Python on the PATH that can run Headway; where none can, python3 says why. PYTHON=… overrides.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for name in $(CANDIDATES); do \
  "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo "$$name" && exit; \
  done; for name in $(CANDIDATES); do command -v "$$name" 2>/dev/null && exit; done)

.PHONY: venv run test bench soak lint pictures clean help
.DEFAULT_GOAL := venv

venv: .venv/.made                ## build .venv (what plain `make` does)

run: .venv/.run                  ## install, seed the demo if there is no database, serve on 127.0.0.1 (PORT=8501)
	@$(PY) -m scripts.serve --port $(PORT)

test: .venv/.dev                 ## run everything, browser journeys included
	@$(PY) -m scripts.run_tests

bench: .venv/.bench              ## side-by-side timings, each with its bound or peer
	@$(PY) -m scripts.run_folder bench

soak: .venv/.dev                 ## the long simulations, kills and million-row cases
	@$(PY) -m scripts.run_folder bench/soak tests/soak

lint: .venv/.dev                 ## format, style, layers, and generated documents
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(BIN)/lint-imports
	$(PY) -m scripts.cli_reference --check

pictures: .venv/.dev             ## a picture of every page, into docs/
	@$(PY) -m tests.browser.chromium
	@$(PY) -m tests.browser.pictures

clean:                           ## remove .venv and caches; the database stays
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

help:                            ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

# Stamps, so that nothing is installed twice.
.venv/.made:
	@test -n "$(PYTHON)" || { echo "Headway needs Python 3.11 to 3.14; no Python was found on the PATH." >&2; exit 1; }
	@"$(PYTHON)" scripts/check_python.py
	@$(PY) -m pip --version >/dev/null 2>&1 || \
	  { echo "Making .venv with $$("$(PYTHON)" --version)"; "$(PYTHON)" -m venv --clear .venv; }
	@touch $@

.venv/.run: .venv/.made requirements.txt
	@echo "Installing what running needs (about a minute, once)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@echo "Installing what testing needs (once)"
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/.bench: .venv/.dev requirements-bench.txt
	@echo "Installing the peers that benches run beside (once)"
	@$(PIP) -r requirements-bench.txt
	@touch $@
