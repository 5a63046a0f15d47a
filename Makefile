# The two commands of a newcomer: `make demo` and `make test`. Everything else is in the justfile.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python
EXAMPLE := examples/business-email-compromise
CASE ?= demo-case

.PHONY: demo test setup check clean
.DEFAULT_GOAL := demo

$(BIN)/uv: requirements/setup.txt
	@echo "Setting up .venv (once)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Comity needs Python 3.11 or newer; name one with: make PYTHON=...")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.txt
	@touch $@

.venv/.run: $(BIN)/uv requirements/run.txt pyproject.toml
	@$(UV) --require-hashes -r requirements/run.txt
	@$(UV) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@$(UV) --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/.dev

demo: .venv/.run
	@$(BIN)/python $(EXAMPLE)/generate.py --into $(CASE).material
	@$(BIN)/comity investigate $(CASE).material --case $(CASE) --title "Estaleiro Aurora: business e-mail compromise" \
		--state BR --authority "Cybercrime Unit (example)" \
		--basis consent:"Renato Prado for Estaleiro Aurora Ltda, owner of the mailbox, server and account" \
		--reference $(EXAMPLE)/reference

test: .venv/.dev
	@$(BIN)/python -m pytest

check: .venv/.dev
	@$(BIN)/just check

clean:
	rm -rf .venv $(CASE) $(CASE).material
