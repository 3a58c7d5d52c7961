//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"igs/record"
	"igs/vk/vktest"
)

// Processes that join a session do every run once, even when some of them are killed at random, and the models are those
// of one process. IGS_STRESS=1 takes twelve runs, four processes, two kills, ten times.
func TestJoinedRunsAreKilled(t *testing.T) {
	vktest.Long(t)
	v := newVictim(t)
	dir := t.TempDir()
	job := filepath.Join(dir, "job.toml")
	splats := "10, 20, 30"
	if tries(0, 1) == 1 {
		splats = "10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25"
	}
	text := fmt.Sprintf("[input]\nimages = [%q]\n[sweep]\ngaussians = [%s]\nsteps = [%d]\n[train]\ncheckpoint_every = 5\n", filepath.Join(v.dir, "dot.png"), splats, tries(40, 200))
	if err := os.WriteFile(job, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code, text := v.here.call("run", job, "-o", filepath.Join(dir, "alone"), "--name", "s"); code != 0 {
		t.Fatalf("exit code %d: %s", code, text)
	}
	took := time.Since(began)
	for i := range tries(1, 10) {
		out := filepath.Join(dir, fmt.Sprint(i))
		killed := tries(1, 2)
		var ends []func() (int, string)
		var watched sync.WaitGroup
		for k := range tries(2, 4) {
			cmd := exec.Command(v.igs, "run", job, "-o", out, "--name", "s", "--join", "--json", "--progress", "none")
			var stdout, stderr bytes.Buffer
			cmd.Env, cmd.Stdout, cmd.Stderr = v.env, &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ends = append(ends, func() (int, string) {
				code, text := v.wait(cmd, &stderr)
				return code, text + stdout.String()
			})
			if k < killed {
				watched.Add(1)
				go func() {
					defer watched.Done()
					appeared(t, filepath.Join(out, "s", "*", record.RunFile), k+1) // training has begun
					time.Sleep(time.Duration(rand.Float64() * float64(took) / 2))
					cmd.Process.Kill()
				}()
			}
		}
		var said strings.Builder
		done := map[string]int{}
		for k, end := range ends {
			code, text := end()
			if said.WriteString(text); code != 0 && k >= killed {
				t.Errorf("process %d: exit code %d: %s", k, code, text)
			}
		}
		watched.Wait()
		// Each is told on both streams.
		t.Logf("%d runs were taken over", strings.Count(said.String(), "is taken over from")/2)
		for _, line := range strings.Split(said.String(), "\n") {
			var e struct{ Event, Run, Status string }
			if json.Unmarshal([]byte(line), &e) == nil && e.Event == "run_ended" && e.Status == record.Done {
				done[e.Run]++
			}
		}
		for run, n := range done {
			if n > 1 {
				t.Errorf("%s was done %d times", run, n)
			}
		}
		sameModels(t, filepath.Join(dir, "alone", "s"), filepath.Join(out, "s"))
		v.intact(out, "joined")
	}
}

// sameModels compares the models of all runs of two sessions. Every run of the second one was begun once.
func sameModels(t *testing.T, whole, joined string) {
	t.Helper()
	s, err := record.ReadSession(joined)
	if err != nil || s.Status != record.Done {
		t.Errorf("session.json: %+v, %v", s, err)
		return
	}
	for _, e := range s.Runs {
		want, err := os.ReadFile(filepath.Join(whole, e.Name, record.ModelFile))
		got, err2 := os.ReadFile(filepath.Join(joined, e.Name, record.ModelFile))
		if err != nil || err2 != nil || !bytes.Equal(want, got) {
			t.Errorf("%s: another model, or none: %v, %v", e.Name, err, err2)
		}
		if e.Status != record.Done {
			t.Errorf("%s is %s", e.Name, e.Status)
		}
	}
	for _, name := range []string{record.SummaryFile, record.ReportFile} {
		if _, err := os.Stat(filepath.Join(joined, name)); err != nil {
			t.Error(err)
		}
	}
}
