# make demo   set up, build, train a photograph in under three minutes
# make test   set up, then every test, those that need a GPU too
# make build  the program: ./igs
# make bench  time training on this machine
# make lint   vet, staticcheck and deadcode (needs both tools, see scripts/lint.sh)
# make shaders  compile the kernels anew (needs glslc and spirv-tools)
# make man     the man page, build/igs.1
# make clean

GO ?= go
photo = build/demo/photo.png

.PHONY: build demo test vet fmt-check lint bench shaders man setup clean

build:
	$(GO) build -o igs ./cmd/igs

setup:
	@sh scripts/setup.sh

demo: setup build $(photo)
	./igs run configs/quickstart.toml

# A photograph that comes with a library which igs uses anyway.
$(photo):
	@mkdir -p $(dir $@)
	@$(GO) mod download github.com/disintegration/imaging
	@cp "$$($(GO) list -m -f '{{.Dir}}' github.com/disintegration/imaging)/testdata/flowers.png" $@
	@chmod u+w $@

# Without a device, tests that need one fail here; they are skipped by a plain go test.
test: setup fmt-check vet
	IGS_REQUIRE_GPU=1 $(GO) test -timeout 30m ./...

vet:
	$(GO) vet ./...

fmt-check:
	@unformatted=$$($$($(GO) env GOROOT)/bin/gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:" >&2; echo "$$unformatted" >&2; exit 1; fi

lint: fmt-check vet
	sh scripts/lint.sh

bench: build
	./igs bench

man: build
	@mkdir -p build
	./igs man > build/igs.1

shaders:
	sh scripts/shaders.sh

clean:
	rm -rf igs igs.exe build
