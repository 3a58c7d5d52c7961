package arrows

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func TestArrows(t *testing.T) {
	faults, err := Check(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
}

// Each case is a module of one file. says is a part of the only error, or "" when there must be
// none.
func TestCheckFinds(t *testing.T) {
	cases := []struct{ file, imports, says string }{
		{"metric/a.go", `"igs/imageio"`, ""},
		{"metric/a.go", `"igs/internal/fault"`, ""},
		{"metric/a.go", `"math"; "os"`, ""},
		{"cmd/igs/a.go", `"igs/optim"; "igs/vk"; "log"`, ""},
		{"internal/command/cli.go", `"github.com/urfave/cli/v2"`, ""},
		{"runlog/log.go", `"github.com/sirupsen/logrus"`, ""},
		{"optim/a.go", `"igs/optim/sampling"`, ""},
		{"a.go", `"igs/optim"; "os"`, ""},
		{"cmd/igs/a.go", `"igs"`, ""},
		{"vk/vktest/a.go", `"igs/vk"; "unsafe"; "C"; "github.com/vulkan-go/vulkan"`, ""},
		{"optim/a_test.go", `"igs/vk/vktest"; "igs/internal/golden"`, ""},
		{"configs/a.go", `"github.com/BurntSushi/toml"`, ""},
		{"imageio/testdata/a.go", `"igs/vk"`, ""},
		{"imageio/a.go", `"logical.example/log"`, ""},

		{"imageio/a.go", `"igs/metric"`, "imageio → metric"},
		{"imageio/a_test.go", `"igs/splat"`, "imageio → splat"},
		{"imageio/a_windows.go", `"igs/vk"`, "imageio → vk"},
		{"metric/a.go", `. "igs/vk"`, "metric → vk"},
		{"optim/a.go", `"igs/runlog"`, "optim → runlog"},
		{"optim/sampling/a.go", `"igs/vk"`, "optim/sampling → vk"},
		{"optim/sampling/deep/a.go", `"igs/optim"`, "optim/sampling → optim"},
		{"optim/a.go", `"igs/cmd/igs"`, "optim → cmd"},
		{"vk/a.go", `"igs/splat"`, "vk → splat"},
		{"vk/a.go", `"igs/vk/vktest"`, "only tests may"},
		{"optim/a.go", `"igs/internal/golden"`, "only tests may"},
		{"internal/fault/a.go", `"igs/configs"`, "internal/fault → configs"},
		{"util/a.go", `"os"`, `no room "util"`},
		{"internal/helper/a.go", `"os"`, `no room "internal/helper"`},
		{"optim/a.go", `"igs"`, "optim → ."},
		{"a.go", `"igs/runlog"`, ". → runlog"},
		{"optim/a.go", `"unsafe"`, "only vk may"},
		{"splat/a_test.go", `"C"`, "only vk may"},
		{"optim/a.go", `vulkan "github.com/vulkan-go/vulkan"`, "only vk may"},
		{"configs/a.go", `"github.com/urfave/cli/v2"`, "only internal/command/cli.go may"},
		{"internal/command/a.go", `"github.com/urfave/cli/v2"`, "only internal/command/cli.go may"},
		{"runlog/a.go", `"github.com/sirupsen/logrus"`, "only runlog/log.go may"},
		{"cmd/igs/a.go", `"github.com/BurntSushi/toml"`, "only configs may"},
		{"optim/a.go", `_ "github.com/sirupsen/logrus/hooks/test"`, "only runlog/log.go may"},
		{"vk/a.go", `"log/slog"`, "only cmd and runlog may"},
	}
	for _, k := range cases {
		t.Run(k.file+" "+k.imports, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "go.mod"), "module igs\n\ngo 1.24\n")
			write(t, filepath.Join(dir, filepath.FromSlash(k.file)), "package p\n\nimport ("+k.imports+")\n")
			faults, err := Check(dir)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case k.says == "" && len(faults) > 0:
				t.Errorf("found %q", faults)
			case k.says != "" && (len(faults) != 1 || !strings.Contains(faults[0], k.says) || !strings.Contains(faults[0], k.file)):
				t.Errorf("found %q, want %q", faults, k.says)
			}
		})
	}
}

func TestCheckReportsWhatItCannotRead(t *testing.T) {
	if _, err := Check(t.TempDir()); err == nil {
		t.Error("a folder without go.mod passed")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module igs\n")
	write(t, filepath.Join(dir, "vk", "a.go"), "package p; import (")
	if _, err := Check(dir); err == nil {
		t.Error("a file that does not parse passed")
	}
}

// The tests of these rooms must run without cgo and without a device, so no chain of imports may
// lead from them to vk.
func TestRoomsAwayFromTheDevice(t *testing.T) {
	var reaches func(room string) bool
	reaches = func(room string) bool {
		return room == "vk" || slices.ContainsFunc(Rooms[room], reaches)
	}
	for _, room := range []string{"configs", "event", "imageio", "memory", "metric", "optim/sampling", "report", "runlog", "shaders", "splat", "video"} {
		if _, ok := Rooms[room]; !ok {
			t.Errorf("no room %s", room)
		}
		if reaches(room) {
			t.Errorf("%s leads to vk", room)
		}
	}
}

// Every name in the map must be a room. A misspelt name would have no effect.
func TestMapNamesRooms(t *testing.T) {
	check := func(where string, names []string) {
		for _, name := range names {
			if _, ok := Rooms[name]; !ok && name != everything {
				t.Errorf("%s names %q, which is no room", where, name)
			}
		}
	}
	check("shared", shared)
	for room, allowed := range Rooms {
		check(room, allowed)
	}
	for library, rooms := range reserved {
		check(library, rooms)
	}
}

// The table of rooms in ARCHITECTURE.md has each room of the map, and no other. The rooms under internal share a line.
func TestArchitectureShowsEveryRoom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Rooms\n")
	section, _, _ = strings.Cut(section, "\n## ")
	shown := map[string]bool{}
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				shown[name[1]] = true
			}
		}
	}
	for room := range Rooms {
		if !strings.HasPrefix(room, "internal/") && !shown[room] {
			t.Errorf("the table of ARCHITECTURE.md lacks %q", room)
		}
	}
	for room := range shown {
		if _, known := Rooms[room]; !known && room != "internal/…" {
			t.Errorf("ARCHITECTURE.md names %q, which is not in the map", room)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
