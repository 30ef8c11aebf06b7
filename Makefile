# Every target sets up what it needs in .venv, once: `make demo` and `make test` are all a fresh clone takes.
#
#   make demo          the example script, on torch                make docs           the documentation, strictly
#   make examples      all examples, with pictures in pictures/
#   make convert-examples  the examples and small scripts by tfcompat convert, and the table of what became of them
#   make test          all tests and docstring examples            make bench          speed beside torch
#   make lint          ruff: rules and formatting                  make bench-memory   peak memory beside torch
#   make tidy          what ruff can mend itself: order of imports, formatting
#   make types         mypy --strict on core and tape              make bench-forward  forward mode beside torch.func
#   make bench-step    a training step, eager to compiled   make bench-data     tf.data beside torch's DataLoader
#   make import-time   import beyond torch's own                   make bench-explain  what tracing costs
#   make bench-distributed  two processes beside one; bytes between ranks
#   make bench-cuda    all tests and the large benchmarks on a GPU; writes docs/benchmarks-cuda.md
#   make bench-programs  whole programs beside Keras on torch; TENSORFLOW=/path/to/python measures TensorFlow too
#   make test-plugins  the packages in plugins/, installed         make bench-plugins  what plugins cost per op
#   make test-newest   all tests on the newest Python and torch, in .venv-newest (several GB)
#
# torch 2.13.0 is installed (constraints.txt) unless a python on the PATH has torch >= 2.11: then that one is used.
# PYTHON=/path/to/python names the interpreter; WORKERS=N sets the number of test processes.

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
TESTS ?=
EXAMPLES ?=

.PHONY: demo examples convert-examples test lint tidy types docs bench bench-cuda bench-data bench-distributed bench-explain \
	bench-forward bench-memory bench-plugins bench-programs bench-step import-time coverage test-plugins test-newest clean

demo: $(VENV)/.has-show
	$(BIN)/tfcompat run examples/notes.py

# EXAMPLES="burgers vae" runs these alone.
examples: $(VENV)/.has-examples
	$(BIN)/python tools/run_examples.py pictures $(EXAMPLES)

convert-examples: $(VENV)/.has-examples
	$(BIN)/python tools/convert_examples.py $(EXAMPLES)

test: $(VENV)/.has-test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

# Each package in plugins/, installed into a fresh environment.
test-plugins: $(VENV)/.has-test
	$(BIN)/python tools/test_plugins.py --workers $(WORKERS)

# A torch that is built with CUDA, even where there is no GPU, also shows what would mix devices (tests/fake_cuda_kit.py).
test-newest: $(VENV)-newest/.has-test
	$(VENV)-newest/bin/python -c "import sys, torch; print('Python', sys.version.split()[0], 'torch', torch.__version__)"
	OMP_NUM_THREADS=1 $(VENV)-newest/bin/python -m pytest -n $(WORKERS) $(TESTS)

lint: $(VENV)/.has-lint
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-cache

tidy: $(VENV)/.has-lint
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

types: $(VENV)/.has-types
	$(BIN)/python -m mypy

docs: $(VENV)/.has-docs
	$(BIN)/python -m sphinx -q -W --keep-going -d docs/_build/doctrees -b html docs docs/_build/html
	$(BIN)/python -m sphinx -q -W --keep-going -d docs/_build/doctrees -b doctest docs docs/_build/doctest
	$(BIN)/python tools/doc_blocks.py

bench: $(VENV)/.has-bench
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/functions.py

bench-explain: $(VENV)/.has-bench
	$(BIN)/python benchmarks/explain.py

bench-forward: $(VENV)/.has-bench
	$(BIN)/python benchmarks/forward.py

bench-memory: $(VENV)/.has-bench
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/memory.py --traced

bench-plugins: $(VENV)/.has-bench
	$(BIN)/python benchmarks/plugins.py

bench-programs: $(VENV)/.has-bench $(VENV)/.has-keras
	$(BIN)/python benchmarks/programs.py $(if $(TENSORFLOW),--tensorflow $(TENSORFLOW))

bench-step: $(VENV)/.has-bench
	$(BIN)/python benchmarks/step.py

bench-data: $(VENV)/.has-bench
	$(BIN)/python benchmarks/datasets.py
	$(BIN)/python benchmarks/dataset_files.py

bench-distributed: $(VENV)/.has-bench
	$(BIN)/python benchmarks/distributed.py

bench-cuda: $(VENV)/.has-test $(VENV)/.has-bench
	$(BIN)/python benchmarks/cuda.py --tests --write docs/benchmarks-cuda.md

import-time: $(VENV)/.has-bench
	$(BIN)/python benchmarks/import_time.py

# The table of covered names, written again from the package as it is.
coverage: $(VENV)/.has-test
	$(BIN)/python docs/make_coverage.py

clean:
	rm -rf $(VENV) $(VENV)-newest docs/_build

$(VENV)-newest/.has-%: pyproject.toml tools/setup_venv.py
	python3 tools/setup_venv.py --newest $(VENV)-newest $*
	@touch $@

# One stamp for each extra of pyproject.toml.
$(VENV)/.has-%: pyproject.toml constraints.txt tools/setup_venv.py
	python3 tools/setup_venv.py $(VENV) $*
	@touch $@
