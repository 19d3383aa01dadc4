# make train   installs into .venv and trains on the embedded corpus
# make test    installs into .venv with the test extra; style, doctests and tests
# make docs    installs into .venv with the docs extra; builds the site in build/docs
# Another Python: make train PYTHON=python3.12.  Other flags: make train ARGS="--kappa=50".
# CI=true runs the slow tests too.

PYTHON ?= python3
VENV ?= .venv
ARGS ?= --latent=vmf --bow_loss=1
PYTEST_ARGS ?=
WORKERS ?= 2
# Reads every page and runs every tutorial anew: they depend on all of the code.
DOCS_ARGS ?= --fresh-env --jobs $(WORKERS)

BIN := $(VENV)/bin
SLOW := $(if $(filter true,$(CI)),-m "slow or not slow")
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: train test docs lint format lock clean

train: $(VENV)/.installed
	$(BIN)/python -m trainers.lm $(ARGS)

test: export TF_CPP_MIN_LOG_LEVEL ?= 2
# Each worker has a core: more threads would wait for each other, and spin.
test: export TF_NUM_INTRAOP_THREADS ?= 1
test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(SLOW) $(PYTEST_ARGS)

docs: export TF_CPP_MIN_LOG_LEVEL ?= 3
# Two notebooks at a time, each with a core, as in the tests.
docs: export TF_NUM_INTRAOP_THREADS ?= 1
docs: export OMP_NUM_THREADS ?= 1
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx --builder html --fail-on-warning --quiet $(DOCS_ARGS) \
	    docs build/docs
	@echo "The site is in build/docs/index.html."

lint: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(VENV)/.installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The lock holds the newest versions that setup.py allows on Python 3.11.
lock: $(VENV)/.installed-test
	mkdir -p build
	$(BIN)/python -m pip install --quiet --dry-run --ignore-installed \
	    --report build/resolved.json '.[docs,test]'
	$(BIN)/python -c "$$WRITE_LOCK" build/resolved.json > build/requirements.lock
	mv build/requirements.lock requirements.lock

define WRITE_LOCK
import json, sys
if sys.version_info[:2] != (3, 11):
    sys.exit('make lock needs a $(VENV) of Python 3.11: make clean, then make lock PYTHON=python3.11')
resolved = [item['metadata'] for item in json.load(open(sys.argv[1]))['install']]
print('# Exact versions for Python 3.11, the docs and test extras included. Made by: make lock')
for item in sorted(resolved, key=lambda item: item['name'].lower()):
    if item['name'] != 'tf-vmfvae':
        print(item['name'] + '==' + item['version'])
endef
export WRITE_LOCK

clean:
	rm -rf build dist *.egg-info .pytest_cache .ruff_cache
	find tf_vmfvae trainers analysis benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as new as the last installation, so that a second call costs nothing.
# --constraint takes the exact versions from the lock; the lock is for Python 3.11, on
# any other Python pip picks versions in the ranges that setup.py gives. The pip that
# comes with Python 3.10 takes more than eight minutes to do so, a recent one seconds.
define INSTALL
@test -x $(BIN)/pip || $(PYTHON) -c "$$CHECK_PYTHON" $(PYTHON)
@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
@echo "Installing into $(VENV); the first time takes some minutes."
@$(BIN)/python -m pip install --quiet --upgrade pip
@$(BIN)/python -m pip install --quiet --editable '.$(1)' \
    $$($(BIN)/python -c "import sys; print('--constraint=requirements.lock' \
    if sys.version_info[:2] == (3, 11) else '')")
endef

define CHECK_PYTHON
import sys
if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit('tf_vmfvae needs Python 3.10 to 3.13, but %s is Python %d.%d. '
             'Name another: make PYTHON=python3.11' % ((sys.argv[1],) + sys.version_info[:2]))
endef
export CHECK_PYTHON

$(VENV)/.installed: setup.py requirements.lock
	$(call INSTALL)
	@touch $@

$(VENV)/.installed-test: setup.py requirements.lock
	$(call INSTALL,[test])
	@touch $(VENV)/.installed $@

$(VENV)/.installed-docs: setup.py requirements.lock
	$(call INSTALL,[docs])
	@touch $(VENV)/.installed $@
