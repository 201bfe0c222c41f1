# make course: set up and run the course.   make test: set up and run all tests.   make help: more.
# On Windows, or without make: README.md has the same steps.

BIN := .venv/bin
# Compiled modules make every start seconds faster.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help course test full lab doctor notebooks lint lock clean
.SILENT:

help:
	echo "make course     set up .venv, run all lessons and the labs' solutions in class mode: build/"
	echo "make test       set up .venv, run all tests but the long ones"
	echo "make lab        set up .venv, open the lessons in JupyterLab"
	echo "make doctor     set up .venv, examine this machine"
	echo "make full       set up .venv, run all lessons in full mode"
	echo "make notebooks  build chapters/en and chapters/zh from the sources"
	echo "make lint       style (installs what it needs)"
	echo "make lock       requirements*.txt from pyproject.toml (installs what it needs)"
	echo "make clean      remove build/"

course: .venv/.course
	$(BIN)/rnn-tf run --part course

full: .venv/.course
	$(BIN)/rnn-tf run --mode full

lab: .venv/.course
	$(BIN)/rnn-tf lab

doctor: .venv/.course
	$(BIN)/rnn-tf doctor

test: .venv/.test
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

notebooks: .venv/.course
	$(BIN)/rnn-tf build

# The first of these that is Python 3.11 to 3.13 and can make an environment; PYTHON=... names one.
.venv/bin/python:
	for found in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    "$$found" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
	    "$$found" -c 'import venv, ensurepip' 2>/dev/null || { novenv=$$found; continue; }; \
	    echo "environment: .venv with $$("$$found" --version)"; \
	    "$$found" -m venv .venv && exit 0 || exit 1; \
	done; \
	if [ -n "$$novenv" ]; then echo "$$novenv cannot make environments: install its venv package (Debian, Ubuntu: apt install python3-venv)" >&2; \
	else echo "no Python 3.11, 3.12 or 3.13 found: install one, or name it: make course PYTHON=/path/to/python3.12" >&2; fi; exit 1

.venv/.course: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python tools/install.py requirements.txt
	touch $@

.venv/.test: requirements.txt requirements-test.txt pyproject.toml | .venv/bin/python
	$(BIN)/python tools/install.py requirements.txt requirements-test.txt
	touch .venv/.course $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

# Versions within the ranges of pyproject.toml, for every system and Python it allows, with hashes.
LOCK := uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock: .venv/.dev
	$(BIN)/$(LOCK) pyproject.toml --extra course --group setup -o requirements.txt
	for group in test dev gpu; do \
	    $(BIN)/$(LOCK) --group $$group -c requirements.txt -o requirements-$$group.txt || exit 1; \
	done

clean:
	rm -rf build
