package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
)

// checkPlace finds out what is wrong with the output folder without making anything that
// stays: a session that exists, a path through a file, a folder that cannot be written to.
func checkPlace(o configs.Output) error {
	if o.Session != "" {
		dir := filepath.Join(o.Dir, o.Session)
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return fault.New(fault.OutputExists, "choose another --name", "%s exists and is not a folder", dir)
		case err == nil && o.Exists == "error":
			return taken(dir)
		}
	}
	for at := filepath.Clean(o.Dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue // it will be made; whether that works its parent knows
		}
		if err == nil && !info.IsDir() {
			err = errors.New(at + " is a file")
		}
		if err == nil {
			err = tryWriting(at)
		}
		return unwritable(o.Dir, err)
	}
}

func taken(dir string) error {
	return fault.New(fault.OutputExists, "choose another --name; or --skip-existing trains only what is missing, and --force all again", "%s exists", dir)
}

func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".igs-*.tmp")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

func unwritable(dir string, err error) error {
	switch {
	case err == nil:
		return nil
	case diskFull(err):
		return fmt.Errorf("write to the output folder %s: %w", dir, wholefile.Unnamed(err))
	}
	return fault.New(fault.BadInput, "choose another output folder with --out", "cannot write to the output folder %s: %w", dir, wholefile.Unnamed(err))
}

// sessionFolder makes the folder of a session with all that fill puts into it: nobody ever
// meets it half-filled, whenever the process is killed. Renaming is what makes it ours
// alone: two igs that start at once get two numbers. old says that it was there before.
func sessionFolder(o configs.Output, fill func(dir string) error) (dir string, old bool, err error) {
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return "", false, unwritable(o.Dir, err)
	}
	if o.Session != "" {
		dir = filepath.Join(o.Dir, o.Session)
		err := stage(dir, fill)
		switch {
		case errors.Is(err, fs.ErrExist) && o.Exists != "error":
			return dir, true, nil
		case errors.Is(err, fs.ErrExist):
			return "", false, taken(dir)
		}
		return dir, false, unwritable(dir, err)
	}
	for n := lastSession(o.Dir) + 1; ; n++ {
		dir = filepath.Join(o.Dir, "session_"+strconv.Itoa(n))
		if err := stage(dir, fill); !errors.Is(err, fs.ErrExist) {
			return dir, false, unwritable(dir, err)
		}
	}
}

// stage makes a folder under a name that nobody looks for, and gives it its own when it is
// filled. The error is fs.ErrExist when there is something of that name.
func stage(dir string, fill func(dir string) error) error {
	if _, err := os.Lstat(dir); err == nil { // renaming over an empty folder would work
		return fs.ErrExist
	}
	draft := filepath.Join(filepath.Dir(dir), fmt.Sprintf(".igs-%08x.tmp", rand.Uint32()))
	if err := os.Mkdir(draft, 0o777); err != nil {
		return err
	}
	err := fill(draft)
	if err == nil {
		err = os.Rename(draft, dir)
	}
	if err != nil {
		os.RemoveAll(draft)
	}
	if _, there := os.Lstat(dir); err != nil && there == nil {
		return fs.ErrExist // somebody was quicker
	}
	return err
}

// clearDrafts takes away what processes that were killed left under temporary names. In a
// folder that others work in too, only what is older than any of their work.
func clearDrafts(dir string, shared bool) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		draft, _ := filepath.Match(".igs-*.tmp", e.Name())
		info, err := e.Info()
		if draft && err == nil && (!shared || time.Since(info.ModTime()) > 24*time.Hour) {
			os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// lastSession is the highest number in use.
func lastSession(dir string) int {
	last := 0
	entries, _ := os.ReadDir(dir) // an unreadable folder shows at mkdir
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), "session_"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				last = max(last, n)
			}
		}
	}
	return last
}

// claim keeps a session for this process until it ends, however it ends.
func claim(dir string) (*flock.Flock, error) {
	lock := flock.New(dir, flock.SetFlag(os.O_RDONLY))
	if runtime.GOOS == "windows" { // where folders cannot be locked
		lock = flock.New(filepath.Join(dir, ".lock"))
	}
	ours, err := lock.TryLock()
	if err == nil && !ours {
		return nil, fault.New(fault.OutputExists, "wait for it, or stop it", "another igs is at work in %s", dir)
	}
	if err != nil { // a file system without locks, as some network drives are: not a reason to refuse work
		return nil, nil
	}
	return lock, nil
}
