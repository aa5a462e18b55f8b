# Works with GNU make 4 and with the make 3.81 of macOS.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help reports test lab check format notebooks benchmark attack tables schemas texts lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

reports: $(READY) ## set up, then make the report of every parameter file whose data is at hand
	$(BIN)/gvc run --at-hand parameters/*.yaml

# Two processes with a thread each: more threads than cores would wait for one another.
test: $(READY) ## set up, then run the tests
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/pytest -n 2

attack: $(READY) ## set up, then try bad input, kills, races and leaks, and count what comes of them
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m tests.attack

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

check: $(READY) ## check format, style and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(READY) ## sort the imports and format the code
	$(BIN)/ruff check --select I --fix
	$(BIN)/ruff format

# Without the times of execution, the same outputs give the same file.
notebooks: $(READY) ## run the committed notebooks again, in place
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

benchmark: $(READY) ## compare the speed of measures and readers with other software, into reports/benchmark
	$(BIN)/python benchmarks/benchmark.py
	$(BIN)/python benchmarks/reading.py

tables: $(READY) ## set the figures of the zone's paper beside each other again, after a correction of one
	$(BIN)/python tools/self_check.py

schemas: $(READY) ## write the schemas of the parameter files again, for editors
	$(BIN)/python -c 'from gvc_helpers.studies.file import write_schemas; write_schemas("parameters")'

texts: $(READY) ## collect the texts of the notebooks, for translators
	$(BIN)/python -c 'from pathlib import Path; from gvc_helpers.report.texts import write_catalogues; write_catalogues(Path("notebooks"), Path("gvc_helpers/data/language"))'

# Setuptools builds the package itself, so it is locked too; one version serves every Python (fewest).
lock: $(READY) ## bring requirements.lock and environment.yml in step with pyproject.toml
	echo setuptools | $(BIN)/uv pip compile pyproject.toml - --group dev --quiet --output-file requirements.lock \
		--universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-annotate --no-header --no-emit-index-url
	$(BIN)/python .ci/make_environment.py

clean: ## remove the environment and the caches, keep the reports
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamp comes last, so that an interrupted set-up leaves none, and the next one starts afresh (--clear).
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed and '$(PYTHON)' is not one; name yours, as in: make PYTHON=python3.12 reports" >&2; \
		exit 1; }
	@echo "Setting up the environment in .venv: this takes two or three minutes, once."
	@$(PYTHON) -m venv $(if $(wildcard $(READY)),,--clear) .venv
	@rm -f $(READY)
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
