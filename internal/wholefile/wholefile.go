// Package wholefile lets files appear under their names whole or not at all, and takes temporary names out of errors; it shows paths in one line.
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

// Write makes the file appear under its name only when all of it is on the disk:
// temporary name in the same folder, sync, rename. A crash leaves either the old file or
// the new one. An error leaves what was there before and no temporary file.
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

// Replace is Write of data that keeps what was there before, under the name previous in the same folder. Path is whole at every moment;
// on file systems without hard links, one of the two names is.
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

// appear gives a temporary file that is whole its name, or takes it away after an error.
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

// keepAs makes previous the file that path is, if there is one.
func keepAs(previous, path string) error {
	second := temporaryName(path)
	err := os.Link(path, second)
	if err == nil {
		err = os.Rename(second, previous)
		os.Remove(second) // renaming between two names of one file does nothing
		return err
	}
	if !errors.Is(err, fs.ErrNotExist) { // no hard links here
		err = os.Rename(path, previous)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the first of its kind
	}
	return err
}

// Produce is Write for those who must write the file themselves, under the temporary name that they are given.
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

// WriteBytes is Write of data that is all there already.
func WriteBytes(path string, data []byte) error {
	return Write(path, all(data))
}

// all writes data that is all there.
func all(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// destination follows a link, so that the link stays and what it points to is replaced,
// and refuses devices and pipes, which a rename would destroy.
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
		return path, nil // not there yet; creating it tells the other reasons
	case info.IsDir():
		return "", errors.New("is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("not a regular file")
	}
	return path, nil
}

// createBeside is os.CreateTemp with the permissions of an ordinary file: 0600 would stay
// after the rename.
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

// syncFolder makes the rename itself last. Some systems and file systems have no such
// call; the file is whole either way, so that its error is of no use to anyone.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// Unnamed takes operation and name, maybe a temporary one, out of an error of the file system; the caller gives the real one.
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
