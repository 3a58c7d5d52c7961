package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"igs/internal/process"
)

// claimsFolder holds the claims of a joined session: a folder for each run with the files 1, 2, … of its claims.
const claimsFolder = "claims"

// silence is how long the heartbeats of a claim must have been missing when another process takes the run over.
const silence = 2 * time.Minute

// mostBetween is the longest time between two looks at a claim that counts as silence. A longer time says that this
// process or the file system stood still, and then the other process may have stood still too.
const mostBetween = 10 * time.Second

// claims are the claims of a joined session, as this process sees them.
type claims struct {
	dir  string // of the session
	self holder
	now  func() time.Time
	seen map[string]sighting // by path of the claim file
}

// sighting is what this process saw of a claim, by its own clock.
type sighting struct {
	text   string // content of the file
	last   time.Time
	silent time.Duration // how long it did not change
}

func newClaims(dir, device string, now func() time.Time) *claims {
	host, _ := os.Hostname()
	if host == "" {
		host = "unnamed"
	}
	return &claims{dir: dir, now: now, seen: map[string]sighting{}, self: holder{Host: host, Process: os.Getpid(), Device: device, Boot: process.Boot()}}
}

// on are the same claims for another device of this process.
func (c *claims) on(device string) *claims {
	other := *c
	other.self.Device = device
	return &other
}

// last is the path of the last claim of a run, and its number; 0 when there is none.
func (c *claims) last(run string) (path string, n int) {
	dir := filepath.Join(c.dir, claimsFolder, run)
	entries, _ := os.ReadDir(dir) // a missing folder has no claims; any other fault shows when a claim is made
	for _, e := range entries {
		if m, err := strconv.Atoi(e.Name()); err == nil {
			n = max(n, m)
		}
	}
	return filepath.Join(dir, strconv.Itoa(n)), n
}

// try takes a run, or tells who has it. before is the holder that lost it, nil when nobody did.
func (c *claims) try(run string) (taken *claim, before, has *holder, err error) {
	path, n := c.last(run)
	if n > 0 {
		h, free := c.free(path)
		if !free {
			return nil, nil, &h, nil
		}
		if !h.Released {
			before = &h
		}
	}
	taken, err = c.take(run, n+1)
	if taken == nil { // another process was faster, or the disk refuses
		h, _, _ := readHolder(filepath.Join(filepath.Dir(path), strconv.Itoa(n+1)))
		return nil, nil, &h, err
	}
	return taken, before, nil, nil
}

// free reports whether a run can be taken: its claim was released, its process has ended on this kernel, or the
// heartbeats are missing for long.
func (c *claims) free(path string) (h holder, free bool) {
	h, text, err := readHolder(path)
	if err != nil {
		return h, false // gone: the session is being concluded
	}
	if h.Released || h.ended(c.self.Boot, path) {
		return h, true
	}
	now, before := c.now(), c.seen[path]
	s := sighting{text: text, last: now}
	if before.text == text && !before.last.IsZero() {
		s.silent = before.silent + min(now.Sub(before.last), mostBetween)
	}
	c.seen[path] = s
	return h, s.silent >= silence
}

// ended reports whether the process of a claim is known to have ended: the lock that it held is free. A lock says
// nothing about a process of another host.
func (h holder) ended(boot, path string) bool {
	if !h.Locked || boot == "" || h.Boot != boot {
		return false
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	defer lock.Close()
	ours, err := lock.TryLock()
	return ours && err == nil
}

// take makes claim n of a run. It is nil when another process made it first.
func (c *claims) take(run string, n int) (*claim, error) {
	dir := filepath.Join(c.dir, claimsFolder, run)
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	made := &claim{path: filepath.Join(dir, strconv.Itoa(n)), holder: c.self, now: c.now, looked: c.now()}
	made.holder.Run, made.holder.Since = run, c.now()
	ours, err := made.link(dir)
	if err == nil && ours {
		return made, nil
	}
	if made.file != nil {
		made.file.Close()
	}
	if made.lock != nil {
		made.lock.Close()
	}
	return nil, err
}

// link makes the file of a claim: complete and locked under a temporary name, and then under its own. Making a link
// fails when the name is taken, on every file system that has links, NFS too.
func (c *claim) link(dir string) (ours bool, err error) {
	if c.file, err = os.CreateTemp(dir, ".igs-*.tmp"); err != nil {
		return false, err
	}
	draft := c.file.Name()
	defer os.Remove(draft)
	c.file.Chmod(0o644) // other users may read who has the run
	c.lockFile(draft)
	if err := c.write(); err != nil {
		return false, err
	}
	switch err := os.Link(draft, c.path); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrExist):
		return sameFile(draft, c.path), nil // NFS may repeat a request that succeeded
	case errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	return c.create()
}

// create makes the file of a claim where the file system has no links. For a moment the file is empty.
func (c *claim) create() (ours bool, err error) {
	c.file.Close()
	if c.lock != nil {
		c.lock.Close()
		c.lock, c.holder.Locked = nil, false
	}
	c.file, err = os.OpenFile(c.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c.lockFile(c.path)
	return true, c.write()
}

// lockFile locks the file of the claim for as long as the process lives.
func (c *claim) lockFile(path string) {
	if c.holder.Boot == "" { // nobody would know whether the lock means anything
		return
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	if ours, err := lock.TryLock(); !ours || err != nil {
		lock.Close()
		return
	}
	c.lock, c.holder.Locked = lock, true
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}
