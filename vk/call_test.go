package vk

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestABI compiles the declarations of call_abi.h together with the binding's Vulkan header, and with that of the
// system if there is one. The compiler compares sizes, offsets and numbers.
func TestABI(t *testing.T) {
	cc := strings.Fields(goCommand(t, "env", "CC"))
	if len(cc) == 0 {
		t.Skip("no C compiler")
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		t.Skip(err)
	}
	header := goCommand(t, "list", "-m", "-f", "{{.Dir}}", "github.com/vulkan-go/vulkan")
	folders := []string{header}
	if _, err := os.Stat("/usr/include/vulkan/vulkan.h"); err == nil {
		folders = append(folders, "/usr/include")
	}
	for _, folder := range folders {
		args := append(slices.Clone(cc[1:]), "-std=gnu11", "-fsyntax-only", "-I"+folder, "-I.", "testdata/abi.c")
		if out, err := exec.Command(cc[0], args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", folder, err, out)
		}
	}
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Skipf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
