package session

import (
	"context"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim"
	"igs/record"
)

// trainBatch trains the pictures of a batch that could be read. Its error is one that ends the session; those of single
// pictures are in the batch.
func (w *Sweep) trainBatch(ctx context.Context, b *batch) error {
	began := time.Now()
	var read []int
	for i, err := range b.errs {
		if err == nil {
			read = append(read, i)
		}
	}
	err := w.trainTogether(ctx, b, read)
	b.seconds = time.Since(began).Seconds()
	if ctx.Err() != nil {
		return nil // pictures without a model are trained when the session goes on
	}
	return err
}

// trainTogether trains some pictures of a batch together. If they do not fit, it trains each half.
func (w *Sweep) trainTogether(ctx context.Context, b *batch, which []int) error {
	if len(which) == 0 || ctx.Err() != nil {
		return nil
	}
	first := b.targets[which[0]]
	on, err := w.platform(b.hand.device, int(first.Pixels()*first.C))
	if err != nil {
		return err
	}
	start := optim.Start{Version: w.Build.Version, Tuning: &on.Tuning, Saliency: w.targets.saliency}
	if len(which) == 1 {
		i := which[0]
		if b.errs[i] = w.trainAlone(ctx, b, i, start); isLost(b.errs[i]) {
			return b.errs[i]
		}
		return nil
	}
	switch err = w.trainMany(ctx, b, which, start); {
	case err == nil || ctx.Err() != nil || isLost(err):
		return err
	case fault.Code(err) != fault.OutOfMemory:
		for _, i := range which {
			b.errs[i] = err
		}
		return nil
	}
	half := len(which) / 2
	if err := w.trainTogether(ctx, b, which[:half]); err != nil {
		return err
	}
	return w.trainTogether(ctx, b, which[half:])
}

// stepsOf is a sink that tells how far the batch of a hand is. It leaves out what would have to wait for another hand.
func (w *Sweep) stepsOf(h *corpusHand) event.Sink {
	c := w.corpus
	return func(e event.Event) {
		s, ok := e.(event.Stepped)
		if !ok || !c.mu.TryLock() {
			return
		}
		defer c.mu.Unlock()
		h.share = float64(s.Step) / float64(s.Steps)
		w.tellCorpus(h.pictures, false)
	}
}

// trainMany trains pictures in one sequence of dispatches.
func (w *Sweep) trainMany(ctx context.Context, b *batch, which []int, start optim.Start) error {
	b.hand.alone.RLock()
	defer b.hand.alone.RUnlock()
	var targets []*imageio.Samples
	var runs []configs.Run
	for _, i := range which {
		targets, runs = append(targets, b.targets[i]), append(runs, b.runs[i])
		b.shown[i] = newDrawing(b.targets[i])
	}
	t, err := optim.NewBatch(b.hand.Device, targets, runs, start, w.stepsOf(b.hand))
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.Train(ctx); err != nil {
		return err
	}
	h := targets[0].H
	if err := t.Rows().Each(func(y int, row [][]float32) error {
		return b.shown[which[y/h]].keep(y, row)
	}); err != nil {
		return err
	}
	for k, i := range which {
		b.models[i], b.errs[i] = t.Model(k)
	}
	return nil
}

// trainAlone trains one picture.
func (w *Sweep) trainAlone(ctx context.Context, b *batch, i int, start optim.Start) error {
	b.hand.alone.Lock()
	defer b.hand.alone.Unlock()
	if w.from != nil {
		start.Splats = w.from.at(b.targets[i].H)
	}
	t, err := optim.NewFrom(b.hand.Device, b.targets[i], b.runs[i], start, w.stepsOf(b.hand))
	if err != nil {
		return err
	}
	defer t.Close()
	result, err := t.Run(ctx)
	if err != nil || result.Status != record.Done {
		return err
	}
	rows := t.Rows().Shown().Each
	if b.models[i], err = t.Model(); err != nil {
		return err
	}
	if target := b.targets[i]; target.Pixels()*target.C > mostShown {
		return b.measure(i, rows)
	}
	b.shown[i] = newDrawing(b.targets[i])
	return rows(b.shown[i].keep)
}

// mostShown is the number of samples of the largest rendered model that is kept in memory, so that it is measured while
// the device trains another picture.
const mostShown = 1 << 24
