# The tools are pinned here. `go run` fetches these versions, and no module of ours depends
# on them.
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Tests misspell nmae on purpose; Lustre is a file system.
MISSPELL = go run github.com/client9/misspell/cmd/misspell@v0.3.4 -error -locale US -i nmae,lustre

# Other platforms that everything must compile for. Some files depend on the system, none
# on the processor.
PLATFORMS = darwin/arm64 windows/amd64

# Separate modules, so that applications do not depend on what they need.
ADAPTERS = metrics/promhotbind metrics/otelhotbind
EXAMPLES = examples/observability
MODULES = bench $(ADAPTERS) $(EXAMPLES)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: test
test: format lint regenerated platforms unit race ## Run everything that must pass
	@$(FIND)

# Test suites that are not in the repository. SUITE, CORPUS and YAML_SUITE set other folders.
# Tests get the folders from these variables, because go test caches a test result even if
# files outside the module have changed.
FIND = go run ./internal/suites/find
SUITES = SUITE="$$($(FIND) SUITE)" CORPUS="$$($(FIND) CORPUS)" YAML_SUITE="$$($(FIND) YAML_SUITE)"

.PHONY: demo
demo: ## Generate, build and run the quickstart, edit its file and print what happens
	@go run ./examples/demo

.PHONY: command-line
command-line: ## Write the help texts into docs/command-line.md
	go test ./docs -run TestCommandLine -update

.PHONY: picture
picture: ## Draw docs/reload.svg from a run of the demo
	go run ./docs/picture > reload.svg.new && mv reload.svg.new docs/reload.svg

# lint runs vet; without debug symbols the tests link faster.
TEST = go test -vet=off "-ldflags=-s -w"

# Packages with concurrency are tested only under the race detector. Package document has
# none, and its tests would take five times as long.
RACED = go list $(PACKAGES) | grep -E '^[^/]*/[^/]*/[^/]*/(runtime|examples|testdata)(/|$$)' | grep -v '/runtime/document'

.PHONY: unit
unit: ## Run the tests of everything but the runtime: generator, golden files, command line
	$(SUITES) $(TEST) $$(go list $(PACKAGES) | grep -vxF "$$($(RACED))")
	@for m in $(ADAPTERS); do echo "cd $$m && go test ./..."; (cd $$m && $(TEST) ./...) || exit 1; done
	cd bench && $(TEST) ./...

.PHONY: race
race: ## Run the tests of the runtime and the examples, under the race detector
	$(SUITES) $(TEST) -race $$($(RACED))
	@for m in $(EXAMPLES); do echo "cd $$m && go test -race ./..."; (cd $$m && $(TEST) -race ./...) || exit 1; done

.PHONY: lint
lint: ## Run go vet, staticcheck and a spell checker
	go vet $(PACKAGES)
	$(STATICCHECK) $(PACKAGES)
	git ls-files | grep -vE '(^|/)testdata/' | xargs $(MISSPELL)
	@for m in $(MODULES); do echo "$$m"; (cd $$m && go vet ./... && $(STATICCHECK) ./...) || exit 1; done

.PHONY: format
format: ## Fail if gofmt would change a file
	@unformatted="$$(gofmt -l bench cmd generator internal metrics runtime examples testdata)"; \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

.PHONY: generate
generate: ## Regenerate all generated code
	go generate ./runtime/internal/settings ./examples/... ./testdata/compile/...
	cd bench && go generate .
	@for m in $(EXAMPLES); do echo "cd $$m && go generate ./..."; (cd $$m && go generate ./...) || exit 1; done

.PHONY: regenerated
regenerated: generate ## Fail if regenerating changes a file
	@changed="$$(git status --porcelain -- '*.gen.go')"; \
	if [ -n "$$changed" ]; then echo "generated code is out of date:"; echo "$$changed"; exit 1; fi

.PHONY: platforms
platforms: ## Vet for darwin and windows
	@for p in $(PLATFORMS); do \
		echo "$$p"; \
		GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go vet ./... || exit 1; \
	done

.PHONY: bench
bench: ## Measure reading, dispatch, parsing and decoding
	go test -run '^$$' -bench . -benchmem ./runtime/...

# The peers are in a separate module, so that ours does not depend on them.
.PHONY: peers
peers: ## Measure hotbind beside its peers and the limit, and write docs/performance.md (6 minutes)
	cd bench && go run . -docs ../docs

.PHONY: comparison
comparison: ## Compare hotbind with viper, koanf and go-jsonschema and write docs/comparison.md
	cd bench && go generate ./compare && go run ./compare > comparison.new && mv comparison.new ../docs/comparison.md

.PHONY: corpus
corpus: ## Generate, build and test every schema of CORPUS, a folder in SchemaStore's layout
	CORPUS="$$($(FIND) -need CORPUS)" HOTBIND_FULL=1 go test -run TestCorpus -timeout 120m -v ./generator

.PHONY: conformance
conformance: ## Run the JSON Schema Test Suite in SUITE through generated packages
	SUITE="$$($(FIND) -need SUITE)" HOTBIND_FULL=1 go test -run TestSuite -timeout 60m -v ./generator

.PHONY: suite
suite: ## Fail if the JSON Schema Test Suite is missing
	@$(FIND) -need SUITE

.PHONY: soak
soak: ## Save a file 10,000 times at random moments and check for torn values
	HOTBIND_FULL=1 go test -race -run 'TestSaves' -timeout 20m -v ./runtime/internal/enginetest/

.PHONY: faults
faults: ## Kill a service and its store 1,000 times, make its system calls fail, run 5,000 random histories
	HOTBIND_FULL=1 go test -run 'Guarantee8|F11|F12' -timeout 60m -v ./runtime/internal/enginetest/ ./runtime/history/
	HOTBIND_FULL=1 go test -run TestMachine -timeout 60m ./runtime/internal/engine/

.PHONY: memory
memory: ## Reload 100,000 times and print the memory in use
	HOTBIND_FULL=1 go test -run TestMemoryOverReloads -v ./runtime/internal/enginetest/

.PHONY: fuzz
fuzz: ## Fuzz the readers and the generator, a minute each
	go test -run '^$$' -fuzz FuzzParseYAML -fuzztime 60s ./runtime/document/
	go test -run '^$$' -fuzz FuzzYAMLReaders -fuzztime 60s ./runtime/document/
	go test -run '^$$' -fuzz FuzzParseJSON -fuzztime 60s ./runtime/document/
	go test -run '^$$' -fuzz FuzzParseTOML -fuzztime 60s ./runtime/document/toml/
	go test -run '^$$' -fuzz FuzzYAMLValue -fuzztime 60s ./runtime/document/
	go test -run '^$$' -fuzz FuzzParsePattern -fuzztime 60s ./runtime/document/
	go test -run '^$$' -fuzz FuzzOpen -fuzztime 60s -fuzzminimizetime 1s ./runtime/audit/
	go test -run '^$$' -fuzz FuzzEdit -fuzztime 60s ./runtime/migrate/
	go test -run '^$$' -fuzz FuzzCompile -fuzztime 60s ./internal/pattern/
	go test -run '^$$' -fuzz FuzzApply -fuzztime 60s ./runtime/internal/settings/
	go test -run '^$$' -fuzz FuzzMarkdown -fuzztime 60s -fuzzminimizetime 1s ./generator/internal/lower/
	go test -run '^$$' -fuzz FuzzGenerate -fuzztime 60s -fuzzminimizetime 1s ./generator/
	go test -run '^$$' -fuzz FuzzMutants -fuzztime 60s -fuzzminimizetime 1s ./generator/

# ./... does not include testdata, whose packages are built and tested too.
PACKAGES = ./... ./testdata/compile/...
