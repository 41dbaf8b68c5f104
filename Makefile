# Every command of this project. `make help` lists them.
PY ?= python3.11
UV := PYTHONPATH=.tools $(PY) -m uv
BIN := .venv/bin
NODE_TESTS := node --test --test-reporter=dot tests/miniprogram/*.test.js

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test test-all check lock vendor screenshots bench

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.tools/.ok:
	@$(PY) -m pip install -q --disable-pip-version-check --no-warn-script-location --target .tools 'uv==0.13.8'
	@touch $@

.venv/.ok: .tools/.ok requirements-dev.lock pyproject.toml
	@echo "Setting up .venv ..."
	@$(UV) venv -q --allow-existing --python $(PY)
	@$(UV) pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

setup: .venv/.ok ## Make .venv with everything in it, pinned and hashed

demo: setup ## Start the demo company: database, backend, emulator
	@$(BIN)/liaodan demo

demo-reset: setup ## Forget the demo company's data
	@$(BIN)/liaodan demo --reset

test: setup ## Tests that need no browser, under three minutes
	@if command -v node >/dev/null; then $(NODE_TESTS); else echo "Without node the mini-program's page logic stays untested."; fi
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not browser and not slow"

test-all: setup ## All tests, with browsers, kills and races
	@$(NODE_TESTS)
	@REQUIRE_BROWSER=1 $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not browser"
	@REQUIRE_BROWSER=1 $(BIN)/python -m pytest -q -m browser

check: setup ## Style, types, import rules and the project's own lints
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.lints

vendor: ## Copy what the mini-program host loads from its pinned npm packages
	@emulator/miniprogram_host/vendoring/vendor.sh

screenshots: setup ## Draw every page at 375 and 1280 px into docs/pictures
	@$(BIN)/python -m docs.screenshots

bench: setup ## Benchmarks: ratios in one run
	@$(BIN)/python -m bench

lock: .tools/.ok ## Compile the lock files anew
	@$(UV) pip compile -q --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock
	@$(UV) pip compile -q --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.lock
