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
# Every page is read and every tutorial runs again: they depend on all of the code.
DOCS_ARGS ?= --fresh-env --jobs $(WORKERS)

BIN := $(VENV)/bin
SLOW := $(if $(filter true,$(CI)),-m "slow or not slow")
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: train test docs lint format lock clean

train: $(VENV)/.installed
	$(BIN)/python -m trainers.lm $(ARGS)

test: export TF_CPP_MIN_LOG_LEVEL ?= 2
# One thread per worker: with more threads than cores they spin while they wait.
test: export TF_NUM_INTRAOP_THREADS ?= 1
test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(SLOW) $(PYTEST_ARGS)

docs: export TF_CPP_MIN_LOG_LEVEL ?= 3
# One thread per notebook, as in the tests.
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

lock: $(VENV)/.installed-test
	$(BIN)/python -m build_tools.lock_requirements

clean:
	rm -rf build dist *.egg-info .pytest_cache .ruff_cache
	find tf_vmfvae trainers analysis benchmarks build_tools tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as new as the last installation, so a second call costs nothing. The lock is
# for Python 3.11; on any other Python, pip picks versions in the ranges that setup.py
# gives. The pip that comes with Python 3.10 needs more than eight minutes for that, a
# recent one seconds.
define INSTALL
@test -x $(BIN)/pip || $(PYTHON) build_tools/check_python.py $(PYTHON)
@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
@echo "Installing into $(VENV); the first time takes some minutes."
@$(BIN)/python -m pip install --quiet --upgrade pip
@lock=; case "$$($(BIN)/python --version)" in \
    "Python 3.11."*) lock=--constraint=requirements.lock ;; \
esac; \
$(BIN)/python -m pip install --quiet $$lock --editable '.$(1)'
endef

$(VENV)/.installed: setup.py requirements.lock
	$(call INSTALL)
	@touch $@

$(VENV)/.installed-test: setup.py requirements.lock
	$(call INSTALL,[test])
	@touch $(VENV)/.installed $@

$(VENV)/.installed-docs: setup.py requirements.lock
	$(call INSTALL,[docs])
	@touch $(VENV)/.installed $@
