package session

import (
	"fmt"
	"path/filepath"
	"slices"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
)

// locate gives each run the path where its picture is now: one of the given pictures, or the picture of session.json, or
// one that job.toml names since somebody edited it. A picture that was moved has the same hash. When nothing fits, the
// path stays, and reading it reports what is wrong.
func (s *Session) locate(job *configs.Job, given []string, runs []configs.Run) error {
	hashes := map[string]string{}
	hashOf := func(path string) string {
		if _, known := hashes[path]; !known {
			file, _ := imageio.Identify(path) // "" for a picture that cannot be read
			hashes[path] = file.Sha256
		}
		return hashes[path]
	}
	listed := absolute(job.Pictures())
	given = absolute(given)
	used := map[string]bool{}
	for i := range runs {
		want := s.hashOf(runs[i].Name)
		same := func(path string) bool { return want != "" && hashOf(path) == want }
		candidates := given
		if len(given) == 0 && (!slices.Contains(listed, runs[i].Image) || !wholefile.Exists(runs[i].Image)) {
			candidates = listed
		}
		if at := slices.IndexFunc(candidates, same); at >= 0 {
			runs[i].Image = candidates[at]
			used[candidates[at]] = true
		}
	}
	for _, path := range given {
		if used[path] {
			continue
		}
		if _, err := imageio.Identify(path); err != nil {
			return err
		}
		return fault.New(fault.BadInput, "give the picture itself, unchanged, at its new place", "%s is not a picture that a run to train began with", oneline.Text(path))
	}
	return nil
}

// hashOf is the hash of the picture that a run began with, "" when no record has it.
func (s *Session) hashOf(run string) string {
	if r := s.Runs[run]; r != nil {
		return r.Image.Sha256
	}
	e := s.entry(run)
	if e == nil {
		return ""
	}
	if e.Sha256 != "" {
		return e.Sha256
	}
	for _, r := range s.Runs { // a record of an older igs: a run of the same picture may have it
		if r.Image.Path == e.Image {
			return r.Image.Sha256
		}
	}
	return ""
}

func absolute(paths []string) []string {
	all := make([]string, len(paths))
	for i, path := range paths {
		var err error
		if all[i], err = filepath.Abs(path); err != nil {
			all[i] = path
		}
	}
	return all
}

// move writes where the pictures of the runs are now.
func (w *Sweep) move() {
	s := w.session
	for _, run := range w.runs {
		old := s.entry(run.Name).Image
		if old == run.Image {
			continue
		}
		w.note(fmt.Sprintf("%s is now %s", old, run.Image))
		for i := range s.Record.Runs {
			if e := &s.Record.Runs[i]; e.Image == old {
				e.Image = run.Image
			}
		}
	}
}
