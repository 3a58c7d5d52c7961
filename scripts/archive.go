//go:build ignore

// Archive packs a folder into a .tar.gz or a .zip. The bytes depend on the files alone: their times are left out, and so
// are owners.
//
//	go run scripts/archive.go OUT.tar.gz|OUT.zip FOLDER
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// entry is what the writers of both formats do: begin a file of so many bytes.
type entry func(name string, mode fs.FileMode, size int64) (io.Writer, error)

func main() {
	err := errors.New("usage: archive OUT.tar.gz|OUT.zip FOLDER")
	if len(os.Args) == 3 {
		err = pack(os.Args[1], os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "archive:", err)
		os.Exit(1)
	}
}

func pack(to, folder string) error {
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	var writers []io.Closer // the last one is closed first
	var begin entry
	if strings.HasSuffix(to, ".zip") {
		z := zip.NewWriter(out)
		writers = []io.Closer{out, z}
		begin = func(name string, mode fs.FileMode, _ int64) (io.Writer, error) {
			header := &zip.FileHeader{Name: name, Method: zip.Deflate}
			header.SetMode(mode)
			return z.CreateHeader(header)
		}
	} else {
		g := gzip.NewWriter(out)
		t := tar.NewWriter(g)
		writers = []io.Closer{out, g, t}
		begin = func(name string, mode fs.FileMode, size int64) (io.Writer, error) {
			return t, t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: int64(mode), Size: size})
		}
	}
	err = addAll(folder, begin)
	for i := len(writers) - 1; i >= 0; i-- {
		if closed := writers[i].Close(); err == nil {
			err = closed
		}
	}
	return err
}

// addAll adds the files of a folder under its name, in the order of their names.
func addAll(folder string, begin entry) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if program := strings.TrimSuffix(d.Name(), ".exe"); program == "igs" {
			mode = 0o755
		}
		name, err := filepath.Rel(filepath.Dir(folder), path)
		if err != nil {
			return err
		}
		w, err := begin(filepath.ToSlash(name), mode, int64(len(data)))
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
}
