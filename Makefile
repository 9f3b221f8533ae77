# The one entry point. Needs Python 3.11 or newer and make; everything else is installed into ./.tools and ./.venv.
# Package registries: pip's and uv's own configuration is respected, nothing is configured here.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
.PHONY: help setup setup-dev serve console console-types console-lint test fmt lint audit types types-and-audit contracts pytest fuzz coverage golden chaos bench check lock clean FORCE

# With which Python and where this was set up. Another PYTHON= or a moved directory makes it anew; without PYTHON= the one
# chosen before stays.
MADE := $(shell cat .tools/.made 2>/dev/null)
ifeq "$(origin PYTHON)" "undefined"
PYTHON := $(or $(firstword $(MADE)),python3)
endif
ifneq "$(MADE)" "$(PYTHON) $(CURDIR)"
ANEW := FORCE
endif

VENV_BIN := .venv/bin
UV := .tools/bin/uv

# Only what is given to make itself counts: a DATA or PORT that happens to be in the environment is not meant for us.
given = $(if $(filter command line,$(origin $(1))),$($(1)))

# make's own variables would change how a package that is built from source runs its make.
apart = unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# Set in many images and shells, it makes every process read all sources anew: here 5 s of CPU for each in place of 1.3,
# and a start of 57 s in place of 22.
unexport PYTHONDONTWRITEBYTECODE

# uv does not read pip's configuration. A mirror or certificate set there is passed on in memory when uv has none of its own.
define uv_environment
$(apart); export UV_PYTHON_DOWNLOADS=never; \
pip_setting() { .tools/bin/python -m pip config list 2>/dev/null \
	| sed -nE "s/^(:env:|global|install)\.$$1='(.*)'$$/\2/p" | head -n 1; }; \
if [ -z "$${UV_DEFAULT_INDEX:-}$${UV_INDEX_URL:-}" ]; then \
	UV_DEFAULT_INDEX=$$(pip_setting index-url); \
	if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi; fi; \
if [ -z "$${SSL_CERT_FILE:-}" ]; then \
	SSL_CERT_FILE=$$(pip_setting cert); \
	if [ -n "$$SSL_CERT_FILE" ]; then export SSL_CERT_FILE; else unset SSL_CERT_FILE; fi; fi
endef

help: ## this list
	@echo 'usage: make TARGET'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

# --------------------------------------------------------------------------------------------------------------- set-up

setup: .venv/.runtime ## install what the gateway needs (serve does it by itself)
	@echo 'set-up is complete; make serve starts the gateway'

setup-dev: .venv/.dev ## install what the tests and linters need too (test does it by itself)
	@echo 'set-up is complete; make test runs the tests'

# The messages name the command as it was typed, so that they can be repeated with PYTHON= added.
AGAIN = make $(or $(MAKECMDGOALS),setup)

.tools/.made: requirements/bootstrap.txt $(ANEW)
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo 'make: there is no $(PYTHON) here. Install Python 3.11 or newer, or name one: $(AGAIN) PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or newer is needed." >&2; \
		for p in python3.14 python3.13 python3.12 python3.11; do \
			if $$p -c '' >/dev/null 2>&1; then echo "make: $$p is here. Try: $(AGAIN) PYTHON=$$p" >&2; fi; done; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'make: $(PYTHON) cannot make virtual environments: its module venv or ensurepip is missing.' >&2; \
		echo 'make: on Debian and Ubuntu the package python3-venv adds it. Or name a complete Python: $(AGAIN) PYTHON=/path/to/python3' >&2; exit 1; }
	@echo 'set-up 1/3: the installer (uv) into ./.tools'
	@rm -rf .tools && $(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --only-binary :all: \
		--require-hashes -r requirements/bootstrap.txt
	@printf '%s\n' '$(PYTHON) $(CURDIR)' > $@

.venv/.made: $(ANEW) | .tools/.made
	@echo 'set-up 2/3: a virtual environment in ./.venv'
	@rm -rf .venv
	@UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --no-project \
		--python "$$(.tools/bin/python -c 'import sys; print(sys._base_executable)')" .venv
	@touch $@

.venv/.runtime: .venv/.made requirements/runtime.txt pyproject.toml
	@if [ -e .venv/.dev ]; then lock=dev; else lock=runtime; fi; $(install)
	@touch $@

.venv/.dev: .venv/.made requirements/dev.txt requirements/runtime.txt pyproject.toml
	@lock=dev; $(install)
	@touch .venv/.runtime $@

# The lock names every package with its hashes, the build backend too: the project itself is added without resolving anything.
# Long downloads show their progress on a terminal; elsewhere only errors are worth a line. Everything is compiled here, once:
# whoever runs the gateway may not be allowed to write into .venv, or told Python not to.
define install
echo "set-up 3/3: the packages of requirements/$$lock.txt into ./.venv (the first time this is a long download)"; \
$(uv_environment); quiet=; [ -t 2 ] || quiet=--quiet; \
$(UV) pip sync $$quiet --python $(VENV_BIN)/python --require-hashes --compile-bytecode requirements/$$lock.txt && \
$(UV) pip install --quiet --python $(VENV_BIN)/python --no-deps --no-build-isolation --editable . && \
$(VENV_BIN)/python -m compileall -q -j 0 -x /node_modules/ adapters admin deployments storage
endef

# ------------------------------------------------------------------------------------------------------------------ run

serve: .venv/.runtime ## start the gateway: make serve [PORT=8000] [DATA=./data] [CONFIG=serve_config.yaml]
	@$(apart); exec $(VENV_BIN)/gateway-serve --config '$(or $(call given,CONFIG),serve_config.yaml)' \
		$(if $(call given,PORT),--port '$(PORT)') $(if $(call given,DATA),--data '$(DATA)')

console: .venv/.runtime ## build the web console unless it is built; a gateway that runs serves it from then on
	@$(uv_environment); exec $(VENV_BIN)/gateway console build

console-types: .venv/.dev ## write the types of the admin API that the console is checked with
	@$(VENV_BIN)/python -m admin.client --document | $(VENV_BIN)/python -m admin.console node scripts/schema.mjs
	@$(VENV_BIN)/python -m admin.console node scripts/text-types.mjs

bench: .venv/.dev ## measure: make bench [ARGS='...'] (see benchmarks/README.md)
	@$(apart); exec $(VENV_BIN)/python -m benchmarks $(call given,ARGS)

# ---------------------------------------------------------------------------------------------------------------- check

test: lint types-and-audit console-lint pytest ## linters, types, advisories, then every test: make test [ARGS='-k name']

fmt: .venv/.dev ## format the code and apply safe fixes
	@$(VENV_BIN)/ruff check --quiet --fix-only .
	@$(VENV_BIN)/ruff format .

lint: .venv/.dev ## ruff: rules and formatting; bandit
	@echo 'lint: ruff'
	@$(VENV_BIN)/ruff check .
	@$(VENV_BIN)/ruff format --check .
	@echo 'lint: bandit'
	@$(VENV_BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml admin adapters deployments storage

console-lint: console-types ## the console: types, rules of its code, its texts in five languages
	@echo 'console-lint: types, rules, texts'
	@$(VENV_BIN)/python -m admin.console npm run --silent check

audit: .venv/.dev ## known vulnerabilities of the locked packages, Python and npm: make audit [STRICT=1]
	@$(VENV_BIN)/python -m tests.advisories $(if $(call given,STRICT),--strict)

types: .venv/.dev ## mypy, strict
	@echo 'types: mypy'
	@$(VENV_BIN)/mypy

# An audit mostly waits for its services: meanwhile the types are checked.
types-and-audit: .venv/.dev
	@$(MAKE) -j2 types audit

contracts: .venv/.dev ## which package may import which (a test runs it too)
	@echo 'contracts: import-linter'
	@$(VENV_BIN)/lint-imports --no-cache

# What keeps one core busy, or waits, is spread over two; what starts a whole gateway or measures one runs alone.
SPREAD := $(filter-out tests/benchmarks/ tests/chaos/ tests/console/ tests/integration/,$(wildcard tests/*/))

pytest: .venv/.dev ## the tests alone: make pytest [ARGS='-k name']
ifneq "$(call given,ARGS)" ""
	@$(apart); $(VENV_BIN)/python -m pytest $(call given,ARGS)
else
	@$(apart); $(VENV_BIN)/python -m pytest --numprocesses=2 --dist=loadfile $(SPREAD)
	@$(apart); $(VENV_BIN)/python -m pytest $(addprefix --ignore=,$(SPREAD))
endif

fuzz: .venv/.dev ## the tests with examples of Hypothesis, with other ones each time: make fuzz [ARGS='tests/adapters/safety']
	@$(apart); HYPOTHESIS_PROFILE=search exec $(VENV_BIN)/python -m pytest -m hypothesis $(call given,ARGS)

coverage: .venv/.dev ## the tests but those of a whole gateway, with the branches that none of them takes
	@$(apart); $(VENV_BIN)/python -m pytest --cov --cov-report=term --ignore=tests/integration $(call given,ARGS)

golden: .venv/.dev ## write what every case becomes in every pair of protocols anew; look at what changed
	@$(apart); exec $(VENV_BIN)/python -m tests.golden.matrix

client: .venv/.dev ## write the typed client of the admin API (admin/client) anew from its OpenAPI document
	@$(apart); exec $(VENV_BIN)/python -m admin.client

chaos: .venv/.dev ## kill what runs, under load, and compare the books: make chaos [ARGS='--short kills'] (see docs/chaos.md)
	@$(apart); exec $(VENV_BIN)/python -m tests.chaos $(call given,ARGS)

check: ## fmt and test; fails when that changed a file
	@before=$$(git status --porcelain=v1 | cksum; git diff | cksum); \
	$(MAKE) fmt && $(MAKE) test && \
	after=$$(git status --porcelain=v1 | cksum; git diff | cksum); \
	[ "$$before" = "$$after" ] || { git status --short; echo 'make: the check changed files; look at them and commit' >&2; exit 1; }

lock: .venv/.made ## resolve the dependencies of pyproject.toml anew into requirements/
	@$(uv_environment); \
	compile="$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links $(call given,ARGS)"; \
	$$compile requirements/bootstrap.in -o .tools/bootstrap.txt && \
	{ cmp -s .tools/bootstrap.txt requirements/bootstrap.txt || cp .tools/bootstrap.txt requirements/; } && \
	$$compile requirements/console.in -o requirements/console.txt && \
	$$compile pyproject.toml --group build -o requirements/runtime.txt && \
	$$compile pyproject.toml --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt

clean: ## remove what make installed and the caches; ./data stays
	@rm -rf admin/ui/node_modules admin/ui/.build admin/ui/dist
	@rm -rf .tools .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
