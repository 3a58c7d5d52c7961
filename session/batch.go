package session

import (
	"bytes"
	"cmp"
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
	hand    *corpusHand // that trains them
	shown   []*drawing  // of the models, until they are measured
	files   [][]byte    // the model file of each picture that is measured
	errs    []error     // of single pictures
	results []*record.Run
	seconds float64 // of training
	err     error   // of writing; ends the session
}

// newBatch makes a batch of some runs.
func newBatch(runs []configs.Run) *batch {
	n := len(runs)
	return &batch{runs: runs, targets: make([]*imageio.Samples, n), models: make([]*splat.Model, n), shown: make([]*drawing, n), files: make([][]byte, n), errs: make([]error, n), results: make([]*record.Run, n)}
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
			var err error
			if together, err = w.together(g.Size, runs); err != nil {
				return nil, err
			}
		}
		parts := batchesOf(len(runs), together, len(w.devices))
		for i := range parts {
			batches = append(batches, runs[len(runs)*i/parts:len(runs)*(i+1)/parts])
		}
	}
	return batches, nil
}

// together is how many runs of one size may be trained together on every device.
func (w *Sweep) together(m imageio.Size, runs []configs.Run) (int, error) {
	least := w.host.together(m, runs[0].Gaussians, len(runs), len(w.devices))
	for _, d := range w.devices {
		on, err := w.platform(d, int(samples(m)))
		if err != nil {
			return 0, err
		}
		n, _ := optim.BatchPlan(on, m, runs[0], least)
		least = max(1, min(least, n))
	}
	return least, nil
}

// batchesOf is the number of batches for n pictures, of which some may be trained together. Unless there are few pictures,
// all hands on all devices get a batch.
func batchesOf(n, together, devices int) int {
	const few = 8
	parts := (n + together - 1) / together
	if together > 1 {
		parts = max(parts, min(n/few, devices*optim.BatchesAtOnce))
	}
	return parts
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
		m, err := w.host.read(run, false)
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
func (w *Sweep) writeBatch(b *batch) {
	parallel.Each(len(b.runs), func(_, i int) {
		if b.shown[i] != nil && b.models[i] != nil && b.errs[i] == nil {
			b.errs[i] = b.measure(i, b.shown[i].rows)
		}
		b.shown[i] = nil
		b.targets[i].Close()
	})
	b.err = w.enterBatch(b)
	for i, file := range b.files {
		if b.err == nil && file != nil {
			b.err = wholefile.WriteBytes(w.session.ModelFile(b.runs[i].Name), file)
		}
		if b.err != nil {
			b.results[i] = nil
		}
	}
}

// enterBatch writes the states and the scores of the runs of a batch into summary.csv.
func (w *Sweep) enterBatch(b *batch) error {
	w.corpus.mu.Lock()
	defer w.corpus.mu.Unlock()
	for i, run := range b.runs {
		e := w.corpus.entries[run.Name]
		switch {
		case b.errs[i] != nil:
			e.Status = record.Failed
		case b.results[i] != nil:
			b.results[i].Result.Seconds = b.seconds / float64(len(b.runs))
			e.Status = record.Done
			w.session.Runs[run.Name] = b.results[i]
		}
	}
	return w.session.summarise()
}

// measure makes the model file of picture i and its record, with the scores of the rendered model.
func (b *batch) measure(i int, rows render.Rows) error {
	var file bytes.Buffer
	if err := splat.Write(&file, b.models[i]); err != nil {
		return err
	}
	target, run := b.targets[i], b.runs[i]
	scorer := render.NewScorer(target.W, target.H, target.C, target.Layers)
	err := render.Compare(rows, target, run.Target.Gamma, scorer)(func(int, [][]float32) error { return nil })
	if err = cmp.Or(err, target.Err()); err != nil {
		return err
	}
	bytes, found := int64(file.Len()), scorer.Scores()
	b.files[i], b.results[i] = file.Bytes(), &record.Run{
		Status: record.Done, Name: run.Name, Image: record.Image{Path: run.Image, W: target.W, H: target.H}, Gaussians: run.Gaussians, Steps: run.Steps,
		Result: &record.Result{
			Scores: found.Whole, Layers: found.Layers, Steps: run.Steps, Splats: b.models[i].Splats.N, Bytes: bytes,
			BitsPerPixel: 8 * float64(bytes) / float64(target.Pixels()),
		},
	}
	return nil
}

// endBatch reports the pictures of a batch. failed is the error of its training that ends the session.
func (w *Sweep) endBatch(b *batch, failed error) {
	c := w.corpus
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	b.hand.share = 0
	defer c.more.Broadcast()
	back := isLost(failed) && w.givesBack(b)
	if back {
		failed = nil
	}
	for i, run := range b.runs {
		o := Outcome{Run: run, Status: record.Interrupted}
		switch r := b.results[i]; {
		case b.errs[i] != nil:
			o.Status, o.Err = record.Failed, fmt.Errorf("%s: %w", run.Name, b.errs[i])
			c.failed = append(c.failed, run.Name)
			c.ended++
			if fault.Code(b.errs[i]) == fault.OutOfMemory {
				c.memory = cmp.Or(c.memory, fault.Hint(b.errs[i]))
			}
			w.tell(event.RunFailed{Run: run.Name, Err: o.Err})
		case r != nil:
			o.Status, o.Step = record.Done, run.Steps
			c.ended++
			w.tell(event.CorpusWritten{Run: run.Name, Path: w.session.ModelFile(run.Name), Scores: r.Result.Scores, Splats: r.Result.Splats, Bytes: r.Result.Bytes})
		case back:
			continue
		case c.entries[run.Name].Status == record.Done: // its file could not be written
			c.entries[run.Name].Status = record.Waiting
		}
		w.outcomes = append(w.outcomes, o)
	}
	c.stuck = first(c.stuck, b.err, failed)
	w.tellCorpus(len(b.runs), true)
}
