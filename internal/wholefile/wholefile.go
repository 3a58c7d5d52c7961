// Package wholefile writes files that appear complete or not at all. It also removes temporary names from errors.
package wholefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write writes a file under a temporary name in the same folder, syncs it and renames it. So the file
// appears under its name when all of it is on the disk. After a crash there is the old file or the
// new one. After an error there is the old file, and no temporary file.
func Write(path string, write func(io.Writer) error) error {
	path, err := destination(path)
	if err != nil {
		return err
	}
	f, err := createBeside(path)
	if err != nil {
		return Unnamed(err)
	}
	return appear(f.Name(), path, fillAndClose(f, write))
}

// Replace is Write for data. It keeps the old file under the name previous in the same folder. At every moment, path is
// a complete file; on file systems without hard links, path or previous is.
func Replace(path, previous string, data []byte) error {
	f, err := createBeside(path)
	if err != nil {
		return Unnamed(err)
	}
	err = fillAndClose(f, all(data))
	if err == nil {
		err = keepAs(previous, path)
	}
	return appear(f.Name(), path, err)
}

// appear renames a complete temporary file to path. After an error it deletes the temporary file.
func appear(temporary, path string, err error) error {
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return Unnamed(err)
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// keepAs gives the file at path the name previous too, if there is such a file.
func keepAs(previous, path string) error {
	second := temporaryName(path)
	err := os.Link(path, second)
	if err == nil {
		err = os.Rename(second, previous)
		os.Remove(second) // Rename does nothing when both names are the same file
		return err
	}
	if !errors.Is(err, fs.ErrNotExist) { // the file system has no hard links
		err = os.Rename(path, previous)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // there is no old file
	}
	return err
}

// Produce is Write for a function that writes the file itself, under the given temporary name.
func Produce(path string, produce func(temporary string) error) error {
	path, err := destination(path)
	if err != nil {
		return err
	}
	f, err := createBeside(path)
	if err != nil {
		return Unnamed(err)
	}
	f.Close()
	if err := produce(f.Name()); err != nil {
		os.Remove(f.Name())
		return err
	}
	return appear(f.Name(), path, syncFile(f.Name()))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// WriteBytes is Write for data in memory.
func WriteBytes(path string, data []byte) error {
	return Write(path, all(data))
}

// all is a write function for data in memory.
func all(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// destination follows a symbolic link, so that the file is replaced and not the link. It refuses
// devices and pipes, because a rename would destroy them.
func destination(path string) (string, error) {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			info, err = os.Lstat(path)
		}
		if err != nil {
			return "", Unnamed(err)
		}
	}
	switch {
	case err != nil:
		return path, nil // the file does not exist; creating it reports any other reason
	case info.IsDir():
		return "", errors.New("is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("not a regular file")
	}
	return path, nil
}

// createBeside is os.CreateTemp with the usual permissions of a file. The 0600 of os.CreateTemp would
// stay after the rename.
func createBeside(path string) (*os.File, error) {
	for try := 0; ; try++ {
		f, err := os.OpenFile(temporaryName(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 100 {
			return f, err
		}
	}
}

func temporaryName(path string) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".igs-%08x.tmp", rand.Uint32()))
}

func fillAndClose(f *os.File, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(f, 1<<16)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// syncFolder puts the rename on the disk. Some file systems cannot do that. The error is ignored,
// because the file is complete in any case.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// Unnamed removes the operation and the name from an error of the file system. The name may be a temporary one; the
// caller adds the real one.
func Unnamed(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}

// IsFolder reports whether there is a folder at path.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Exists reports whether there is a file or a folder at path.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
