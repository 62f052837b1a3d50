# One command each; `make help` lists them. Everything is installed into .venv from locks with hashes.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# The tests start many processes, each of which would compile every module again.
export PYTHONDONTWRITEBYTECODE :=
SOURCES := compiler emitters grammar specs tests examples

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long check coverage drills bench site fmt tools locks clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(STAMP) ## Make .venv and install what is pinned

$(STAMP): tests/tools/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v=sys.version_info; sys.exit(0 if v >= (3,11) else "bdc needs Python 3.11 or newer, this is %d.%d" % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/tools/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## Compile the shop, boot it on an embedded PostgreSQL, exercise it (DEMO_EXIT=1: end by itself)
	@$(BIN)/python examples/shop/demo.py

test: $(STAMP) ## All tests, on as many cores as there are: the compiler's and the emitted ones, against embedded PostgreSQL servers
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not long" tests

test-long: $(STAMP) ## Soak, fault and long property runs, in slices of half an hour; goes on where it stopped (SLICES=1: one slice)
	$(BIN)/python -m tests.long $(if $(SLICES),--slices $(SLICES))

check: $(STAMP) ## Format, lint, types, layers, package contents
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bdc fmt --check examples/shop
	$(BIN)/python -m tests.project.wheel

coverage: $(STAMP) ## Lines and branches that the tests of `make test` reach
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/tools/coverage.lock
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not long" tests
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

drills: $(STAMP) ## Operate an output with real components: first day, release, rotation, restore, outage (about ten minutes)
	$(BIN)/python -m tests.drills $(DRILLS)

bench: $(STAMP) ## Emitted service beside a hand-written one, and the compiler's own speed
	@$(BIN)/python -m tests.bench

site: $(STAMP) ## The documentation site, into build/site (strict; needs mkdocs of `make tools`)
	$(BIN)/python -m tests.site build/site

fmt: $(STAMP) ## Format Python and .bds files
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/bdc fmt examples/shop

tools: $(STAMP) ## Install the heavy outside validators, each in its own environment under .tools
	$(BIN)/python -m tests.support.tools install

clean: ## Remove what was built (not .venv)
	rm -rf build dist .bdc .mypy_cache .ruff_cache .pytest_cache .hypothesis
