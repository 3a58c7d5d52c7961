// Package report owns what people look at after training: comparison tables and the HTML
// report of a session. It only reads what a session left: session.json, run.json,
// metrics.csv, pictures and models.
//
// Sizes are bytes, times seconds, qualities dB (PSNR) or plain numbers (SSIM), rates bits
// per pixel of the picture. Pixels count from the top left corner.
package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"igs/internal/fault"
	"igs/record"
)

// Run is a run of a session and what it left.
type Run struct {
	Dir     string // its folder
	Session string // name of the session's folder
	record.Run
}

// Done says whether the run has figures to compare.
func (r *Run) Done() bool { return r.Status == record.Done && r.Result != nil }

// Session is a session with those of its runs that have begun, in their order.
type Session struct {
	Dir  string
	Name string
	record.Session
	Began []*Run
}

// LoadSession reads a session. A run whose run.json is missing, as that of a run that was
// killed right at its start, is told by what session.json says of it.
func LoadSession(dir string) (*Session, error) {
	found, err := record.ReadSession(dir)
	if err != nil {
		return nil, notSession(dir, err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Session{Dir: dir, Name: filepath.Base(abs), Session: *found}
	for _, e := range s.Runs {
		if e.Status == record.Waiting {
			continue
		}
		run := &Run{Dir: filepath.Join(dir, e.Name), Session: s.Name}
		r, err := record.ReadRun(run.Dir)
		switch {
		case err == nil:
			run.Run = *r
		case errors.Is(err, fs.ErrNotExist):
			run.Run = record.Run{Name: e.Name, Status: e.Status, Gaussians: e.Gaussians, Steps: e.Steps, Image: record.Image{Path: e.Image}}
		default:
			return nil, notSession(dir, err)
		}
		s.Began = append(s.Began, run)
	}
	return s, nil
}

// LoadRuns reads the runs of folders, each of which is a run, a session, or holds sessions.
func LoadRuns(dirs []string) ([]*Run, error) {
	var runs []*Run
	for _, dir := range dirs {
		some, err := runsOf(dir)
		if err != nil {
			return nil, err
		}
		runs = append(runs, some...)
	}
	return runs, nil
}

func runsOf(dir string) ([]*Run, error) {
	switch {
	case there(dir, record.SessionFile):
		s, err := LoadSession(dir)
		if err != nil {
			return nil, err
		}
		return s.Began, nil
	case there(dir, record.RunFile):
		r, err := record.ReadRun(dir)
		if err != nil {
			return nil, notSession(dir, err)
		}
		abs, err := filepath.Abs(dir)
		return []*Run{{Dir: dir, Session: filepath.Base(filepath.Dir(abs)), Run: *r}}, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, notSession(dir, err)
	}
	var runs []*Run
	for _, e := range entries {
		if sub := filepath.Join(dir, e.Name()); there(sub, record.SessionFile) {
			some, err := runsOf(sub)
			if err != nil {
				return nil, err
			}
			runs = append(runs, some...)
		}
	}
	if len(runs) == 0 {
		return nil, notSession(dir, errors.New("no session in it has begun a run"))
	}
	return runs, nil
}

func there(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func notSession(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fault.New(fault.BadInput, "name the folder of a session, such as output/session_1, or of a run in it", "%s: %w", dir, err)
}

// picture tells pictures apart: by content where that is known.
func (r *Run) picture() string {
	if r.Image.Sha256 != "" {
		return r.Image.Sha256
	}
	return r.Image.Path
}

// Standing is how a run compares with the others of its picture. PSNR of different pictures
// says nothing.
type Standing struct {
	BestPSNR  bool // none is better
	BestBytes bool // none is smaller
	Front     bool // none is better and not larger, or smaller and not worse: the Pareto front
}

// Compare judges every run that is done against the other runs of its picture.
func Compare(runs []*Run) map[*Run]Standing {
	standings := map[*Run]Standing{}
	for _, r := range runs {
		if !r.Done() {
			continue
		}
		s := Standing{true, true, true}
		for _, o := range runs {
			if o == r || !o.Done() || o.picture() != r.picture() {
				continue
			}
			better, smaller := o.Result.PSNR > r.Result.PSNR, o.Result.Bytes < r.Result.Bytes
			worse, larger := o.Result.PSNR < r.Result.PSNR, o.Result.Bytes > r.Result.Bytes
			s.BestPSNR = s.BestPSNR && !better
			s.BestBytes = s.BestBytes && !smaller
			s.Front = s.Front && !(better && !larger || smaller && !worse)
		}
		standings[r] = s
	}
	return standings
}

// byPicture groups runs by picture, in the order in which the pictures first come.
func byPicture(runs []*Run) (groups [][]*Run) {
	at := map[string]int{}
	for _, r := range runs {
		i, known := at[r.picture()]
		if !known {
			i = len(groups)
			at[r.picture()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return slices.Clip(groups)
}
