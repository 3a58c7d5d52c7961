package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"igs/internal/wholefile"
	"igs/record"
)

// beating is the time between two heartbeats of a claim.
const beating = 15 * time.Second

// trusted is how long a claim counts as held without a look at the disk.
const trusted = time.Second

// holder is the content of a claim file: the process that has a run. Beats changes with every heartbeat. No time in it
// is compared with a clock, because the clocks of two hosts may differ.
type holder struct {
	Run      string    `json:"run"`
	Host     string    `json:"host"`
	Process  int       `json:"process"`
	Device   string    `json:"device"`
	Since    time.Time `json:"since"`          // for people only
	Boot     string    `json:"boot,omitempty"` // of the kernel of the host
	Locked   bool      `json:"locked"`         // the process holds a lock on the file
	Released bool      `json:"released"`
	Beats    int       `json:"beats"`
}

func (h holder) String() string {
	if h.Host == "" {
		return "an unknown process (its claim file is damaged)"
	}
	return fmt.Sprintf("process %d on %s (%s)", h.Process, h.Host, h.Device)
}

// claim is the right of this process to work at one run. Its file claims/RUN/N stays when it ends, so the numbers only
// grow: who makes the file N+1 has the run, and one process only can make it. A nil claim is of a run that no other
// process can take.
type claim struct {
	holder holder
	path   string // of its file
	file   *os.File
	lock   *flock.Flock // nil: without
	size   int          // of the file, bytes
	now    func() time.Time

	mu     sync.Mutex
	looked time.Time // when the claim was seen to be the last one
	lost   bool
}

// takenOver is the error of work on a run that another process took over.
type takenOver struct{ run string }

func (e *takenOver) Error() string { return e.run + " was taken over by another process" }

// write writes the claim into its own file. A claim that was taken over has another file, so this harms no other claim.
func (c *claim) write() error {
	text, err := json.Marshal(c.holder)
	if err != nil {
		return err
	}
	if c.size == 0 {
		c.size = len(text) + 32 // beats get longer
	}
	padded := make([]byte, c.size)
	for i := range padded {
		padded[i] = ' '
	}
	copy(padded, text)
	padded[c.size-1] = '\n'
	if _, err := c.file.WriteAt(padded, 0); err != nil {
		return err
	}
	return c.file.Sync()
}

// check is an error when another process has taken the run over. It looks at the disk at most once a second: a process
// that was stopped for a while therefore looks before it writes anything.
func (c *claim) check() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); !c.lost && now.Sub(c.looked) >= trusted {
		c.lost, c.looked = c.superseded(), now
	}
	if c.lost {
		return &takenOver{c.holder.Run}
	}
	return nil
}

// superseded reports whether there is a later claim, or whether the session was finished and its claims removed. A
// session whose folder is gone has no other owner; writing to it reports what is wrong.
func (c *claim) superseded() bool {
	n, _ := strconv.Atoi(filepath.Base(c.path))
	if wholefile.Exists(filepath.Join(filepath.Dir(c.path), strconv.Itoa(n+1))) {
		return true
	}
	session := filepath.Dir(filepath.Dir(filepath.Dir(c.path)))
	_, err := os.Lstat(c.path)
	return errors.Is(err, fs.ErrNotExist) && wholefile.Exists(filepath.Join(session, record.SessionFile))
}

// beat shows other processes that this one is alive. Its error is a *takenOver, or that of the disk.
func (c *claim) beat() error {
	if err := c.check(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holder.Beats++
	return c.write()
}

// keepAlive beats until stop is called, and calls lost when the run was taken over.
func (c *claim) keepAlive(lost func(error)) (stop func()) {
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		ticks := time.NewTicker(beating)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
			}
			var taken *takenOver
			if err := c.beat(); errors.As(err, &taken) {
				lost(err)
				return
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}

// release gives the run free for other processes.
func (c *claim) release() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holder.Released = true
	c.write() // where this fails, others take the run when the lock is free or the heartbeats end
	c.file.Close()
	if c.lock != nil {
		c.lock.Close()
	}
}

// readHolder reads a claim file. text is its content, to be compared with that of another moment. The holder of a
// damaged file is empty.
func readHolder(path string) (h holder, text string, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, "", err
	}
	if err != nil {
		return h, err.Error(), nil
	}
	if json.Unmarshal(data, &h) != nil {
		h = holder{}
	}
	return h, string(data), nil
}
