# The developer's whole interface.
bin := ".venv/bin"

# Show what there is.
default:
    @{{bin}}/just --list

# Install everything development needs into .venv.
setup:
    make setup

# Lint, types, floors and the quick tests: run it before every commit.
quick: lint
    {{bin}}/python -m pytest -m "not slow" -x tests/house tests/unit

# Lint, types, floors and all tests.
check: lint test

lint:
    {{bin}}/ruff check
    {{bin}}/ruff format --check
    {{bin}}/mypy
    {{bin}}/lint-imports --no-cache

test *arguments:
    {{bin}}/python -m pytest {{arguments}}

# Time and quality against peers, in one run on the same input.
bench:
    {{bin}}/python benchmarks/preserve.py
    {{bin}}/python benchmarks/access_log.py
    {{bin}}/python benchmarks/mail.py
    {{bin}}/python benchmarks/phishing.py

# Attack the parsers, guided by coverage: all or one, so many seconds each.
fuzz parser="all" seconds="60":
    {{bin}}/python fuzz/fuzz.py {{parser}} {{seconds}}

# Write the pages that come from the code (commands, errors, tables).
docs:
    {{bin}}/python docs/generate.py

# Resolve the dependencies again into requirements/*.txt.
lock:
    printf 'uv\nuv_build\n' | {{bin}}/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -o requirements/setup.txt -
    {{bin}}/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -o requirements/run.txt pyproject.toml
    {{bin}}/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -c requirements/run.txt -o requirements/dev.txt pyproject.toml --group dev
