# make demo         install what is missing and open the application on http://127.0.0.1:7860
# make test         everything CI checks: formatting, lint, types, tests (a browser included)
# make wheel        build dist/*.whl
# make format       let ruff rewrite the code
# make docs         write docs/commands.md anew from what --help says
# make screenshots  take the pictures in docs/ from the running page
# make clean        remove the virtual environment and the caches
#
# make demo ARGS="--port 8000 --spider-dir ~/spider" passes flags to text2sql serve;
# PIP_ARGS="--index-url ..." passes flags to pip, for an index of CPU-only builds say.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
PIP_ARGS ?=
PYTEST_ARGS ?=

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: demo test check types tests format wheel docs screenshots browser clean

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
	--constraint requirements.lock $(PIP_ARGS)
# pip's chatter as one line that changes on a terminal, and one line a download elsewhere
SHOW := awk -v tty="$$([ -t 2 ] && echo 1 || true)" '/^Downloading/ { n++; \
	printf (tty ? "\r\033[K  %d: %s %s" : "  %d: %s %s\n"), n, $$2, $$3 $$4; fflush() } \
	END { if (tty && n) printf "\r\033[K" }'

demo: $(VENV)/.runtime
	@$(BIN)/text2sql serve $(ARGS)

test: $(VENV)/.dev browser
	@$(MAKE) --no-print-directory check

# a cold mypy takes two minutes, which the tests need not wait for
check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j2 types tests

types:
	$(BIN)/mypy

# a page test may lose its patience beside another one: what fails is tried once more, alone
tests: export OMP_NUM_THREADS := 1
tests:
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS) || \
		$(BIN)/pytest --last-failed --last-failed-no-failures none $(PYTEST_ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev
	$(BIN)/python -m tests.command_page

screenshots: $(VENV)/.dev browser
	$(BIN)/python -m tests.ui.screenshots docs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11; run: make PYTHON=python3.12"; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) has no working venv module; on Debian: apt-get install python3-venv"; \
		rm -rf $(VENV); exit 1; }

# torch first and alone, so that no other package chooses its build
$(VENV)/.runtime: requirements.txt requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing torch (about 200 MB), once"
	@$(PIP) 'setuptools>=77' "$$(grep '^torch==' requirements.txt)" | $(SHOW)
	@echo "Installing the other packages, once"
	@$(PIP) -r requirements.txt | $(SHOW)
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Installing the packages for the tests, once"
	@$(PIP) --no-build-isolation --editable '.[dev]' | $(SHOW)
	@touch $@

wheel: $(VENV)/.dev
	$(BIN)/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist .

# The page tests drive Chromium. Without one they are skipped, except in CI, where they fail.
browser:
	@for name in chromium chromium-browser google-chrome; do \
		command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the page tests, once"; \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium) >/dev/null \
			|| echo "Chromium could not be installed; the page tests need one."; \
	else \
		echo "No Chromium here: the page tests will be skipped. Install chromium to run them."; \
	fi

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
