package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// setup runs scripts/setup.sh where there is nothing but a few small tools, and programs that the map gives as shell
// scripts.
func setup(t *testing.T, programs map[string]string, args ...string) (said string, code int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the tools of setup.sh are taken from Linux")
	}
	dir := t.TempDir()
	for _, tool := range []string{"sh", "sed", "sort", "head", "tail", "awk", "grep", "tr", "dirname", "ls", "mktemp", "rm"} {
		path, err := exec.LookPath(tool)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, tool))
		}
		if err != nil {
			t.Skip(err)
		}
	}
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "sh"), append([]string{"../../scripts/setup.sh"}, args...)...)
	cmd.Env = []string{"PATH=" + dir, "HOME=" + dir}
	if _, ok := programs["cc"]; ok { // there is all that igs needs
		cmd.Env = append(cmd.Env, "IGS_VULKAN_LIB=here", "VK_DRIVER_FILES=here")
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// goOf is a go that says this version, and whether it may fetch another.
func goOf(version, toolchain string) string {
	return `case $2 in GOVERSION) echo go` + version + ` ;; GOTOOLCHAIN) echo ` + toolchain + ` ;; esac`
}

const loud = "echo apt-get is called: $*"

// setup.sh looks at Go before anything else, and says what to do.
func TestSetupChecksGoFirst(t *testing.T) {
	for _, c := range []struct{ version, toolchain, want string }{
		{"", "", "there is no Go here"},
		{"1.19.8", "", "setup: Go 1.19.8 ("},
		{"1.23.4", "local", "is too old, igs needs Go "},
	} {
		programs := map[string]string{"apt-get": loud, "id": "echo 0"}
		if c.version != "" {
			programs["go"] = goOf(c.version, c.toolchain)
		}
		said, code := setup(t, programs)
		if code != 1 || !strings.Contains(said, c.want) || !strings.Contains(said, "https://go.dev/dl") || strings.Count(said, "\n") != 1 {
			t.Errorf("Go %q %s: exit code %d: %s", c.version, c.toolchain, code, said)
		}
	}
	for version, want := range map[string]string{"1.22.1": "setup: Go 1.22.1 will download Go ", "1.24.0": "", "1.26.8": "", "1.25rc1": ""} {
		said, _ := setup(t, map[string]string{"id": "echo 0", "cc": "", "go": goOf(version, "auto")})
		if first, _, _ := strings.Cut(said, "\n"); want == "" && strings.Contains(first, "Go ") || !strings.Contains(first, want) {
			t.Errorf("Go %s: %s", version, said)
		}
	}
}

// Without root setup.sh installs nothing, and prints one command that installs everything. ffmpeg, the layer and the
// browser are installed with --all only.
func TestSetupWithoutRoot(t *testing.T) {
	programs := map[string]string{"apt-get": loud, "id": "echo 1000", "go": goOf("1.24.0", "auto")}
	for all, args := range map[bool][]string{false: nil, true: {"--all"}} {
		said, code := setup(t, programs, args...)
		if code != 1 || strings.Contains(said, "is called") || !strings.Contains(said, "su -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev") {
			t.Errorf("%q: exit code %d: %s", args, code, said)
		}
		if strings.Contains(said, "ffmpeg") != all || strings.Contains(said, "chromium") != all {
			t.Errorf("%q: %s", args, said)
		}
	}
}
