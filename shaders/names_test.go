package shaders

import (
	"io/fs"
	"sort"
	"strings"
)

// Names lists the built-in kernels in alphabetical order.
func Names() []string {
	files, err := fs.Glob(compiled, "spv/*.spv")
	if err != nil {
		return nil // cannot happen: the pattern is a constant
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f, "spv/"), ".spv"))
	}
	sort.Strings(names)
	return names
}
