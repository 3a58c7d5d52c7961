package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shellOf gives a shell with igs in its path. It skips the test when the shell is not installed.
func shellOf(t *testing.T, name string) (program string, env []string) {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "igs")); err != nil {
		t.Fatal(err)
	}
	return program, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
}

// Each completion script works in its shell.
func TestCompletionInShells(t *testing.T) {
	for name, ask := range map[string]string{
		"bash": `source <(igs completion bash); COMP_WORDS=(igs run --preset l); COMP_CWORD=3; _igs; printf '%s\n' "${COMPREPLY[@]}"`,
		"zsh":  `compdef() { :; }; compadd() { shift; print -l -- "$@"; }; source <(igs completion zsh); words=(igs run --preset l); CURRENT=4; _igs`,
		"fish": `igs completion fish | source; complete -C 'igs run --preset l'`,
	} {
		t.Run(name, func(t *testing.T) {
			program, env := shellOf(t, name)
			cmd := exec.Command(program, "-c", ask)
			cmd.Env = env
			out, err := cmd.CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != "large" {
				t.Errorf("%v: %q", err, out)
			}
		})
	}
}

func TestManPageHasNoWarnings(t *testing.T) {
	groff, env := shellOf(t, "groff")
	cmd := exec.Command("sh", "-c", "igs man | "+groff+" -man -ww -Tutf8 2>&1 >/dev/null")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}
