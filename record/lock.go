package record

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/gofrs/flock"
)

// lockOf is the lock of the folder of a session. A process holds it while it works there.
func lockOf(dir string) *flock.Flock {
	if runtime.GOOS == "windows" { // Windows cannot lock a folder
		return flock.New(filepath.Join(dir, ".lock"))
	}
	return flock.New(dir, flock.SetFlag(os.O_RDONLY))
}

// Claim locks the folder of a session for this process. The lock ends when the process ends, even when it is killed.
// ours is false when another process has it. The error means that the file system has no locks.
func Claim(dir string) (lock *flock.Flock, ours bool, err error) {
	lock = lockOf(dir)
	ours, err = lock.TryLock()
	return lock, ours, err
}

// Share is Claim for processes that work at a session together: all of them have the lock, and no Claim succeeds.
func Share(dir string) (lock *flock.Flock, ours bool, err error) {
	lock = lockOf(dir)
	ours, err = lock.TryRLock()
	return lock, ours, err
}

// Abandoned reports whether no process is at work in the folder of a session. Then a run with the status Running was
// killed. It is false where the file system has no locks.
func Abandoned(dir string) bool {
	lock := lockOf(dir)
	defer lock.Close()
	try := lock.TryRLock // two readers at once do not disturb each other
	if s, err := ReadSession(dir); err == nil && s.Joined {
		try = lock.TryLock
	}
	free, err := try()
	return free && err == nil
}

// Settle gives the runs that were killed the status Interrupted. dir is the folder of the session. In a joined session
// every run has the status of its run.json first.
func (s *Session) Settle(dir string) {
	if s.Joined && s.Status != Done {
		s.Refresh(dir)
	}
	at := slices.IndexFunc(s.Runs, func(e Entry) bool { return e.Status == Running })
	if s.Status != Running && at < 0 || !Abandoned(dir) {
		return
	}
	if s.Status == Running {
		s.Status = Interrupted
	}
	for i := range s.Runs {
		if s.Runs[i].Status == Running {
			s.Runs[i].Status = Interrupted
		}
	}
}

// Refresh gives the runs of a joined session the status of their run.json: no process writes session.json while several
// work.
func (s *Session) Refresh(dir string) {
	for i := range s.Runs {
		e := &s.Runs[i]
		if !filepath.IsLocal(filepath.FromSlash(e.Name)) {
			continue
		}
		if r, err := ReadRun(filepath.Join(dir, e.Name)); err == nil {
			e.Status = r.Status
		}
	}
}
