package session

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/record"
)

// CheckPlace reports an output folder that training could not use: the session exists, a part of the path is a file, the
// folder is not writable, or the path of a file of one of the runs is too long. It leaves no file behind.
func CheckPlace(o configs.Output, runs ...configs.Run) error {
	if len(o.Session) > longestName {
		return fault.New(fault.BadInput, "choose another output.session", "the name of the session has %d bytes; file systems allow %d", len(o.Session), longestName)
	}
	for _, run := range runs {
		path := filepath.Join(o.Dir, cmp.Or(o.Session, "session_1000"), run.Name, filepath.FromSlash(record.PreviousCheckpoint))
		if _, err := os.Lstat(path); errors.Is(err, syscall.ENAMETOOLONG) {
			return fault.New(fault.BadInput, "choose another output folder with output.dir", "the paths of the files of %s are too long: the path of its folder has %d bytes", oneline.Text(run.Name), len(filepath.Dir(filepath.Dir(path))))
		}
	}
	if o.Session != "" {
		dir := filepath.Join(o.Dir, o.Session)
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return fault.New(fault.OutputExists, "choose another output.session", "%s exists and is not a folder", dir)
		case err == nil && o.Exists == "error":
			return taken(dir)
		}
	}
	for at := filepath.Clean(o.Dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue // training makes it, if its parent is writable
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

// longestName is the longest name of a file or a folder that common file systems allow, bytes.
const longestName = 255

func taken(dir string) error {
	return fault.New(fault.OutputExists, "choose another output.session; or output.exists=skip trains only the missing runs, and output.exists=overwrite trains all runs again", "%s exists", dir)
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
	return fault.New(fault.BadInput, "choose another output folder with output.dir", "cannot write to the output folder %s: %w", dir, wholefile.Unnamed(err))
}

// sessionFolder makes the folder of a session with the files that fill writes into it. The folder appears with all of
// them or not at all, even when the process is killed. A rename gives it its name, so two processes that start together
// get two numbers. old reports that the folder existed before.
func sessionFolder(o configs.Output, fill func(dir string) error) (dir string, old bool, err error) {
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return "", false, unwritable(o.Dir, err)
	}
	if o.Session != "" {
		dir = filepath.Join(o.Dir, o.Session)
		err := atomicDir(dir, fill)
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
		if err := atomicDir(dir, fill); !errors.Is(err, fs.ErrExist) {
			return dir, false, unwritable(dir, err)
		}
	}
}

// atomicDir makes a folder that appears when fill has filled it, or not at all. The error is fs.ErrExist when the name
// is taken.
func atomicDir(dir string, fill func(dir string) error) error {
	if _, err := os.Lstat(dir); err == nil { // a rename would replace an empty folder
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
		return fs.ErrExist // another process made it in the meantime
	}
	return err
}

// clearDrafts removes the temporary files and folders of killed processes. In a folder that other processes share, it
// removes only those older than a day.
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
	entries, _ := os.ReadDir(dir) // mkdir gives the error of an unreadable folder
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), "session_"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				last = max(last, n)
			}
		}
	}
	return last
}

// lockSession locks the folder of a session for this process, or together with other processes that join the session.
// The lock is nil on a network drive without locks; training works without one.
func lockSession(dir string, joined bool) (*flock.Flock, error) {
	take := record.Claim
	if joined {
		take = record.Share
	}
	lock, ours, err := take(dir)
	for try := 0; err == nil && !ours && try < 3; try++ { // igs compare takes the lock for a moment
		time.Sleep(20 * time.Millisecond)
		lock, ours, err = take(dir)
	}
	switch {
	case err != nil:
		return nil, nil
	case !ours:
		return nil, fault.New(fault.OutputExists, "wait until it ends, or stop it", "another igs is using %s", dir)
	}
	return lock, nil
}
