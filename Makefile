# make demo     set up, build, train a photograph in under three minutes
# make test     set up, then every test, those that need a GPU too
# make build    the program: ./igs
# make install  the program, its man page and completions into PREFIX (/usr/local), below DESTDIR
# make dist     archives for Linux and Windows in build/dist (cross compilers: scripts/dist.sh)
# make bench    time training on this machine
# make lint     gofmt, vet, staticcheck and deadcode (needs both tools, see scripts/lint.sh)
# make shaders  compile the kernels anew (needs glslc and spirv-tools)
# make man      the man page, build/igs.1
# make clean

GO ?= go
PREFIX ?= /usr/local
VERSION ?= $(shell sh scripts/version.sh)
photo = build/demo/photo.png
# Without a version from git or from an archive, the program has that of package igs.
flags = $(if $(VERSION),-ldflags "-X main.linked=$(VERSION)")

.PHONY: build demo test vet fmt-check lint bench shaders man install uninstall dist setup setup-all clean

build:
	$(GO) build $(flags) -o igs ./cmd/igs

setup:
	@sh scripts/setup.sh

setup-all:
	@sh scripts/setup.sh --all

demo: setup build $(photo)
	./igs run configs/quickstart.toml

# A photograph that comes with a library which igs uses anyway.
$(photo):
	@mkdir -p $(dir $@)
	@$(GO) mod download github.com/disintegration/imaging
	@cp "$$($(GO) list -m -f '{{.Dir}}' github.com/disintegration/imaging)/testdata/flowers.png" $@
	@chmod u+w $@

# Without a device, tests that need one fail here; they are skipped by a plain go test. The sources are looked at by make lint and
# .ci/run: vet takes a tenth of the time that Go needs to build the tests of a new clone.
test: setup-all
	IGS_REQUIRE_GPU=1 GO="$(GO)" sh scripts/test.sh

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

# As root the program is not built again: root may have no Go.
install:
	@test -x igs || $(MAKE) build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 igs "$(DESTDIR)$(PREFIX)/bin/igs"
	./igs man > "$(DESTDIR)$(PREFIX)/share/man/man1/igs.1"
	./igs completion bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/igs"
	./igs completion zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_igs"
	./igs completion fish > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/igs.fish"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/igs" "$(DESTDIR)$(PREFIX)/share/man/man1/igs.1" "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/igs" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_igs" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/igs.fish"

dist:
	sh scripts/dist.sh $(VERSION)

shaders:
	sh scripts/shaders.sh

clean:
	rm -rf igs igs.exe build
