package selfcheck

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"igs/configs"
	"igs/optim/engine"
	"igs/vk"
	"igs/vk/vktest"
)

// counted is a subject that counts its checks, and fails with err.
type counted struct {
	Subject
	mu     sync.Mutex
	checks int
	err    error
}

func newCounted(name string) *counted {
	c := &counted{}
	c.Subject = Subject{name, func(*vk.Device) (CheckReport, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.checks++
		return CheckReport{Rows: []CheckRow{{What: name, OK: c.err == nil}}}, c.err
	}}
	return c
}

// requires requires a proof, and expects so many checks from the first on. Proofs that have no memory of their own yet
// are those of a new process.
func (c *counted) requires(t *testing.T, p *Proofs, checks int) {
	t.Helper()
	before := c.checks
	report, err := p.Require(vktest.Open(t), c.Subject)
	if !errors.Is(err, c.err) || c.checks != checks || len(report.Rows) != checks-before {
		t.Errorf("%d checks, %d rows, %v; want %d checks, %v", c.checks, len(report.Rows), err, checks, c.err)
	}
}

// proofFile is the only file in a folder of proofs.
func proofFile(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(found) != 1 || filepath.Ext(found[0]) != ".proofs" {
		t.Fatalf("%v, %v", found, err)
	}
	return found[0]
}

// A device proves itself once: in a process, and in those after it that share the folder.
func TestProofsAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "igs")
	c := newCounted("a")
	first := &Proofs{Dir: dir}
	c.requires(t, first, 1)
	c.requires(t, first, 1)
	c.requires(t, &Proofs{Dir: dir}, 1)
	c.requires(t, &Proofs{Dir: t.TempDir()}, 2)
	c.requires(t, &Proofs{}, 3)
	newCounted("b").requires(t, &Proofs{Dir: dir}, 1)
	always := &Proofs{Dir: dir, Always: true}
	c.requires(t, always, 4)
	c.requires(t, always, 4)
	c.requires(t, &Proofs{Dir: dir}, 4)
	proofFile(t, dir)
}

// A failure is not kept, and it removes an earlier proof.
func TestFailuresAreNotKept(t *testing.T) {
	dir, dev := t.TempDir(), vktest.Open(t)
	c, other := newCounted("a"), newCounted("b")
	c.err = errors.New("this device computes wrong")
	p := &Proofs{Dir: dir}
	c.requires(t, p, 1)
	c.requires(t, p, 2)
	c.requires(t, &Proofs{Dir: dir}, 3)
	c.err = nil
	c.requires(t, p, 4)
	other.requires(t, p, 1)
	c.err = errors.New("broken since")
	if _, err := p.Prove(dev, c.Subject); !errors.Is(err, c.err) {
		t.Error(err)
	}
	c.requires(t, p, 6)
	c.requires(t, &Proofs{Dir: dir}, 7)
	other.requires(t, &Proofs{Dir: dir}, 1)
}

// Files that are damaged, of something else, or impossible to write only cost another check.
func TestProofFilesThatAreWrong(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"empty":     func(path string) error { return os.WriteFile(path, nil, 0o666) },
		"cut":       func(path string) error { return os.Truncate(path, 40) },
		"not JSON":  func(path string) error { return os.WriteFile(path, []byte("\x00\xff"), 0o666) },
		"other":     func(path string) error { return os.WriteFile(path, []byte(`{"igs": [1]}`), 0o666) },
		"no keys":   func(path string) error { return os.WriteFile(path, []byte(`[{}, {"key": ""}]`), 0o666) },
		"too large": func(path string) error { return os.Truncate(path, proofFileLimit+1) },
		"a folder":  func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o777)) },
		"a bit": func(path string) error {
			text, err := os.ReadFile(path)
			text[len(`[{"key": "`)+20] ^= 1
			return errors.Join(err, os.WriteFile(path, text, 0o666))
		},
	} {
		dir := t.TempDir()
		c := newCounted("a")
		c.requires(t, &Proofs{Dir: dir}, 1)
		if err := damage(proofFile(t, dir)); err != nil {
			t.Fatal(err)
		}
		c.requires(t, &Proofs{Dir: dir}, 2)
		if name != "a folder" {
			c.requires(t, &Proofs{Dir: dir}, 2) // the file was replaced
		}
		proofFile(t, dir) // nothing is left beside it
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	newCounted("a").requires(t, &Proofs{Dir: filepath.Join(file, "igs")}, 1)
}

// Goroutines of one process check once. Processes that write at the same time leave a whole file.
func TestProofsAtTheSameTime(t *testing.T) {
	dir, dev := t.TempDir(), vktest.Open(t)
	c, shared := newCounted("a"), &Proofs{Dir: dir}
	var all sync.WaitGroup
	for i := range 8 {
		own := newCounted(fmt.Sprint(i))
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := shared.Require(dev, c.Subject)
			_, other := (&Proofs{Dir: dir}).Require(dev, own.Subject)
			if err = errors.Join(err, other); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	if c.checks != 1 {
		t.Errorf("%d checks", c.checks)
	}
	if kept := shared.read(dev.Info()); len(kept) < 1 {
		t.Errorf("%d proofs in %s", len(kept), proofFile(t, dir))
	}
	for i := range 2 * proofsKept {
		newCounted(fmt.Sprint("many", i)).requires(t, shared, 1)
	}
	if kept := shared.read(dev.Info()); len(kept) != proofsKept || kept[proofsKept-1].What != fmt.Sprint("many", 2*proofsKept-1) {
		t.Errorf("%d proofs, %+v", len(kept), kept[len(kept)-1])
	}
}

// Everything that decides how a device is checked is part of the name of a subject, and the device is part of the key.
func TestProofKeys(t *testing.T) {
	info := vk.Info{Name: "a card", Driver: "1"}
	on := engine.PlatformOf(info)
	keys := map[string]string{}
	add := func(what string, info vk.Info, s Subject) {
		key := proofKey(info, s)
		if same := keys[key]; same != "" {
			t.Errorf("%s has the key of %s", what, same)
		}
		keys[key] = what
	}
	step := StepOf(on.Tuning, false, false)
	add("step", info, step)
	add("half", info, StepOf(on.Tuning, true, false))
	add("frame", info, StepOf(on.Tuning, false, true))
	add("rounding", info, Rounding)
	for _, k := range engine.Knobs {
		for _, value := range k.Values {
			if tuning, err := k.Try(on.Tuning, value); err != nil {
				t.Error(err)
			} else if tuning != on.Tuning {
				add(k.Name+"="+value, info, StepOf(tuning, false, false))
			}
		}
	}
	add("driver", vk.Info{Name: "a card", Driver: "2"}, step)
	again := info
	again.Index, again.FreeBytes = 3, 1<<30
	if keys[proofKey(again, step)] != "step" {
		t.Error("another key when less memory is free")
	}
}

func TestSubjectsOfSettings(t *testing.T) {
	job := configs.Default()
	if err := job.FillRecipe(); err != nil {
		t.Fatal(err)
	}
	tuning := engine.PlatformOf(vk.Info{}).Tuning
	names := func() (names []string) {
		for _, s := range SubjectsOf(tuning, job.Settings) {
			names = append(names, s.Name)
		}
		return names
	}
	if got, want := fmt.Sprint(names()), fmt.Sprint([]string{StepOf(tuning, true, true).Name}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	job.Memory.UseAMP, job.Train.Optimizer, job.Quantize.Enabled = false, "adam", true
	if got, want := fmt.Sprint(names()), fmt.Sprint([]string{StepOf(tuning, false, false).Name, Rounding.Name}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
