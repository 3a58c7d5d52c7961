package report

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// Run is one run, as read from its files.
type Run struct {
	Session string       // name of the folder of its session; "" when it belongs to none
	Dir     string       // its own folder; in flat layout there is none
	Model   string       // path of its model, which may not be there yet
	Entry   record.Entry // its entry in session.json
	Record  *record.Run  // nil when there is no run.json, or not yet
	Problem string       // why its run.json cannot be read; "" when it can, or when there is none

	home string // folder of its session; "" when it belongs to none
}

// Load reads the runs of folders. A folder is that of a run or of a session, or it holds
// sessions. A run that is found twice is returned once. A file that cannot be read is a
// fault.BadInput that names it.
func Load(dirs []string) ([]Run, error) {
	var all []Run
	seen := map[string]bool{}
	for _, dir := range dirs {
		runs, err := loadAny(dir)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if r.Problem != "" {
				return nil, fault.New(fault.BadInput, "remove that folder, or train the run again", "%s", r.Problem)
			}
			if place := trueName(r.Dir); !seen[place] {
				seen[place] = true
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func trueName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// loadAny reads a folder of any of the three kinds.
func loadAny(dir string) ([]Run, error) {
	if wholefile.Exists(filepath.Join(dir, record.RunFile)) {
		return loadRun(dir)
	}
	s, err := record.ReadSession(dir)
	if err == nil {
		return runsOf(dir, s), nil
	}
	sessions := SessionsIn(dir)
	if !missing(err) || len(sessions) == 0 {
		return nil, unreadable(dir, err)
	}
	var runs []Run
	for _, session := range sessions {
		s, err := record.ReadSession(session)
		if err != nil {
			return nil, unreadable(session, err)
		}
		runs = append(runs, runsOf(session, s)...)
	}
	return runs, nil
}

func loadRun(dir string) ([]Run, error) {
	r, err := record.ReadRun(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	run := Run{Dir: dir, Model: filepath.Join(dir, record.ModelFile), Record: r, Entry: record.Entry{Name: r.Name, Image: r.Image.Path, Gaussians: r.Gaussians, Steps: r.Steps, Goal: r.Goal, Status: r.Status}}
	if above := filepath.Dir(trueName(dir)); wholefile.Exists(filepath.Join(above, record.SessionFile)) {
		run.Session, run.home = filepath.Base(above), above
		if r.Status == record.Running && record.Abandoned(above) {
			run.Entry.Status = record.Interrupted
		}
	}
	return []Run{run}, nil
}

// runsOf are the runs of a session, in its order. Names come from a file: a name that leads
// out of the folder of the session is a problem, and its folder is not read.
func runsOf(dir string, s *record.Session) []Run {
	s.Settle(dir)
	var runs []Run
	var flat map[string]*record.Run
	if s.Layout == record.Flat {
		flat, _ = record.ReadSummary(filepath.Join(dir, record.SummaryFile)) // without it there are no scores
	}
	for _, e := range s.Runs {
		run := Run{Session: filepath.Base(trueName(dir)), home: trueName(dir), Dir: filepath.Join(dir, filepath.FromSlash(e.Name)), Model: s.ModelPath(dir, e.Name), Entry: e}
		if !filepath.IsLocal(filepath.FromSlash(e.Name)) {
			run.Model = ""
			run.Dir, run.Problem = filepath.Join(dir, "?"+strconv.Itoa(len(runs))), "a run of "+filepath.Join(dir, record.SessionFile)+" has a name that is no folder in it: "+strconv.Quote(e.Name)
			runs = append(runs, run)
			continue
		}
		if s.Layout == record.Flat {
			run.Record = flat[e.Name]
			runs = append(runs, run)
			continue
		}
		r, err := record.ReadRun(run.Dir)
		switch {
		case err == nil:
			run.Record = r
		case !missing(err):
			run.Problem = unreadable(run.Dir, err).Error()
		}
		runs = append(runs, run)
	}
	return runs
}

// SessionsIn are the sessions in a folder: session_2 comes before session_10.
func SessionsIn(dir string) []string {
	entries, _ := os.ReadDir(dir) // the caller reports that there is no session
	var sessions []string
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); wholefile.Exists(filepath.Join(path, record.SessionFile)) {
			sessions = append(sessions, path)
		}
	}
	slices.SortStableFunc(sessions, func(a, b string) int { return cmp.Compare(numberOf(a), numberOf(b)) })
	return sessions
}

// numberOf is the n of session_n. Other names get a larger number, so that they come last.
func numberOf(dir string) int {
	if text, ok := strings.CutPrefix(filepath.Base(dir), "session_"); ok {
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	return 1 << 30
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// unreadable is the error about a folder that cannot be read.
func unreadable(dir string, err error) error {
	if missing(err) && wholefile.Exists(dir) {
		return fault.New(fault.BadInput, "give the folder of a session, of a run, or one that holds sessions", "%s holds no session: it has neither %s nor %s", dir, record.SessionFile, record.RunFile)
	}
	hint := "give the folder of a session, of a run, or one that holds sessions"
	if bare := wholefile.Unnamed(err); bare != err {
		return fault.New(fault.BadInput, hint, "%s: %w", dir, bare)
	}
	return fault.New(fault.BadInput, "the file is damaged; remove the folder, or train again", "%w", err)
}

// Status is the status of a run, from run.json. When run.json still says running, session.json
// may know the end: a process that was killed, or whose disk was full, may have written only that.
func (r *Run) Status() string {
	if r.Record == nil {
		return r.Entry.Status
	}
	if over := r.Entry.Status == record.Failed || r.Entry.Status == record.Interrupted; over && r.Record.Status == record.Running {
		return r.Entry.Status
	}
	return r.Record.Status
}
