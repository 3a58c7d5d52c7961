package session

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clock is the clock of one host.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// host is a process on a host of its own, with a clock of its own.
func host(dir, boot string, at time.Time) (*claims, *clock) {
	c := &clock{at}
	made := newClaims(dir, "device", c.now)
	made.self.Boot = boot
	return made, c
}

func claimsDir(t *testing.T) string {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, claimsFolder), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustTake(t *testing.T, c *claims, run string) *claim {
	t.Helper()
	taken, _, has, err := c.try(run)
	if err != nil || taken == nil {
		t.Fatalf("%s is not free: %v, %v", run, has, err)
	}
	t.Cleanup(taken.release)
	return taken
}

// Of many processes that try at once, one gets a run: with links, and without them.
func TestOneProcessGetsARun(t *testing.T) {
	for _, linked := range []bool{true, false} {
		dir := claimsDir(t)
		if err := os.Mkdir(filepath.Join(dir, claimsFolder, "a"), 0o777); err != nil {
			t.Fatal(err)
		}
		var got atomic.Int32
		var all sync.WaitGroup
		for range 16 {
			all.Add(1)
			go func() {
				defer all.Done()
				one, _ := host(dir, "boot", time.Now())
				if linked {
					if taken, _, _, err := one.try("a"); err != nil {
						t.Error(err)
					} else if taken != nil {
						got.Add(1)
						t.Cleanup(taken.release)
					}
					return
				}
				f, err := os.CreateTemp(dir, "")
				if err != nil {
					t.Error(err)
				}
				c := &claim{path: filepath.Join(dir, claimsFolder, "a", "1"), file: f, holder: one.self, now: time.Now}
				if ours, err := c.create(); err != nil {
					t.Error(err)
				} else if ours {
					got.Add(1)
					t.Cleanup(c.release)
				}
			}()
		}
		all.Wait()
		if got.Load() != 1 {
			t.Errorf("links %v: %d processes got the run", linked, got.Load())
		}
	}
}

// A run is free again when it is released, and at once when its process has ended on this host.
func TestFreeRuns(t *testing.T) {
	dir := claimsDir(t)
	here, _ := host(dir, "boot", time.Now())
	beside, _ := host(dir, "boot", time.Now())
	elsewhere, _ := host(dir, "other", time.Now())
	first := mustTake(t, here, "a")
	if _, _, has, err := beside.try("a"); err != nil || has == nil || has.Process != os.Getpid() || has.Device != "device" {
		t.Fatalf("taken twice: %v, %v", has, err)
	}
	first.release()
	if _, before, _, _ := beside.try("a"); before != nil {
		t.Errorf("a released run was taken over from %v", before)
	}
	killed := mustTake(t, here, "b")
	killed.file.Close()
	killed.lock.Close() // as the end of the process does
	if taken, _, _, _ := elsewhere.try("b"); taken != nil {
		t.Error("another host believes a lock")
	}
	taken, before, _, err := beside.try("b")
	if err != nil || taken == nil || before == nil || before.Process != os.Getpid() {
		t.Errorf("the run of a process that ended: %v, %v, %v", taken, before, err)
	}
}

// A run is taken over when its heartbeats are missing for two minutes of the clock of the one that looks, whatever the
// clock of the other says. The process that had it sees that before it writes.
func TestSilentRuns(t *testing.T) {
	for _, off := range []time.Duration{0, 10 * time.Minute, -10 * time.Minute} {
		dir := claimsDir(t)
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		far, farClock := host(dir, "far", start.Add(off))
		near, nearClock := host(dir, "near", start)
		held := mustTake(t, far, "a")
		look := func(d time.Duration) *claim {
			nearClock.pass(d)
			farClock.pass(d)
			taken, _, _, err := near.try("a")
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		for range 40 { // ten minutes of heartbeats
			if taken := look(15 * time.Second); taken != nil || held.beat() != nil {
				t.Fatalf("clock off by %v: taken from a process that is alive", off)
			}
		}
		if look(10*time.Second) != nil || look(10*time.Minute) != nil {
			t.Fatalf("clock off by %v: a time in which nobody looked counts as silence", off)
		}
		looks := 0
		var taken *claim
		for taken == nil && looks < 20 {
			taken = look(10 * time.Second)
			looks++
		}
		if taken == nil || looks != 11 { // ten seconds of silence are over
			t.Fatalf("clock off by %v: taken over after %d looks", off, looks)
		}
		defer taken.release()
		var lost *takenOver
		if err := held.check(); !errors.As(err, &lost) {
			t.Errorf("clock off by %v: the process that was silent may go on: %v", off, err)
		}
		if held.beat() == nil || taken.check() != nil {
			t.Errorf("clock off by %v: the claim came back", off)
		}
		held.release()
		if again := look(time.Second); again != nil {
			t.Errorf("clock off by %v: the release of a lost claim frees the run", off)
		}
	}
}

// A damaged claim file is waited for like a silent process: it may be half written.
func TestDamagedClaim(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "garbage": "\x00\x01{", "half": `{"run":"a","host":"x"`} {
		dir := claimsDir(t)
		path := filepath.Join(dir, claimsFolder, "a", "1")
		if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
		near, c := host(dir, "near", time.Now())
		for i := range 20 {
			taken, before, _, err := near.try("a")
			if err != nil {
				t.Fatal(err)
			}
			if taken != nil {
				if i != 12 || before == nil || before.Host != "" {
					t.Errorf("%s: taken over at look %d from %v", name, i, before)
				}
				taken.release()
				break
			}
			if i == 19 {
				t.Errorf("%s: never free", name)
			}
			c.pass(10 * time.Second)
		}
	}
}
