# `make` alone lists the targets. Each one sets up what it needs, and only once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON_IN := .venv/bin/python
# A change of what is installed is a new name, so the set-up runs again; touching or copying the files is not.
READY := .venv/ready-$(shell cat pyproject.toml deploy/setup | sha256sum | cut -c 1-12)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(READY) ## install compilers, Python and packages, whatever is missing (the others do this by themselves)

$(READY):
	@deploy/setup
	@rm -f .venv/ready-*
	@touch $@

.PHONY: demo
demo: $(READY) ## judge a handful of programs in C, C++ and Python and show every verdict
	@$(PYTHON_IN) examples/demo/run.py

.PHONY: test
test: $(READY) ## run every test this machine can run; root runs the conformance suite as an ordinary user too
	$(PYTHON_IN) -m pytest

.PHONY: test-cgroup2
test-cgroup2: $(READY) ## run the conformance suite on cgroup v2, in User Mode Linux (TESTS=... for a part of it)
	@command -v linux.uml >/dev/null || deploy/setup apt user-mode-linux
	@tests/cgroup2/boot $(TESTS)

.PHONY: check
check: $(READY) ## ruff, formatting, mypy strict, who may import whom
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

.PHONY: bench
bench: $(READY) ## measure what SPECIFICATION.md promises, beside bubblewrap
	@command -v bwrap >/dev/null || deploy/setup apt bubblewrap
	$(PYTHON_IN) -m bench

.PHONY: clean
clean: ## remove the virtual environment and everything generated
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
