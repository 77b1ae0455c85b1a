# What developers run. `make test` is the README's test command and what .ci/run runs.

ORACLE := target/oracle/venv-6.1/bin/python

.PHONY: build demo test lint rust-test python-test wheel wheel-test fuzz-django

build:
	cargo build --release --locked

demo: build
	target/release/hashstatic build fixtures/site --out target/site
	@cat target/site/staticfiles.json; echo

test: lint rust-test python-test wheel-test

lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	python3 tests/python/run.py lint

rust-test:
	cargo test --locked

# Real Django, WhiteNoise, brotli, npm and PyPI packages and Chromium as judges; all of it below target/ and
# tests/browser/node_modules.
python-test: build
	python3 tests/oracle/prepare.py
	cd tests/browser && npm ci --silent --no-audit --no-fund
	HASHSTATIC_BIN=$(CURDIR)/target/release/hashstatic $(ORACLE) -m pytest -q -p no:cacheprovider tests/oracle

# The wheel and the sdist in dist/, with maturin from PyPI.
wheel:
	python3 tests/python/run.py wheel

# The wheel in clean environments with each Django, below target/wheel: Django's own tests, and ours.
wheel-test:
	python3 tests/python/run.py

# A long run of random cases against Django; `make fuzz-django SEED=2 CASES=10000`.
SEED ?= 1
CASES ?= 1000
fuzz-django: build
	python3 tests/oracle/prepare.py
	cd tests/oracle && for options in "6.1" "5.2" "6.1 --js-modules" "5.2 --js-modules"; do \
	  ../../$(ORACLE) fuzz_trees.py --bin ../../target/release/hashstatic \
	    --seed $(SEED) --cases $(CASES) --version $$options || exit 1; done

# The long run of tests/faults.rs: 200 kills.
.PHONY: faults
faults:
	FAULT_POINTS=100 cargo test --release --locked --test faults -- --nocapture
