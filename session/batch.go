package session

import (
	"bytes"
	"fmt"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/parallel"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/splat"
)

// batch is some pictures of one size, at each stage of their way: read, trained, written.
type batch struct {
	runs    []configs.Run
	targets []*imageio.Samples
	models  []*splat.Model
	shown   []*drawing // of the models
	errs    []error    // of single pictures
	results []*record.Run
	seconds float64 // of training
	err     error   // of writing
}

// newBatch makes a batch of some runs.
func newBatch(runs []configs.Run) *batch {
	n := len(runs)
	return &batch{runs: runs, targets: make([]*imageio.Samples, n), models: make([]*splat.Model, n), shown: make([]*drawing, n), errs: make([]error, n), results: make([]*record.Run, n)}
}

// group is the runs that can be trained together: one size, one number of splats, one number of steps.
type group struct {
	imageio.Size
	gaussians, steps int
	free             bool // the number of splats follows from a goal
}

// batches divides the runs into batches. Pictures that cannot be read come last, one by one.
func (w *Sweep) batches() ([][]configs.Run, error) {
	groups, order := grouped(w.runs, w.targets.sizes)
	var batches [][]configs.Run
	for _, g := range order {
		runs := groups[g]
		together := 1
		if g.W > 0 {
			on, err := w.platform(w.devices[0], int(samples(g.Size)))
			if err != nil {
				return nil, err
			}
			n, _ := optim.BatchPlan(on, g.Size, runs[0], len(runs))
			together = max(n, 1)
		}
		parts := (len(runs) + together - 1) / together
		for i := range parts {
			batches = append(batches, runs[len(runs)*i/parts:len(runs)*(i+1)/parts])
		}
	}
	return batches, nil
}

// grouped sorts runs into groups, in the order of their first runs. The group of size 0 is last.
func grouped(runs []configs.Run, sizes map[string]imageio.Size) (groups map[group][]configs.Run, order []group) {
	groups = map[group][]configs.Run{}
	var unread []group
	for _, run := range runs {
		g := group{sizes[run.Image], run.Gaussians, run.Steps, run.Free}
		if groups[g] == nil && g.W > 0 {
			order = append(order, g)
		} else if groups[g] == nil {
			unread = append(unread, g)
		}
		groups[g] = append(groups[g], run)
	}
	return groups, append(order, unread...)
}

// readBatch reads the pictures of a batch.
func (w *Sweep) readBatch(runs []configs.Run) *batch {
	b := newBatch(runs)
	parallel.Each(len(runs), func(_, i int) {
		run := runs[i]
		m, err := imageio.ReadTarget(run.Image, optionsOf(run))
		if err == nil && run.Gaussians > m.Pixels() {
			wrong := crowded(run, m.Pixels())
			err = fault.New(fault.BadInput, wrong.Hint, "%s", wrong.Text)
		}
		b.targets[i], b.errs[i] = m, err
	})
	return b
}

// writeBatch measures the models of a batch and writes them. It writes summary.csv first, so every model that is there has
// its scores.
func (w *Sweep) writeBatch(b *batch) *batch {
	files := make([][]byte, len(b.runs))
	parallel.Each(len(b.runs), func(_, i int) {
		if b.models[i] != nil && b.errs[i] == nil {
			files[i], b.results[i], b.errs[i] = b.measured(i)
		}
	})
	for i, run := range b.runs {
		e := w.corpus.entries[run.Name]
		switch {
		case b.errs[i] != nil:
			e.Status = record.Failed
		case files[i] != nil:
			e.Status = record.Done
			w.session.Runs[run.Name] = b.results[i]
		}
	}
	b.err = w.session.summarise()
	for i, file := range files {
		if b.err == nil && file != nil {
			b.err = wholefile.WriteBytes(w.session.ModelFile(b.runs[i].Name), file)
		}
		if b.err != nil && file != nil {
			w.corpus.entries[b.runs[i].Name].Status = record.Waiting
			b.results[i] = nil
		}
	}
	return b
}

// measured returns the model file of picture i and its record, with the scores.
func (b *batch) measured(i int) ([]byte, *record.Run, error) {
	var file bytes.Buffer
	if err := splat.Write(&file, b.models[i]); err != nil {
		return nil, nil, err
	}
	target, run := b.targets[i], b.runs[i]
	scorer := render.NewScorer(target.W, target.H, target.C, target.Layers)
	err := render.Compare(b.shown[i].rows, target, run.Target.Gamma, scorer)(func(int, [][]float32) error { return nil })
	if err != nil {
		return nil, nil, err
	}
	bytes, found := int64(file.Len()), scorer.Scores()
	return file.Bytes(), &record.Run{
		Status: record.Done, Name: run.Name, Image: record.Image{Path: run.Image, W: target.W, H: target.H}, Gaussians: run.Gaussians, Steps: run.Steps,
		Result: &record.Result{
			Scores: found.Whole, Layers: found.Layers, Steps: run.Steps, Splats: b.models[i].Splats.N, Bytes: bytes,
			BitsPerPixel: 8 * float64(bytes) / float64(target.Pixels()), Seconds: b.seconds / float64(len(b.runs)),
		},
	}, nil
}

// tellBatch reports the pictures of a batch that was written. Its error ends the session.
func (w *Sweep) tellBatch(b *batch) error {
	c := w.corpus
	for i, run := range b.runs {
		o := Outcome{Run: run, Status: record.Interrupted}
		switch r := b.results[i]; {
		case b.errs[i] != nil:
			o.Status, o.Err = record.Failed, fmt.Errorf("%s: %w", run.Name, b.errs[i])
			c.failed = append(c.failed, run.Name)
			c.ended++
			w.tell(event.RunFailed{Run: run.Name, Err: o.Err})
		case r != nil:
			o.Status, o.Step = record.Done, run.Steps
			c.ended++
			w.tell(event.CorpusWritten{Run: run.Name, Path: w.session.ModelFile(run.Name), Scores: r.Result.Scores, Splats: r.Result.Splats, Bytes: r.Result.Bytes})
		}
		w.outcomes = append(w.outcomes, o)
	}
	w.tellCorpus(0, len(b.runs), true)
	return b.err
}
