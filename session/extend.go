package session

import (
	"fmt"
	"os"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// extended lists the finished runs, which go on to the given number of steps. From the step at which a run ended, its
// schedules are those of a run of the new length.
func (s *Session) extended(job *configs.Job, steps int) ([]configs.Run, error) {
	var runs []configs.Run
	most := 0
	for _, e := range s.Record.Runs {
		if s.Only != "" && e.Name != s.Only {
			continue
		}
		r := s.Runs[e.Name]
		if e.Status != record.Done || r == nil || r.Result == nil {
			return nil, fault.New(fault.BadInput, "finish it first: "+Command("resume", s.Dir),
				"%s is not done, and what it comes to at %d steps would depend on where it stopped", e.Name, steps)
		}
		if most = max(most, r.Result.Steps); r.Result.Steps >= steps {
			continue
		}
		if stop := job.Train.StopAtPSNR; stop > 0 && r.Result.PSNR >= stop {
			return nil, fault.New(fault.BadInput, "change that too: train.stop_at_psnr=0", "%s stopped at train.stop_at_psnr = %g and would stop again", e.Name, stop)
		}
		run := runOf(e, job)
		run.Steps = steps
		if f := s.folderOf(run.Name); !wholefile.Exists(f.path(record.LatestCheckpoint)) {
			return nil, fault.New(fault.BadInput, "start a new run from its model: init.from", "%s has no checkpoint to go on from", e.Name)
		}
		runs = append(runs, run)
	}
	if len(runs) == 0 {
		return nil, fault.New(fault.BadInput, fmt.Sprintf("give more steps: given.steps %d", 2*most), "all runs have %d steps or more already", steps)
	}
	return runs, nil
}

// extend writes that a finished run goes on. It keeps the model so far, which the run will replace. run.json comes last,
// so the run is done until everything is ready.
func (s *Session) extend(run configs.Run) error {
	f := s.folderOf(run.Name)
	r := f.record
	name := record.EarlierModel(r.Result.Steps)
	model, err := os.ReadFile(f.path(record.ModelFile))
	if err == nil {
		err = wholefile.WriteBytes(f.path(name), model)
	}
	if err != nil {
		return fmt.Errorf("keep the model of %s: %w", run.Name, err)
	}
	if r.Files == nil {
		r.Files = map[string]record.File{}
	}
	if r.Files[name], err = record.Hash(f.path(name)); err != nil {
		return err
	}
	r.Extended = append(r.Extended, record.Extension{Time: time.Now(), From: r.Result.Steps, Before: r.Steps, Steps: run.Steps})
	r.Status, r.Steps = record.Interrupted, run.Steps
	if err := r.Write(f.dir); err != nil {
		return err
	}
	e := s.entry(run.Name)
	e.Status, e.Steps = record.Interrupted, run.Steps
	return nil
}
