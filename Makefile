# Each of these is enough by itself on a fresh Debian 12 machine: what is missing is installed first.

VENV := .venv/bin
# Tests wait for disks, servers and other processes: three of them keep two processors busy.
WORKERS ?= 3
PYTEST := QT_QPA_PLATFORM=offscreen $(VENV)/python -m pytest -n $(WORKERS) --dist worksteal
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check screenshots bench reader format clean

run:            ## open the window; with no display, the demonstration in the terminal
	@packaging/setup.sh run
	@packaging/run.sh

# The window's tests have processes of their own: Qt is not to pay for what thousands of other tests left behind.
test: check     ## everything that must be green, or TESTS=... alone
	$(PYTEST) $(or $(TESTS),--ignore=tests/ui)
	$(if $(TESTS),,$(PYTEST) tests/ui)

check:          ## style, types and the floors
	@packaging/setup.sh test
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/mypy packaging/reader/vault_reader.py
	$(VENV)/lint-imports

format:         ## mend the style
	@packaging/setup.sh test
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

screenshots:    ## a picture of every page, light and dark, into build/screenshots
	@packaging/setup.sh test
	QT_QPA_PLATFORM=offscreen $(VENV)/python -m tests.ui.screenshots build/screenshots

bench:          ## speed, beside limits and peers; numbers only, nothing fails
	@packaging/setup.sh bench
	QT_QPA_PLATFORM=offscreen $(VENV)/python -m tests.benchmarks

reader:         ## vault-reader as one file that needs no Python, into build/reader
	@packaging/reader/build.sh

clean:          ## forget everything that was made here
	rm -rf .venv .tools build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
