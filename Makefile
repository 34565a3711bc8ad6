# Everything a developer runs. `make` alone lists it.

# Where the scripts that drive real games stand, for `make acceptance`.
GAMES ?= ../shared/games
# Where `make install` puts the program.
PREFIX ?= /usr/local

# `make bench QUICK=1 SCENARIOS="steady siege"`
bench_flags := $(if $(QUICK),--quick) $(SCENARIOS)

# `make run SECONDS=20`: only what the command line says counts, not a variable that a shell happens to export.
ifeq ($(origin SECONDS),command line)
demo_flags := --seconds $(SECONDS)
endif

.PHONY: help run test counted bench acceptance lint format manual build install clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

run: build ## build, then show an attack and what becomes of it (SECONDS=20 ends it by itself)
	@"$$(swift build -c release --show-bin-path)/portcullis" demo $(demo_flags)

test: counted ## run every test
	@packaging/install-packages build test
	@swift test --disable-xctest
	@cd Benchmarks && python3 -m unittest discover -q -s bench/tests -t .

counted: ## build what the tests of the packet path run, with counters in it
	@packaging/install-packages build
	@Tests/Counters/build

bench: build ## measure beside HAProxy, nginx and a relay in C (QUICK=1 for a glance, SCENARIOS="steady siege")
	@packaging/install-packages build bench
	@! grep -q inspection-benchmark Package.swift || \
		swift build -c release --static-swift-stdlib --product inspection-benchmark
	@cd Benchmarks && /usr/bin/python3 -m bench $(bench_flags)

acceptance: ## play two real games through the relay (GAMES=directory of their scripts)
	@Tests/acceptance/run "$(GAMES)"

lint: ## check the layout of the Swift code
	@swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: ## mend the layout of the Swift code
	@swift format --in-place --recursive Package.swift Sources Tests Benchmarks

manual: build ## write the generated pages of the manual and the schemas anew
	@for page in termination-codes reference; do \
		"$$(swift build -c release --show-bin-path)/portcullis" manual $$page > docs/manual/$$page.md; done
	@for kind in service protocol policy; do "$$(swift build -c release --show-bin-path)/portcullis" schema $$kind \
		> packaging/schema/$$kind.schema.json; done

build: ## build the release: one program that needs no Swift where it runs
	@packaging/install-packages build
	@swift build -c release --static-swift-stdlib --product portcullis

install: build ## copy the program and the rules to this machine (PREFIX=/usr/local, DESTDIR=)
	@install -D -m 755 "$$(swift build -c release --show-bin-path)/portcullis" "$(DESTDIR)$(PREFIX)/bin/portcullis"
	@install -d "$(DESTDIR)/etc/portcullis/schema"
	@install -m 644 packaging/schema/*.json "$(DESTDIR)/etc/portcullis/schema/"
	@for folder in protocols policies; do \
		install -d "$(DESTDIR)/etc/portcullis/$$folder"; \
		cp -rn rules/$$folder/. "$(DESTDIR)/etc/portcullis/$$folder/"; done
	@[ -e "$(DESTDIR)/etc/portcullis/portcullis.yaml" ] || \
		install -m 644 rules/portcullis.yaml "$(DESTDIR)/etc/portcullis/portcullis.yaml"

clean: ## remove what was built
	@swift package clean
	@rm -rf .build/counted
