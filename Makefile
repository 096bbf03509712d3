# Everything that is done with Herald's source, one target each. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

TOOLS := $(abspath $(or $(CARGO_TARGET_DIR),target))/tools
export PATH := $(TOOLS)/bin:$(PATH)
# A registry that does not answer at once is asked again.
export CARGO_NET_RETRY ?= 10

# One set of packages and features for all that is built here, so that no crate is built twice. What only compares
# libraries is in `make soak` alone.
USUAL := --workspace --exclude herald-serenity --features herald-chat/testing --locked
ALL := --workspace --all-features --locked

# Lints and docs are looked at while the tests are built: scripts/checked-rustc says how. All that builds for tests takes it, but
# soak's own run, and takes it with the same words for clippy, or cargo would build the workspace's crates anew each time that
# the target changes.
CHECKED := CLIPPY_ARGS=--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__ RUSTC_WORKSPACE_WRAPPER='$(CURDIR)/scripts/checked-rustc'

# The tests that nextest's filter ONLY picks.
CHOSEN = $(if $(ONLY),--filterset '$(ONLY)')

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: practice
practice: ## Run a practice incident in this terminal: no account, no network
	@test -x '$(or $(CARGO_TARGET_DIR),target)/debug/herald' || echo 'building Herald (some minutes the first time)…'
	@cargo run --quiet --locked --no-default-features -- practice

.PHONY: demo
demo: setup ## Run an incident on a real Synapse and a Discord server in process, from `herald init` to its end
	@echo 'building (some minutes the first time)…'
	@$(CHECKED) cargo build --quiet $(USUAL) --bin herald --example demo
	@'$(or $(CARGO_TARGET_DIR),target)/debug/examples/demo'

# What the tests write stays in memory where there is much of it: sled waits for the disk at each commit, and no test has its power
# cut. `make soak` writes to the disk.
MEMORY := $(shell df --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 { print "/dev/shm" }')

.PHONY: test
test: export TMPDIR := $(or $(TMPDIR),$(MEMORY),/tmp)
test: setup ## Check everything: format, lints, docs, crate rules, all tests; ONLY='binary(engine)' for a part of them
	@$(MAKE) checks OF='$(USUAL)'
	@echo '== tests'
	@$(CHECKED) cargo nextest run $(USUAL) $(CHOSEN)

.PHONY: soak
soak: export HERALD_SOAK = 1
soak: export BOLERO_RANDOM_ITERATIONS =
soak: export BOLERO_RANDOM_TEST_TIME_MS =
soak: setup ## The same with everything, however long it takes: all seeds, kills and storms, other clients
	@$(MAKE) checks OF='$(ALL)'
	@echo '== tests, all of each, as rustc itself builds them'
	@cargo nextest run $(ALL) --profile soak $(CHOSEN)

# What is checked without running anything, of the packages and features OF.
.PHONY: checks
checks:
	@echo '== format'
	@cargo fmt --all --check
	@echo '== lints, docs, build'
	@$(CHECKED) cargo build $(OF) --all-targets --quiet
	@echo '== crate rules'
	@cargo deny --offline --log-level error check bans licenses sources

.PHONY: setup
setup: ## Install what the checks need and this machine lacks
	@scripts/setup $(TOOLS)
	@cargo fetch --locked --quiet

.PHONY: simulate
simulate: export HERALD_SEEDS = $(or $(SEEDS),2000)
simulate: export HERALD_SEED = $(SEED)
simulate: setup ## Random people, faults and crashes: SEEDS=2000, or SEED=n for a single one
	@$(CHECKED) cargo nextest run $(USUAL) --profile long --no-capture --filterset 'test(/simulat/)'

.PHONY: bench
bench: ## Measure against the baselines of the same run: ONLY=core for one group
	@cargo bench --quiet --locked --all-features --bench '$(or $(ONLY),*)'

.PHONY: fuzz
fuzz: export BOLERO_RANDOM_TEST_TIME_MS = $(or $(SECONDS_EACH),60)000
fuzz: export BOLERO_RANDOM_ITERATIONS = 18446744073709551615
fuzz: setup ## Run the property tests (named any_…) for longer: SECONDS_EACH=60
	@$(CHECKED) cargo nextest run $(USUAL) --profile long --filterset 'test(/\bany_/)'

.PHONY: advisories
advisories: setup ## Ask the RustSec database about known holes in dependencies (needs a network)
	@cargo deny check advisories

.PHONY: clean
clean: ## Remove all that was built, tools included
	@cargo clean
