package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"igs"
)

func TestVersionOf(t *testing.T) {
	for _, c := range []struct{ linked, stamped, want string }{
		{"1.2.3", "v9.9.9", "1.2.3"},
		{"", "v1.2.0", "1.2.0"},
		{"", "v1.2.0-rc.1", "1.2.0-rc.1"},
		{"", "v1.2.1-0.20261127101112-0123456789ab", igs.Version},
		{"", "v1.2.0+dirty", igs.Version},
		{"", "(devel)", igs.Version},
		{"", "", igs.Version},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: c.stamped}}
		if got := versionOf(c.linked, func() (*debug.BuildInfo, bool) { return info, true }); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.linked, c.stamped, got, c.want)
		}
	}
}

// The version is that of the tag in a checkout and in an archive that git made of it.
func TestVersionOfTheTag(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	run := func(in string, words ...string) string {
		t.Helper()
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = in
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", words, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	sources := filepath.Join(dir, "sources")
	for _, name := range []string{"VERSION", ".gitattributes", "scripts/version.sh"} {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(sources, name)), 0o777)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(sources, name), data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	version := func(in string) string { t.Helper(); return run(in, "sh", "scripts/version.sh") }
	archived := func() string {
		t.Helper()
		to := filepath.Join(t.TempDir(), "archive")
		if err := os.Mkdir(to, 0o777); err != nil {
			t.Fatal(err)
		}
		run(sources, git, "archive", "-o", filepath.Join(to, "a.tar"), "HEAD")
		run(to, "tar", "xf", "a.tar")
		return version(to)
	}
	run(sources, git, "init", "-q")
	run(sources, git, "add", "-A")
	run(sources, git, "commit", "-qm", "1")
	if got := version(sources); got != "" {
		t.Errorf("without a tag: %q", got)
	}
	run(sources, git, "tag", "v1.2.0")
	if a, b := version(sources), archived(); a != "1.2.0" || b != "1.2.0" {
		t.Errorf("on the tag: %q, in an archive %q", a, b)
	}
	run(sources, git, "commit", "-q", "--allow-empty", "-m", "2")
	if a, b := version(sources), archived(); !strings.HasPrefix(a, "1.2.0-1-g") || a != b {
		t.Errorf("after the tag: %q, in an archive %q", a, b)
	}
}
