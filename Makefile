# One command does it all: `make test`. The others are for the hours between.

GO       ?= go
BINARY   := bin/regia
KILLS    ?= 40
FUZZTIME ?= 30s

# Pinned: what a newer version would also complain about is found when the pin
# is moved, and not by whoever clones the project next year.
GOFUMPT     := mvdan.cc/gofumpt@v0.9.2
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0

.PHONY: test install build lint unit kills demo bench crash fuzz clean help

## test: install what is missing, build, lint, run every test with real servers
test: install build lint unit kills

## install: the Debian or Ubuntu packages that the tests need and that are missing
install:
	@scripts/install.sh

## build: the program, in bin/regia
build:
	$(GO) build -trimpath -o $(BINARY) ./cmd/regia

## lint: go vet, gofumpt, staticcheck
lint:
	$(GO) vet ./...
	@GO="$(GO)" GOFUMPT="$(GOFUMPT)" scripts/format.sh
	$(GO) run $(STATICCHECK) ./...

## unit: every test with the race detector; a missing server is a failure
unit:
	REGIA_TEST_REAL=1 $(GO) test -race -timeout 30m ./...

# The crash tests kill a binary built without the race detector: with it, the
# program is so slow that few kills fall where they would hurt.
kills: build
	REGIA_TEST_REAL=1 REGIA_TEST_KILLS=$(KILLS) REGIA_TEST_BINARY="$(CURDIR)/$(BINARY)" \
		$(GO) test -count=1 -timeout 60m -run '^TestCrash' ./cmd/regia ./storage/...

## crash: the crash tests, longer (200 kills)
crash:
	@$(MAKE) kills KILLS=200

## demo: the demonstration, on this machine alone; prints its address
demo:
	$(GO) run ./cmd/regia demo

## bench: the figures of the design, beside their peers where npm can install them; then those of each package
bench: install build
	@for peer in grammy replies; do \
		(cd bench/$$peer && { test -d node_modules || npm install --silent --no-audit --no-fund --no-package-lock; }) || \
			echo "the peers of bench/$$peer could not be installed: their columns stay empty" >&2; \
	done
	$(GO) run ./bench --regia "$(CURDIR)/$(BINARY)"
	REGIA_TEST_REAL=1 REGIA_TEST_BINARY="$(CURDIR)/$(BINARY)" \
		$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...

## fuzz: every fuzz test in turn, FUZZTIME each
fuzz:
	@GO="$(GO)" FUZZTIME="$(FUZZTIME)" scripts/fuzz.sh

clean:
	rm -rf bin

help:
	@sed -n 's/^## /  make /p' Makefile
