//go:build unix

package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tried runs a script with an igs and a scontrol that are shell scripts. It gives what both were told, and the exit code.
func tried(t *testing.T, igs, signal string) (told string, code int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "it's")
	s := Slurm{Igs: filepath.Join(dir, "igs"), Job: filepath.Join(dir, "a job.toml"), Dir: dir, Session: "s", Tasks: 3}
	tell := "#!/bin/sh\necho \"$(basename \"$0\") $*\" >>\"$TOLD\"\n"
	for name, text := range map[string]string{
		"igs": tell + igs, "scontrol": tell,
		"script": s.Script(),
	} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, "told")
	cmd := exec.Command("bash", filepath.Join(dir, "script"))
	cmd.Env = append(os.Environ(), "TOLD="+log, "PATH="+dir+":"+os.Getenv("PATH"), "SLURM_ARRAY_JOB_ID=7", "SLURM_ARRAY_TASK_ID=2", "SIGNAL="+signal)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if len(out) > 0 {
		t.Logf("%s", out)
	}
	text, _ := os.ReadFile(log)
	return strings.ReplaceAll(string(text), dir, "DIR"), cmd.ProcessState.ExitCode()
}

// The script starts igs, passes signals on, and queues the task again near its limit of time only.
func TestSlurmScript(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	const started = "igs run DIR/a job.toml --name s --join --checkpoint-exit-code 85 --progress lines\n"
	// This igs signals the script, as Slurm does, and ends when the script passes the signal on.
	signalled := `trap 'exit 85' USR1 TERM; kill -$SIGNAL "$PPID"; while :; do sleep 0.01; done`
	for name, c := range map[string]struct {
		igs, signal, told string
		code              int
	}{
		"done":              {"exit 0", "", started, 0},
		"failed":            {"exit 5", "", started, 5},
		"limit of time":     {signalled, "USR1", started + "scontrol requeue 7_2\n", 0},
		"cancelled":         {signalled, "TERM", started, 85},
		"ready too late":    {`kill -USR1 "$PPID"; while :; do sleep 0.01; done`, "", started + "scontrol requeue 7_2\n", 0},
		"done at the limit": {`trap 'exit 0' USR1; kill -USR1 "$PPID"; while :; do sleep 0.01; done`, "", started, 0},
	} {
		if told, code := tried(t, c.igs, c.signal); told != c.told || code != c.code {
			t.Errorf("%s: exit code %d, want %d; told %q, want %q", name, code, c.code, told, c.told)
		}
	}
}

func TestSlurmOptions(t *testing.T) {
	s := Slurm{Igs: "/igs", Job: "/j.toml", Dir: "/with blank", Session: "s", Tasks: 8, GPUs: 2, Time: "4:00:00", Options: []string{"partition=gpu", "exclusive"}}
	text := s.Script()
	for _, line := range []string{
		"array=0-7", `chdir="/with blank"`, "open-mode=append", "requeue", "signal=B:USR1@120", "gres=gpu:2", "time=4:00:00", "partition=gpu", "exclusive",
	} {
		if !strings.Contains(text, "\n#SBATCH --"+line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	for _, bad := range []Slurm{{Session: "", Tasks: 1}, {Session: "a/b", Tasks: 1}, {Session: "s"}, {Session: "s", Tasks: 1, Job: "a\nb"}} {
		if bad.Check() == nil {
			t.Errorf("taken: %+v", bad)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
