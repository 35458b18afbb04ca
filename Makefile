# `make demo` and `make test` each suffice on a bare Debian or Ubuntu machine with root: they install what they need.

SWIFT = $(shell command -v swift 2>/dev/null || echo "$$HOME/.local/share/swiftly/bin/swift")
# SwiftPM keeps the list of files that the plugin `Embed` reads; without this, a new template may go unseen.
BUILD = $(SWIFT) build --disable-build-manifest-caching
ADDRESS = --sanitize address --scratch-path .build-asan -Xswiftc -use-ld=lld
FUZZ_SECONDS ?= 15
# More tests at once only wait for each other.
WIDTH = --experimental-maximum-parallelization-width 4

.PHONY: help
help:
	@echo 'make demo           clusters in containers: planned, applied, verified and shown; one loses its primary'
	@echo 'make test           everything that can be tested; needs root'
	@echo
	@echo 'make build          a debug build, .build/debug/kumki'
	@echo 'make release        a static, stripped build, dist/kumki'
	@echo 'make lint           formatting and shell scripts'
	@echo 'make test-unit      the tests that need no containers'
	@echo 'make test-lab       the tests in containers'
	@echo 'make test-address   the unit tests under the address sanitizer'
	@echo 'make test-schema    inventories/ against the JSON Schema, by an independent validator'
	@echo 'make fuzz           each fuzzer for FUZZ_SECONDS=$(FUZZ_SECONDS)'
	@echo 'make bench          kumki against other tools; writes docs/benchmarks.md'
	@echo 'make bench-quick    the same with three hosts only; writes nothing'
	@echo 'make drills         every fault five times on the clusters under pgpool-II; writes docs/drills.md'
	@echo 'make clean          removes what builds left'

# Each target's prerequisites are steps in this order.
.NOTPARALLEL:

.PHONY: demo
demo: bootstrap-lab build-only
	Scripts/demo.sh

# The lab comes last, so that the last line is the result of the longest run.
.PHONY: test
test: bootstrap-test lint build-tests test-unit test-schema fuzz test-lab

.PHONY: bootstrap-build bootstrap-lab bootstrap-test
bootstrap-build bootstrap-lab bootstrap-test: bootstrap-%:
	Scripts/bootstrap.sh $*

.PHONY: build build-only build-tests
build: bootstrap-build build-only
build-only:
	$(BUILD)
build-tests:
	$(BUILD) --build-tests

.PHONY: release
release: bootstrap-build
	KUMKI_STATIC=1 $(BUILD) -c release --static-swift-stdlib --product kumki --scratch-path .build-release -Xlinker -s
	mkdir -p dist
	cp .build-release/release/kumki dist/kumki
	Scripts/check-release.sh dist/kumki

# Scripts with names to be filled in.
TEMPLATE_SCRIPTS = templates/postgresql/start-guard $(addprefix templates/pgpool/,failover rejoin vip escalation hand ping)

.PHONY: lint
lint:
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift $(wildcard Fuzz Benchmarks)
	git grep -lIE '^#! ?(/usr)?/bin/(env )?(ba)?sh' -- ':!*.swift' ':!*.md' ':!*.txt' ':!*.case' ':!templates' | xargs -r shellcheck
	for script in $(TEMPLATE_SCRIPTS); do \
		sed -e 's/{{[#\/^][^}]*}}//g' -e 's/{{[^}]*}}/1/g' $$script | shellcheck -s sh - || exit 1; done

# The tests of SSH have time limits, so they get the processors to themselves.
TEST = Scripts/test.sh $(SWIFT) test --disable-xctest
.PHONY: test-unit
test-unit: build-tests
	$(TEST) --skip-build $(WIDTH) --skip 'LabTests|SSHTests'
	$(TEST) --skip-build --filter SSHTests

.PHONY: test-lab
test-lab: build-tests
	$(TEST) --skip-build --filter LabTests

.PHONY: test-address
test-address:
	LSAN_OPTIONS=suppressions=$(CURDIR)/Fuzz/leaks.supp $(TEST) $(WIDTH) --skip 'LabTests|SSHTests|ArchitectureTests' $(ADDRESS)
	LSAN_OPTIONS=suppressions=$(CURDIR)/Fuzz/leaks.supp $(TEST) --filter SSHTests --skip AuthenticationTests $(ADDRESS)
	# Here the stack through libraries without frame pointers tells whose a leak is; the others have time limits.
	ASAN_OPTIONS=fast_unwind_on_malloc=0 LSAN_OPTIONS=suppressions=$(CURDIR)/Fuzz/leaks.supp $(TEST) \
		--filter AuthenticationTests $(ADDRESS)

# The schema is a golden of what `kumki schema` prints.
.PHONY: test-schema
test-schema:
	/usr/bin/python3 Tests/schema/check.py Tests/schema/inventory.schema.json \
		inventories/*.yaml Tests/schema/valid/*.yaml --broken Tests/schema/broken/*.yaml

.PHONY: fuzz
fuzz:
	Scripts/fuzz.sh $(FUZZ_SECONDS)

.PHONY: bench bench-quick
bench: bootstrap-lab release
	Benchmarks/run.sh
bench-quick: bootstrap-lab release
	Benchmarks/run.sh --sizes 3 --rounds 3 --output ''

.PHONY: drills
drills: bootstrap-lab release
	/usr/bin/python3 Benchmarks/drills.py

.PHONY: clean
clean:
	rm -rf .build .build-* dist
