//go:build unix

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"igs/optim"
	"igs/record"
	"igs/splat"
	"igs/vk/vktest"
)

// These tests run the program and kill it, interrupt it, or fill its disk. After each fault every file must be
// complete, and igs resume must end with the same bits as a run without faults. IGS_STRESS=1 tries more often, for a
// release.

// victim is a job, and the files of a run of it without faults.
type victim struct {
	t     *testing.T // of the test that has it
	igs   string     // the program
	dir   string     // of what the victims share
	job   string
	env   []string
	here  *inProcess
	whole map[string][]byte // files of that run, by their paths in the session
	took  time.Duration     // by a command in the process of the tests
}

const victimJob = `
[input]
images = ["dot.png"]
[sweep]
gaussians = [60]
steps = [40]
[train]
eval_every = 5
checkpoint_every = 3
[progressive]
rule = "additions"
add_steps = 6
add_times = 3
post_min_steps = 12
[video]
enabled = true
every = 4
keep_frames = true
[output]
tensorboard = true
`

const victimRun = "dot-60-40"

// leftAlone trains the job without faults, once for all tests.
var leftAlone = sync.OnceValues(func() (*victim, error) {
	here, err := here()
	if err != nil {
		return nil, err
	}
	program, err := exec.LookPath("igs") // testscript.Main has put it there
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(here.cache)
	defer vktest.OneThread()() // also in the processes that are started with this environment
	name, value := driverCache()
	v := &victim{here: here, igs: program, dir: dir, job: filepath.Join(dir, "job.toml"), env: append(os.Environ(), "XDG_CACHE_HOME="+dir, name+"="+value)}
	if os.Getenv("IGS_STRESS") == "" {
		os.Setenv("IGS_FFMPEG", quickEncoder)
		atEnd = append(atEnd, func() { os.Unsetenv("IGS_FFMPEG") })
		v.env = append(v.env, "IGS_FFMPEG="+quickEncoder)
	}
	err = errors.Join(
		os.WriteFile(v.job, []byte(victimJob), 0o666), writePicture(filepath.Join(dir, "dot.png")))
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if code, text := here.call(v.run(filepath.Join(dir, "whole"))...); code != 0 {
		return nil, fmt.Errorf("exit code %d: %s", code, text)
	}
	v.took = time.Since(began)
	if _, err := os.Stat(filepath.Join(dir, "whole", "s", victimRun, "training_video.mp4")); err != nil {
		return nil, err
	}
	return v, nil
})

// newVictim makes a victim for one test. Tests may run in parallel.
func newVictim(t *testing.T) *victim {
	inThisProcess(t) // skips without a device
	t.Parallel()
	alone, err := leftAlone()
	if err != nil {
		t.Fatal(err)
	}
	v := *alone
	v.t = t
	v.whole = v.files(filepath.Join(v.dir, "whole", "s"))
	return &v
}

// run is the command that trains the job in an output folder.
func (v *victim) run(out string) []string { return []string{"run", v.job, "-o", out, "--name", "s"} }

// goOn is the command that continues in an output folder.
func (v *victim) goOn(out string) []string {
	if _, err := os.Stat(filepath.Join(out, "s")); err != nil { // nothing was there yet
		return v.run(out)
	}
	return []string{"resume", filepath.Join(out, "s")}
}

func (v *victim) start(args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(v.igs, args...)
	cmd.Env = v.env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	return cmd, &stderr
}

func (v *victim) wait(cmd *exec.Cmd, stderr *bytes.Buffer) (int, string) {
	err := cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		v.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// files reads the files that must not depend on interruptions, without their times.
func (v *victim) files(session string) map[string][]byte {
	found := map[string][]byte{}
	run := filepath.Join(session, victimRun)
	for _, name := range []string{record.ModelFile, record.RenderFile, record.TargetFile, record.ErrorFile, record.GradientFile, record.MetricsFile} {
		data, err := os.ReadFile(filepath.Join(run, filepath.FromSlash(name)))
		if err != nil {
			v.t.Error(err)
		}
		if name == record.MetricsFile {
			data = withoutClocks(v.t, data)
		}
		found[name] = data
	}
	r, err := record.ReadRun(run)
	if err != nil || r.Result == nil || r.Status != record.Done {
		v.t.Errorf("run.json: %+v, %v", r, err)
		return found
	}
	found["frames"] = v.frames(filepath.Join(run, record.SpoolFolder))
	found["result"] = fmt.Append(nil, r.Result.PSNR, r.Result.SSIM, r.Result.Steps, r.Result.Splats, r.Result.Bytes)
	s, err := record.ReadSession(session)
	if err != nil || s.Status != record.Done || s.Runs[0].Status != record.Done {
		v.t.Errorf("session.json: %+v, %v", s, err)
	}
	return found
}

// frames joins the JPEGs of the video and their names. The notes are left out, because they hold times.
func (v *victim) frames(spool string) (all []byte) {
	paths, err := filepath.Glob(filepath.Join(spool, "*.jpg"))
	if err != nil {
		v.t.Error(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			v.t.Error(err)
		}
		if _, err := os.Stat(strings.TrimSuffix(path, ".jpg") + ".json"); err != nil {
			v.t.Errorf("%s has no note", path)
		}
		all = append(append(all, filepath.Base(path)...), data...)
	}
	return all
}

// withoutClocks removes the columns of seconds.
func withoutClocks(t *testing.T, metrics []byte) []byte {
	rows, err := csv.NewReader(bytes.NewReader(metrics)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, row := range rows {
		for i, name := range rows[0] {
			if !strings.HasSuffix(name, "_time_accum") {
				fmt.Fprint(&out, row[i], ",")
			}
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// same compares a finished session with that of the run without faults.
func (v *victim) same(session, what string) {
	files := v.files(session)
	for name, data := range v.whole {
		if !bytes.Equal(data, files[name]) {
			v.t.Errorf("%s: other %s", what, name)
		}
	}
	if _, err := os.Stat(filepath.Join(session, record.ReportFile)); err != nil {
		v.t.Errorf("%s: %v", what, err)
	}
}

// intact checks that every file in a folder is complete. Temporary files are ignored.
func (v *victim) intact(dir, what string) {
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".igs-") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		if err := whole(path); err != nil {
			v.t.Errorf("%s: %s: %v", what, path, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		v.t.Error(err)
	}
}

// ends are the last characters of files that are text.
var ends = map[string]string{".html": "</html>", ".svg": "/>", ".js": "});"}

func whole(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	switch ext := filepath.Ext(path); {
	case ext == ".json":
		return json.Unmarshal(data, new(any))
	case ext == ".png":
		_, err = png.Decode(bytes.NewReader(data))
	case ext == ".jpg":
		_, err = jpeg.Decode(bytes.NewReader(data))
	case ext == ".mp4" && !bytes.Contains(data, []byte("moov")):
		err = errors.New("no index")
	case ext == ".igsm":
		_, err = splat.Load(path)
	case ext == ".safetensors":
		_, err = optim.DecodeState(data)
	case ends[ext] != "" && !bytes.HasSuffix(bytes.TrimSpace(data), []byte(ends[ext])):
		err = errors.New("no end")
	case (ext == ".csv" || ext == ".txt" || ext == ".toml") && len(data) > 0 && data[len(data)-1] != '\n':
		err = errors.New("half a line")
	case !slices.Contains([]string{".csv", ".txt", ".toml", ".mp4"}, ext) && ends[ext] == "" && !strings.Contains(path, "tfevents"):
		err = errors.New("what is this?")
	}
	return err
}

func tries(few, many int) int {
	if os.Getenv("IGS_STRESS") != "" {
		return many
	}
	return few
}

// milestones are the folder of a session and files in it that appear one after another.
var milestones = []string{".", victimRun + "/" + record.RunFile, victimRun + "/" + record.LatestCheckpoint, victimRun + "/" + record.ModelFile}

// A run that is killed at any moment continues to the same result. The moments are spread over all of the run: each is a random
// while after one of the milestones.
func TestKilledRunsGoOn(t *testing.T) {
	vktest.Long(t)
	v := newVictim(t)
	dir := t.TempDir()
	begun := 0
	n := tries(len(milestones), 6*len(milestones))
	for i := range n {
		out := filepath.Join(dir, strconv.Itoa(i))
		milestone := milestones[i%len(milestones)]
		after := time.Duration(rand.Float64() / float64(len(milestones)) * float64(v.took))
		what := fmt.Sprintf("killed %v after %s", after, milestone)
		cmd, stderr := v.start(v.run(out)...)
		appeared(t, filepath.Join(out, "s", filepath.FromSlash(milestone)), 1)
		time.Sleep(after)
		cmd.Process.Kill()
		v.wait(cmd, stderr)
		v.intact(out, what)
		args := v.goOn(out)
		if args[0] == "resume" {
			begun++
		}
		if code, text := v.here.call(args...); code != 0 {
			t.Errorf("%s: igs %s: exit code %d: %s", what, args[0], code, text)
			continue
		}
		v.same(filepath.Join(out, "s"), what)
	}
	t.Logf("%d of %d were killed after the session began", begun, n)
}

// appeared waits until there are n files of the pattern. The test fails if they do not come.
func appeared(t *testing.T, pattern string, n int) {
	for range 15000 {
		if found, _ := filepath.Glob(pattern); len(found) >= n {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Errorf("%d of %s did not appear in 30 s", n, pattern)
}

// Ctrl-C ends a run with exit code 130, a checkpoint, and a hint whose command works in a shell.
func TestInterruptedRunsGoOn(t *testing.T) {
	vktest.Long(t)
	v := newVictim(t)
	dir := t.TempDir()
	late, most := 0, v.took*3/10 // of training, as long as it took when another load was on the machine
	for i, n := 0, tries(2, 10); i < n+late; i++ {
		out := filepath.Join(dir, strconv.Itoa(i)+" it's")
		cmd, stderr := v.start(v.run(out)...)
		run := filepath.Join(out, "s", victimRun)
		milestone := record.RunFile // training is about to begin
		if i%2 == 1 {
			milestone = record.LatestCheckpoint
		}
		appeared(t, filepath.Join(run, filepath.FromSlash(milestone)), 1)
		time.Sleep(time.Duration(rand.Float64() * float64(most)))
		cmd.Process.Signal(syscall.SIGINT)
		overdue := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() }) // exit code -1
		code, text := v.wait(cmd, stderr)
		overdue.Stop()
		if code == 0 && late < 4 { // the run ended before the signal
			late, most = late+1, most/2
			continue
		}
		_, command, printed := strings.Cut(text, "hint: continue with: ")
		if code != 130 || !printed {
			t.Errorf("exit code %d: %s", code, text)
			continue
		}
		if _, err := os.Stat(filepath.Join(run, filepath.FromSlash(record.LatestCheckpoint))); err != nil {
			t.Error(err)
		}
		v.intact(out, "interrupted")
		if i > 0 && os.Getenv("IGS_STRESS") == "" { // in this process, which takes less time
			if code, text := v.here.call("resume", filepath.Join(out, "s")); code != 0 {
				t.Errorf("exit code %d: %s", code, text)
			}
			v.same(filepath.Join(out, "s"), "interrupted")
			continue
		}
		shell := exec.Command("sh", "-c", command)
		shell.Env = v.env
		if output, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", command, err, output)
			continue
		}
		v.same(filepath.Join(out, "s"), "interrupted")
	}
}

// A full disk gives one line of error, and the run continues when there is space again. Each try leaves more space than
// the one before, so another file is the first to fail.
func TestFullDisk(t *testing.T) {
	vktest.Long(t)
	v := newVictim(t)
	delete(v.whole, "frames") // they give way
	disk := t.TempDir()
	if err := syscall.Mount("igs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer syscall.Unmount(disk, 0)
	failed := map[string]bool{}
	step := int64(tries(24, 4)) << 10
	for left := int64(4 << 10); ; left += step {
		out := filepath.Join(disk, "out")
		fill(t, disk, left)
		code, text := v.here.call(v.run(out)...)
		v.intact(out, fmt.Sprintf("%d bytes left", left))
		if code == 0 {
			break
		}
		if code != 1 || strings.Count(text, "igs: error:") != 1 || !strings.Contains(text, "no space left") {
			t.Errorf("%d bytes left: exit code %d: %s", left, code, text)
		}
		first := firstWord(text)
		if failed[first] && os.Getenv("IGS_STRESS") == "" {
			step *= 2 // it is a large file
		}
		failed[first] = true
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			t.Fatal(err)
		}
		args := v.goOn(out)
		if code, text := v.here.call(args...); code != 0 {
			t.Errorf("%d bytes left, then enough: igs %s: exit code %d: %s", left, args[0], code, text)
		} else {
			v.same(filepath.Join(out, "s"), fmt.Sprintf("%d bytes left", left))
		}
		if err := os.RemoveAll(out); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the first to fail: %v", reflect.ValueOf(failed).MapKeys())
}

// firstWord is the file that the line of error is about.
func firstWord(text string) string {
	_, line, _ := strings.Cut(text, "igs: error: ")
	line, _, _ = strings.Cut(line, "\n")
	for _, word := range strings.Fields(line) {
		if strings.Contains(word, "/") {
			return filepath.Base(strings.TrimSuffix(word, ":"))
		}
	}
	return line
}

// fill fills the disk until the given number of bytes is free.
func fill(t *testing.T, disk string, left int64) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(disk, &s); err != nil {
		t.Fatal(err)
	}
	if n := int64(s.Bavail)*s.Bsize - left; n > 0 {
		if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, n), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Two processes that start together in one output folder get two sessions.
func TestTwoRunsAtOnce(t *testing.T) {
	vktest.Long(t)
	v := newVictim(t)
	out, n := t.TempDir(), tries(1, 20)
	args := []string{"run", v.job, "-o", out}
	for range n {
		one, first := v.start(args...)
		two, second := v.start(args...)
		for _, code := range []int{code(v.wait(one, first)), code(v.wait(two, second))} {
			if code != 0 {
				t.Errorf("exit codes: %d", code)
			}
		}
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != 2*n {
		t.Errorf("%d folders, %v; want %d sessions", len(entries), err, 2*n)
	}
	for _, e := range entries {
		v.same(filepath.Join(out, e.Name()), e.Name())
	}
}

func code(n int, _ string) int { return n }
