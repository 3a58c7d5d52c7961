package session

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/parallel"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/record"
)

// corpus is the work of a session in flat layout. Its runs have no folders, checkpoints, logs or pictures. A model is a
// file NAME.igsm in the folder of the session; a run is done when its model is there.
type corpus struct {
	entries map[string]*record.Entry // by run
	all     int                      // runs of this process

	mu     sync.Mutex // of what follows, of the session and of the sink
	left   [][]configs.Run
	busy   int        // batches at work
	more   *sync.Cond // one of them has ended
	ended  int        // runs that are done or failed
	start  progress   // of which the sink was told first
	failed []string
	memory string        // what gives a picture that failed the memory that it lacks
	stuck  error         // ends the session
	hands  []*corpusHand // that train a batch each
}

// corpusHand trains one batch after the other on a device.
type corpusHand struct {
	*device
	alone    *sync.RWMutex // of the device: a picture that is trained alone may need all its memory
	pictures int           // of the batch
	share    float64       // of the steps that is done
}

// ModelFile is the path of the model of a run.
func (s *Session) ModelFile(run string) string { return s.Record.ModelPath(s.Dir, run) }

// newCorpus prepares the training of many pictures in flat layout. It reads no picture: a picture that cannot be read
// fails, and the others are trained.
func (w *Sweep) newCorpus(runs []configs.Run) (*Sweep, error) {
	if err := w.measureCorpus(runs); err != nil {
		return nil, err
	}
	if err := CheckPlace(w.job.Output); err != nil {
		return nil, err
	}
	if err := w.readSources(); err != nil {
		return nil, err
	}
	w.begin = func() (*Session, error) {
		s, err := w.create(runs)
		if err != nil {
			return s, err
		}
		w.runs = runs
		if w.job.Output.Exists == "skip" {
			err = s.keepModels()
			w.runs = s.unfinished(w.job)
		}
		if done := len(runs) - len(w.runs); done > 0 {
			w.note(fmt.Sprintf("%d of %d models are there already", done, len(runs)))
		}
		return s, err
	}
	return w, nil
}

// resumeCorpus prepares the training of the runs whose models are not there.
func (s *Session) resumeCorpus(w *Sweep, c Changes) (*Sweep, error) {
	if c.Steps > 0 || len(c.Set) > 0 || len(c.Images) > 0 {
		return nil, fault.New(fault.BadInput, "train in a new session", "the runs of %s have no checkpoints, so nothing of them can change", s.Dir)
	}
	if err := s.keepModels(); err != nil {
		return nil, err
	}
	w.runs = s.unfinished(w.job)
	if err := w.measureCorpus(w.runs); err != nil {
		return nil, err
	}
	if err := w.readSources(); err != nil {
		return nil, err
	}
	w.begin = func() (*Session, error) {
		w.warnOfOtherBuild()
		s.Record.Status, s.Record.Ended = record.Running, nil
		return s, s.Record.Write(s.Dir)
	}
	return w, nil
}

// measureCorpus reads the sizes of the pictures of runs in flat layout.
func (w *Sweep) measureCorpus(runs []configs.Run) error {
	w.corpus, w.targets = &corpus{}, &targets{sizes: sizesOf(runs)}
	w.corpus.more = sync.NewCond(&w.corpus.mu)
	return forPictures(runs, w.targets.sizes)
}

// readSources reads the saliency map and the model that all runs start from.
func (w *Sweep) readSources() (err error) {
	if err := w.targets.readSaliency(w.job.Init.Saliency); err != nil {
		return err
	}
	w.from, err = readSource(w.job.Init.From)
	return err
}

// keepModels gives each run whose model is there the status done, with the scores of summary.csv.
func (s *Session) keepModels() error {
	scored, err := record.ReadSummary(filepath.Join(s.Dir, record.SummaryFile))
	if err != nil {
		return err
	}
	for i := range s.Record.Runs {
		e := &s.Record.Runs[i]
		if e.Status = record.Waiting; wholefile.Exists(s.ModelFile(e.Name)) {
			e.Status = record.Done
			if r := scored[e.Name]; r != nil {
				s.Runs[e.Name] = r
			}
		}
	}
	return nil
}

// trainCorpus trains the runs in batches. Some hands on each device train a batch each. While the device works for one of
// them, the others read pictures, choose pixels for splats, search for the rounding of the models, measure and write them.
func (w *Sweep) trainCorpus(ctx context.Context) (*Result, error) {
	c := w.corpus

	c.all, c.entries = len(w.runs), map[string]*record.Entry{}
	for i := range w.session.Record.Runs {
		c.entries[w.session.Record.Runs[i].Name] = &w.session.Record.Runs[i]
	}
	var err error
	if c.left, err = w.batches(); err != nil {
		return nil, err
	}
	for _, d := range w.devices {
		alone := new(sync.RWMutex)
		for range optim.BatchesAtOnce {
			c.hands = append(c.hands, &corpusHand{device: d, alone: alone})
		}
	}
	var hands sync.WaitGroup
	for _, h := range c.hands {
		hands.Add(1)
		go func() {
			defer hands.Done()
			for runs := w.nextBatch(ctx, h); runs != nil; runs = w.nextBatch(ctx, h) {
				b := w.readBatch(runs)
				b.hand = h
				failed := w.trainBatch(ctx, b)
				w.writeBatch(b)
				w.endBatch(b, failed)
			}
		}()
	}
	hands.Wait()
	return w.endCorpus(ctx, c.stuck)
}

// nextBatch returns the runs of the next batch of a hand. It is nil if the hand trains no further batch.
func (w *Sweep) nextBatch(ctx context.Context, h *corpusHand) []configs.Run {
	c := w.corpus
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.left) == 0 && c.busy > 0 && h.several { // a batch comes back when its device is lost
		c.more.Wait()
	}
	if c.stuck != nil || h.gone || len(c.left) == 0 || ctx.Err() != nil || w.FailFast && len(c.failed) > 0 {
		h.pictures = 0
		return nil
	}
	runs := c.left[0]
	c.left = c.left[1:]
	c.busy++
	h.pictures, h.share = len(runs), 0
	return runs
}

// endCorpus writes the last files. failed is an error of the session as a whole: the disk is full, or the device is lost.
func (w *Sweep) endCorpus(ctx context.Context, failed error) (*Result, error) {
	c, s := w.corpus, w.session
	left := s.Left()
	verdict := first(failed, w.corpusVerdict(ctx))
	status := record.Interrupted
	switch {
	case left == 0:
		status = record.Done
	case ctx.Err() == nil:
		status = record.Failed
	}
	goOn := "continue with: " + Command("resume", s.Dir)
	switch {
	case diskFull(failed):
		verdict = fault.WithHint(failed, "free some space on the disk, then "+goOn)
	case isLost(failed):
		verdict = fault.WithHint(failed, goOn)
	}
	if len(c.failed) == 0 && left == 0 && verdict == nil {
		verdict = s.gate(w.job.Gate)
	}
	return &Result{s, w.outcomes}, first(verdict, s.summarise(), s.end(status))
}

// corpusVerdict is the error of the pictures that failed or were not trained.
func (w *Sweep) corpusVerdict(ctx context.Context) error {
	c, all := w.corpus, len(w.session.Record.Runs)
	goOn := "continue with: " + Command("resume", w.session.Dir)
	if ctx.Err() != nil && w.session.Left() > len(c.failed) {
		return fault.WithHint(interruption(ctx, fmt.Sprintf("%d of %d models are written", all-w.session.Left(), all)), goOn)
	}
	if n := len(c.failed); n > 0 {
		names := c.failed[:min(n, shownFailures)]
		more := ""
		if n > len(names) {
			more = fmt.Sprintf(" and %d more", n-len(names))
		}
		do := "replace these pictures"
		if c.memory != "" {
			do += ", or " + c.memory
		}
		return fault.New(fault.PartFailed, do+", then "+goOn, "%d of %d pictures failed: %s%s", n, all, strings.Join(names, ", "), more)
	}
	return nil
}

// shownFailures is the greatest number of failed pictures that the last error names. summary.csv has all.
const shownFailures = 10

// sizesOf reads the headers of pictures. A picture that cannot be read has no size: reading it later gives the error.
func sizesOf(runs []configs.Run) map[string]imageio.Size {
	list := make([]imageio.Size, len(runs))
	parallel.Each(len(runs), func(_, i int) {
		list[i], _ = imageio.TargetSize(runs[i].Image, optionsOf(runs[i]))
	})
	sizes := map[string]imageio.Size{}
	for i, run := range runs {
		if list[i].W > 0 {
			sizes[run.Image] = list[i]
		}
	}
	return sizes
}

// givesBack lets another device train the pictures of a batch whose device was lost, if there is one. The caller has locked
// the corpus.
func (w *Sweep) givesBack(b *batch) bool {
	b.hand.gone = true
	for _, d := range w.devices {
		if d.gone {
			continue
		}
		var again []configs.Run
		for i, run := range b.runs {
			if isLost(b.errs[i]) {
				b.errs[i] = nil
				w.corpus.entries[run.Name].Status = record.Waiting
			}
			if b.results[i] == nil && b.errs[i] == nil {
				again = append(again, run)
			}
		}
		w.corpus.left = append(w.corpus.left, again)
		w.warn(fmt.Sprintf("device %s was lost: another device goes on with its pictures", b.hand))
		return true
	}
	return false
}
