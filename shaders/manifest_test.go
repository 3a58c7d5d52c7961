package shaders

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write manifest.txt anew (scripts/shaders.sh does, after compiling)")

const manifestFile = "manifest.txt"

// TestManifest fails when a kernel's source, one of its includes or the compiler flags have changed since its SPIR-V
// was compiled, and when the SPIR-V was changed by hand.
func TestManifest(t *testing.T) {
	want := manifest(t)
	if *update {
		if err := os.WriteFile(manifestFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(manifestFile)
	if err != nil {
		t.Fatalf("%v; run scripts/shaders.sh", err)
	}
	// git may have converted line ends to CRLF.
	have := strings.Split(strings.ReplaceAll(string(got), "\r\n", "\n"), "\n")
	lines := map[string]bool{}
	for _, line := range have {
		lines[line] = true
	}
	for _, line := range strings.Split(want, "\n") {
		if !lines[line] {
			t.Errorf("stale: %q is not in %s; run scripts/shaders.sh", line, manifestFile)
		}
		delete(lines, line)
	}
	for line := range lines {
		t.Errorf("%q in %s belongs to no kernel; run scripts/shaders.sh", line, manifestFile)
	}
}

// manifest returns the expected lines of manifest.txt: NAME, hash of the sources and flags, hash of the SPIR-V.
func manifest(t *testing.T) string {
	t.Helper()
	sources, err := filepath.Glob("glsl/*.comp")
	if err != nil {
		t.Fatal(err)
	}
	flags := compilerFlags(t)
	named := map[string]bool{}
	var b strings.Builder
	b.WriteString("# NAME SHA256(source, includes, flags) SHA256(spv), written by scripts/shaders.sh\n")
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".comp")
		named[name] = true
		code, err := os.ReadFile(filepath.Join("spv", name+".spv"))
		if err != nil {
			t.Fatalf("%v; run scripts/shaders.sh", err)
		}
		fmt.Fprintf(&b, "%s %x %x\n", name, sourceHash(t, source, flags), sha256.Sum256(code))
	}
	for _, name := range Names() {
		if !named[name] {
			t.Errorf("spv/%s.spv has no source in glsl", name)
		}
	}
	return b.String()
}

var flagLine = regexp.MustCompile(`(?m)^(?:compile|optimise)_flags=.*$`)

func compilerFlags(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../scripts/shaders.sh")
	if err != nil {
		t.Fatal(err)
	}
	lines := flagLine.FindAllString(string(script), -1)
	if len(lines) != 2 {
		t.Fatalf("scripts/shaders.sh has %d lines of flags, want 2", len(lines))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\r")
}

func sourceHash(t *testing.T, source, flags string) []byte {
	t.Helper()
	files := map[string]bool{}
	includes(t, source, files)
	paths := make([]string, 0, len(files))
	for f := range files {
		paths = append(paths, f)
	}
	sort.Strings(paths)
	h := sha256.New()
	io.WriteString(h, flags)
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.ReplaceAll(string(text), "\r\n", "\n")
		fmt.Fprintf(h, "\n%s %d\n%s", filepath.ToSlash(p), len(plain), plain)
	}
	return h.Sum(nil)
}

var includeLine = regexp.MustCompile(`(?m)^\s*#\s*include\s+["<]([^">]+)[">]`)

// includes adds path and the files that it includes, directly or indirectly.
func includes(t *testing.T, path string, found map[string]bool) {
	t.Helper()
	if found[path] {
		return
	}
	found[path] = true
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range includeLine.FindAllStringSubmatch(string(text), -1) {
		includes(t, filepath.Join("glsl", m[1]), found)
	}
}
