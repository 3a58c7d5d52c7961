// Package picturefiles finds pictures by their names: in folders, and in list files.
package picturefiles

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// endings are the endings of files that count as pictures of a folder.
var endings = []string{".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".exr", ".qoi"}

// In lists the paths of the pictures of a folder in alphabetical order, without regard to upper and lower case. others
// are the names of its other entries. Names that begin with a dot are in neither list.
func In(folder string) (pictures, others []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int {
		return cmp.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name()))
	})
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case !e.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(name))):
			pictures = append(pictures, filepath.Join(folder, name))
		default:
			others = append(others, name)
		}
	}
	return pictures, others, nil
}

// IsList reports whether a path names a list file.
func IsList(path string) bool { return strings.EqualFold(filepath.Ext(path), ".txt") }

// Listed reads the paths of a list file: one in each line, relative to the folder of the file. Empty lines and lines that
// begin with # do not count.
func Listed(path string) (pictures []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(filepath.Dir(path), line)
		}
		pictures = append(pictures, line)
	}
	return pictures, nil
}
