# `make run` opens the app, `make test` runs every check. Both install what is missing first: the
# system libraries of Qt (.ci/system-packages) and the Python packages, into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test bench clean install system python

help:
	@echo "make run [ARGS=emma]  open the explorer (ARGS: any of its arguments)"
	@echo "make test             ruff, mypy and pytest: what CI runs"
	@echo "make bench            how fast it is on this machine"
	@echo "make install          only install what the others need"
	@echo "make clean            remove .venv and all that tools leave behind"

run: install
	@$(BIN)/microgpt-explorer $(ARGS)

# One locale and no display, so that a test sees the same Qt on every machine.
test bench: export QT_QPA_PLATFORM := offscreen
test bench: export LC_ALL := C.UTF-8

test: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadfile

bench: install
	$(BIN)/pytest --override-ini addopts=-ra --benchmark-only --benchmark-columns=min,median,iqr
	$(BIN)/microgpt-explorer bench

clean:
	rm -rf $(VENV) dist .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: system $(VENV)/.fonts $(VENV)/.installed

system: python
	@sh .ci/system-packages libraries

python:
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("microGPT Explorer needs Python 3.11 or later, and $(PYTHON) is %d.%d; name another one: make PYTHON=python3.12" % sys.version_info[:2])'

# A virtual environment is good for one Python and one folder: with either changed, make another.
MADE_FOR := $(shell $(PYTHON) --version) $(CURDIR)
ifneq ($(MADE_FOR),$(file <$(VENV)/.made-for))
.PHONY: $(VENV)/.made-for
endif

$(VENV)/.made-for: | system
	@$(PYTHON) -m venv --clear $(VENV)
	@echo '$(MADE_FOR)' >$@

# Asked for once, as the app also works without them.
$(VENV)/.fonts: $(VENV)/.made-for
	@sh .ci/system-packages fonts
	@touch $@

# hatchling comes first and builds without isolation, so that it too is the constrained version.
$(VENV)/.installed: $(VENV)/.made-for pyproject.toml constraints.txt
	@echo "Installing Python packages into $(VENV) (about a minute)"
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint constraints.txt hatchling editables
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint constraints.txt --no-build-isolation --editable '.[test]'
	@touch $@
