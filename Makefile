# Everything a newcomer needs; `make` by itself lists it. Only Python 3.11 or later is required.

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.locked
LOCK := requirements-dev.lock
SEEDS := 20
PACKAGES := bot events projections sql

.DEFAULT_GOAL := help
.PHONY: help demo test run check lint format bench soak fuzz lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## a real community's history, the real bot, no token needed
	@$(PY) -m bot demo

test: $(STAMP) ## the whole test suite, on an embedded PostgreSQL
	@$(PY) -m pytest $(addprefix --cov=,$(PACKAGES)) --cov-report=term

run: $(STAMP) ## the bot, its worker and its scheduler
	@$(PY) -m bot run

check: lint test ## what CI runs: format, lint, types, import contracts, dependencies, tests

lint: $(STAMP) ## format, lint, types, import contracts, and whether a dependency is known to be bad
	@echo "Checking format, lint, types, import contracts and dependencies"
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) .ci/audit.py

format: $(STAMP) ## bring the code into shape
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format .

bench: $(STAMP) ## how fast it is, against raw SQL in the same run
	@$(PY) -m tests.benchmarks

soak: $(STAMP) ## SEEDS=20 storms over real processes, and an hour of random communities
	@$(PY) -m tests.simulation --seeds $(SEEDS)
	@TALLYSTICK_COMMUNITIES=300 $(PY) -m pytest -n 0 tests/simulation

fuzz: $(STAMP) ## a million strange payloads and exports: each understood, refused or kept as a shape
	@TALLYSTICK_CASES=1000000 $(PY) -m pytest -s -n 2 tests/simulation/test_understanding.py

LOCKED = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --upgrade pyproject.toml

lock: ## renew the lock files (needs uv)
	$(LOCKED) -o requirements.lock
	$(LOCKED) --extra tracing -c requirements.lock -o requirements-tracing.lock
	$(LOCKED) --extra tracing --group dev -c requirements-tracing.lock -o requirements-dev.lock

clean: ## remove what was installed and cached
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*

$(STAMP): $(LOCK)
	@sh .ci/install $(VENV) $(LOCK)
	@touch $@
