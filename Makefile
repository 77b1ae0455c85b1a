# What developers run. `make test` is the README's test command and what .ci/run runs; `make test-quick` is for in between.
#
# Each judge of `make test` can be run alone, also on a new machine: tests/need.py gets what it needs.

ORACLE := target/oracle/venv-6.1/bin/python
NEED := python3 tests/need.py

# The slowest first.
JUDGES := rust-test oracle-test wheel-test fuzz-smoke example-test fault-test crate-test bench-smoke

.PHONY: build demo test test-quick lint $(JUDGES)

build:
	cargo build --release --locked

demo: build
	target/release/hashstatic build fixtures/site --out target/site
	@cat target/site/staticfiles.json; echo

# `make test` has built the binary and the wheel already. A prerequisite would change the order: make starts the judges that
# need none first.
BUILD := $(if $(HASHSTATIC_WHEEL),,build)

# Two judges at a time, as most of them use one core. What they share is built before: the wheel, too, because maturin
# moves the binary away for a moment.
test: lint build
	$(NEED) cc
	python3 tests/python/run.py wheel target/wheel/dist
	HASHSTATIC_WHEEL="$$(ls target/wheel/dist/*.whl)" $(MAKE) --jobs=2 --output-sync=target --no-print-directory $(JUDGES)

test-quick: lint rust-test

lint:
	cargo fmt --check
	cargo clippy --all-targets --all-features --locked -- -D warnings
	$(NEED) python
	python3 tests/python/run.py lint

# Unit tests, tests/*.rs, and the golden cases one by one: `cargo test golden::css_references`.
rust-test:
	$(NEED) cc
	cargo test --locked

# That the library compiles for other systems; what was not checked, and why, is printed.
.PHONY: cross-check
cross-check:
	python3 tests/cross_check.py

# A sample of the kills and errors of tests/faults, and all of its readers, editors and crowds. As root: it mounts, and traces.
fault-test: $(BUILD)
	python3 tests/faults/run.py --bin target/release/hashstatic --only kills,errors --sample 61
	python3 tests/faults/run.py --bin target/release/hashstatic --only readers,locks,edits

.PHONY: fuzz
# See fuzz/README.md. `make fuzz SECONDS=3600`, `make fuzz TARGETS="css_safe resolving"`.
SECONDS ?= 60
fuzz:
	fuzz/run.sh $(SECONDS) $(TARGETS)

fuzz-smoke:
	$(NEED) c++
	PROFILE=smoke RUNS=20000 fuzz/run.sh 10

# Real Django, WhiteNoise, brotli, npm and PyPI packages and Chromium as judges; all of it below target/ and
# tests/browser/node_modules.
oracle-test: $(BUILD)
	$(NEED) python browser
	python3 tests/oracle/prepare.py
	HASHSTATIC_BIN=$(CURDIR)/target/release/hashstatic $(ORACLE) -m pytest -q \
	  --basetemp=target/oracle/tmp tests/oracle

# The wheel and the sdist in dist/, with maturin from PyPI.
.PHONY: wheel
wheel:
	$(NEED) python cc
	python3 tests/python/run.py wheel dist --sdist

# The wheel in clean environments with each Django, below target/wheel: Django's own tests, and ours.
wheel-test:
	$(NEED) python cc
	python3 tests/python/run.py

# examples/django-docker: the stages of its Dockerfile run natively, then gunicorn, WhiteNoise and Chromium; below
# target/example; and Debian's nginx and Caddy with what `--headers` writes. `deploy-check` builds it there, and runs the
# checklist that its image carries.
.PHONY: deploy-check
example-test:
	python3 tests/example/run.py

deploy-check:
	python3 tests/example/run.py deploy-check

# Its Dockerfiles and our own, built with Debian's buildah on a base of debootstrap, as root; the checklist inside the images,
# what stops a build, image sizes, and the static step beside collectstatic. A quarter of an hour.
.PHONY: docker-test
docker-test:
	python3 tests/example/run.py docker

# A long run of random cases against Django; `make fuzz-django SEED=2 CASES=10000`.
.PHONY: fuzz-django
SEED ?= 1
CASES ?= 1000
fuzz-django: build
	$(NEED) python
	python3 tests/oracle/prepare.py
	cd tests/oracle && for options in "6.1" "5.2" "6.1 --js-modules" "5.2 --js-modules"; do \
	  ../../$(ORACLE) fuzz_trees.py --bin ../../target/release/hashstatic \
	    --seed $(SEED) --cases $(CASES) --version $$options || exit 1; done

# The long run: every kill, error and power cut of tests/faults, 20,000 trees of tests/law.rs, 200 kills of tests/faults.rs, a
# file of 4 GiB, a tree of 200,000 files; and the tables of docs/reliability.md, with Django and WhiteNoise beside us. Two hours.
.PHONY: faults
faults: build
	python3 tests/faults/run.py --bin target/release/hashstatic --report target/faults.md
	LAW_CASES=20000 cargo test --release --locked --test law
	FAULT_POINTS=100 cargo test --release --locked --test faults -- --nocapture
	cargo test --release --locked --lib --test hostile -- --ignored
	python3 tests/oracle/prepare.py
	$(ORACLE) tests/oracle/faults.py

# How fast it is, beside cp, Django, WhiteNoise and the enhanced storage; writes docs/benchmarks.md. Over an hour:
# `make bench ARGS=--help` names what can be left out.
.PHONY: bench bench-stages
bench: build
	python3 benches/compare/run.py $(ARGS)

# The stages by themselves, bytes per second; `make bench-stages ARGS=gzip` for those whose names say so.
bench-stages:
	cargo bench --locked --features bench --bench stages -- $(ARGS)

# That the comparison still works: all of it, over a few files.
bench-smoke: $(BUILD)
	$(NEED) python
	python3 benches/compare/run.py --smoke >/dev/null

# The crate as others have it: its documentation, the library alone, the dependencies, the published files with the newest
# dependencies that Cargo.toml takes, and the oldest Rust.
CRATE := crate-doc crate-library crate-dependencies crate-unlocked crate-oldest-rust
.PHONY: $(CRATE)
crate-test: $(CRATE)

crate-doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

crate-library:
	cargo check --no-default-features --locked

crate-dependencies:
	python3 tests/dependencies.py

crate-unlocked:
	rm -rf target/unlocked && mkdir -p target/unlocked
	cargo package --no-verify --allow-dirty --locked --quiet
	tar -xzf target/package/hashstatic-*.crate -C target/unlocked --strip-components 1
	rm -f target/unlocked/Cargo.lock
	cd target/unlocked && CARGO_TARGET_DIR=$(CURDIR)/target cargo check

# Where that Rust is not there, a line says so; that dependencies take it is then known from what each of them says, and of the
# code from clippy's lint on what came to the standard library later.
crate-oldest-rust:
	@rust=$$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml); \
	if rustup toolchain list | grep -q "^$$rust[.-]"; then \
	  cargo "+$$rust" check --locked --target-dir target/oldest-rust; \
	else \
	  echo "not checked: that Rust $$rust builds it (rustup toolchain install $$rust)"; \
	fi
