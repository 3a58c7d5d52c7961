package arrows

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Check reads the module at root. It returns one line for each import and each room that the map does
// not allow.
func Check(root string) ([]string, error) {
	module, err := modulePath(root)
	if err != nil {
		return nil, err
	}
	var faults []string
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && skipped(name, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		found, err := checkFile(name, filepath.ToSlash(rel), module)
		faults = append(faults, found...)
		return err
	})
	return faults, err
}

// skipped says whether the go command skips a folder.
func skipped(name, base string) bool {
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil // another module
}

func checkFile(name, rel, module string) ([]string, error) {
	room := roomOf(path.Dir(rel))
	if _, ok := Rooms[room]; !ok {
		return []string{fmt.Sprintf("%s: no room %q on the map (ARCHITECTURE.md and internal/arrows/table.go)", rel, room)}, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		complaint := ""
		if ours, ok := within(imported, module); ok {
			complaint = checkOurs(rel, room, ours)
		} else {
			complaint = checkReserved(rel, room, imported)
		}
		if complaint != "" {
			faults = append(faults, fmt.Sprintf("%s imports %s: %s", rel, imported, complaint))
		}
	}
	return faults, nil
}

// checkOurs is "" when a file of the room may import the package of this module.
func checkOurs(rel, room, imported string) string {
	from, to := path.Dir(rel), roomOf(imported)
	inTest := strings.HasSuffix(rel, "_test.go")
	if slices.Contains(testAids, imported) {
		if inTest || slices.Contains(testAids, from) {
			return ""
		}
		return "only tests may"
	}
	allowed := Rooms[room]
	if to == room || slices.Contains(shared, to) || slices.Contains(allowed, everything) || slices.Contains(allowed, to) {
		return ""
	}
	return fmt.Sprintf("there is no arrow %s → %s", room, to)
}

// checkReserved is "" when the file of the room may import the package of another module.
func checkReserved(rel, room, imported string) string {
	for library, file := range oneFile {
		if _, ok := within(imported, library); ok && rel != file {
			return "only " + file + " may"
		}
	}
	for library, rooms := range reserved {
		if _, ok := within(imported, library); ok && !slices.Contains(rooms, room) && exceptions[rel] != imported {
			return "only " + strings.Join(rooms, " and ") + " may"
		}
	}
	return ""
}

// within is the rest of an import path after a prefix, or "." for the prefix itself.
func within(imported, prefix string) (string, bool) {
	if imported == prefix {
		return ".", true
	}
	return strings.CutPrefix(imported, prefix+"/")
}

// roomOf is the room of a package, from its folder relative to the module; "." is the top.
func roomOf(dir string) string {
	for at := dir; at != "."; at = path.Dir(at) {
		if _, ok := Rooms[at]; ok {
			return at
		}
	}
	parts := strings.Split(dir, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return "internal/" + parts[1]
	}
	return parts[0]
}

func modulePath(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name), nil
		}
	}
	return "", fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
}
