# Carewitness. `make demo` and `make test` set up what they need; see `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Processes of the tests, on two cores: half of the time one waits for its browser; files go in their order, since those
# of few tests are the slow ones. A file stays in one of them, whose server and browser its tests share.
WORKERS ?= 3
# One thread for each process: on two cores, threads of their own would only fight.
export OMP_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench bench-pages bench-hour long chaos check-arm64 check-systemd lock clean

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

setup: $(READY) ## Make .venv with everything, as locked
$(READY): pyproject.toml requirements/dev.lock requirements/build.lock models/registry.toml models/voiceprint/build.py
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not installed; install Python 3.11 or newer, or say make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"error: Python {v[0]}.{v[1]} is too old; 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "1/3 virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "error: no virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.lock
	@echo "2/3 locked packages: some 400 MB to fetch, two to four minutes"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "3/3 models that are built from locked packages"
	@$(BIN)/python -m models.voiceprint.build
	@touch $@

demo: setup ## Live it: ONCE=1 ends with the verdicts; BROKER=mqtt://…, WEB_PORT=…, BROKER_PORT=…, SEED=…
	@$(BIN)/visit-sim demo $(if $(ONCE),--once) $(if $(BROKER),--broker $(BROKER)) $(if $(WEB_PORT),--web-port $(WEB_PORT)) $(if $(BROKER_PORT),--broker-port $(BROKER_PORT)) $(if $(SEED),--seed $(SEED))

test: setup ## Run the tests in WORKERS=3 processes; ARGS=… goes to pytest
	@$(BIN)/python -m pytest -m "not chaos and not long and not booted" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

long: setup ## Run the tests that take tens of seconds each: a measured city, releases that take over, a silent microphone, a device elsewhere
	@$(BIN)/python -m pytest -m long -n $(WORKERS) --dist loadfile $(ARGS)

chaos: setup ## Run the long tests that kill programs at random moments
	@$(BIN)/python -m pytest -m chaos $(ARGS)

check-arm64: ## As root, after setup: install and try a release for aarch64 by emulation; CACHE=var/arm64
	@firmware_config/arm64/check "$(or $(CACHE),var/arm64)" docs/check-arm64.txt

check-systemd: setup ## As root: a device from its card to visits, started by systemd in a container; CACHE=var/systemd
	@$(BIN)/python -m tests.booted "$(or $(CACHE),var/systemd)"
	@CACHE="$(or $(CACHE),var/systemd)" unshare --mount --net --propagation private \
		$(BIN)/python -m pytest -m booted tests/booted $(ARGS)

lint: setup ## Check style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: setup ## Measure, as ratios within one run
	@$(BIN)/python -m bench

bench-pages: setup ## Measure every page over a city of VISITS=20000, or over the data folder STORE=…; ARGS=…
	@$(BIN)/python -m bench.pages $(if $(VISITS),--visits $(VISITS)) $(if $(STORE),--store $(STORE)) $(ARGS)

bench-hour: setup ## Measure the appliance through an hour's visit, SPEED=6 times as fast as life
	@$(BIN)/python -m bench.appliance $(SPEED)

lock: ## Lock the requirements anew; needs uv
	@for extra in edge server spark dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--extra $$extra pyproject.toml --output-file requirements/$$extra.lock || exit 1; done
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--constraint requirements/edge.lock pyproject.toml --output-file requirements/core.lock
	@echo 'setuptools<81' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - --output-file requirements/build.lock

clean: ## Remove what was made here, but for .venv
	@rm -rf var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
