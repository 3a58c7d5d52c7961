// Package cluster writes what schedulers of clusters need to run igs on many machines.
package cluster

import (
	"fmt"
	"strings"

	"igs/internal/fault"
	"igs/internal/oneline"
)

// Again is the exit code with which igs asks the script to be started again. HTCondor uses the same code.
const Again = 85

// Slurm is an array of tasks that work at one session together.
type Slurm struct {
	Igs, Job, Dir string // paths of the program and the job file, and the working folder; absolute
	Session       string
	Tasks         int
	GPUs          int      // of each task; 0 asks for none
	Time          string   // limit of a task in the form of sbatch, "" = that of the partition
	Options       []string // more options of sbatch, NAME=VALUE or NAME
}

// Check reports what Slurm would not take.
func (s Slurm) Check() error {
	switch {
	case s.Session == "" || strings.ContainsAny(s.Session, "/\n"):
		return fault.New(fault.BadInput, "name it with --name, or with output.session in the job file", "the session of the tasks has no name, or one that cannot be used")
	case s.Tasks < 1 || s.Tasks > 10_000:
		return fault.New(fault.BadInput, "give a number from 1 to 10000", "%d is no number of tasks", s.Tasks)
	case strings.Contains(strings.Join(append([]string{s.Igs, s.Job, s.Dir, s.Time}, s.Options...), ""), "\n"):
		return fault.New(fault.BadInput, "rename it", "a path or an option has a line break")
	}
	return nil
}

// Script is the text of a script for sbatch.
//
// Slurm sends SIGUSR1 to the shell 120 s before the limit of time. igs then writes a checkpoint and ends with Again, and
// the script puts its task into the queue again. SIGTERM comes when a person or Slurm itself ends the task. Slurm puts
// it into the queue again where that is meant, so the script does not.
func (s Slurm) Script() string {
	options := []string{
		"job-name=igs-" + s.Session, fmt.Sprintf("array=0-%d", s.Tasks-1), "chdir=" + s.Dir, "output=igs-" + s.Session + "-%a.log", "open-mode=append",
		"requeue", "signal=B:USR1@120",
	}
	if s.GPUs > 0 {
		options = append(options, fmt.Sprintf("gres=gpu:%d", s.GPUs))
	}
	if s.Time != "" {
		options = append(options, "time="+s.Time)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/bash\n# %d tasks that train the runs of %s together, in one session. Written by igs slurm.\n", s.Tasks, oneline.Text(s.Job))
	for _, o := range append(options, s.Options...) {
		name, value, given := strings.Cut(o, "=")
		if given {
			name += "=" + quotedOption(value)
		}
		fmt.Fprintf(&b, "#SBATCH --%s\n", name)
	}
	fmt.Fprintf(&b, script, Again, quoted(s.Igs), quoted(s.Job), quoted(s.Session))
	return b.String()
}

const script = `
again=%d
pid= early= near_limit= signalled=
pass() { # to igs, or later if igs has not started
    signalled=1
    if [ -n "$pid" ]; then kill -"$1" "$pid" 2>/dev/null; else early=$1; fi
}
trap 'near_limit=1; pass USR1' USR1
trap 'pass TERM' TERM
%s run %s --name %s --join --checkpoint-exit-code "$again" --progress lines &
pid=$!
[ -z "$early" ] || { sleep 1; kill -"$early" "$pid"; } # a process that begins may lose a signal
while :; do # a signal ends a wait
    signalled=
    wait "$pid"
    code=$?
    [ -n "$signalled" ] || break
done
case $near_limit$code in
1$again | 1138) # 138: before igs was ready for signals
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && exit 0 ;;
esac
exit "$code"
`

// quoted is a word of a shell.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// quotedOption is the value of an option in a line of #SBATCH.
func quotedOption(value string) string {
	if strings.ContainsAny(value, " \t\"'\\") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	return value
}
