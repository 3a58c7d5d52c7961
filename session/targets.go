package session

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/optim"
	"igs/optim/sampling"
)

// targets are the pictures of the runs.
type targets struct {
	sizes    map[string]imageio.Size
	hashes   map[string]string // SHA-256 of each picture as it was read
	saliency *imageio.Samples  // the user's saliency map, grey; nil: none
	host     hostMemory

	mu    sync.Mutex
	kept  map[string]*target // pictures in memory, by path
	last  string             // path of the picture that was asked for last. It is kept for the next run when no run needs it.
	ahead string             // path of a picture that no run has asked for yet; "" = there is none
}

// target is a picture that runs train on.
type target struct {
	users int // runs

	reading sync.Mutex // of all below
	*imageio.Samples
	placed    *optim.Placed // first splats that were placed ahead; nil: none
	placedFor string        // run
}

// readTargets reads every picture and the saliency map. It begins with the picture of the last run: the picture of the
// first run is then the one that is kept, and training starts without reading it again. The error lists all pictures
// that cannot be used, in the order of the runs. The runs get their largest numbers of splats if these follow from goals.
func (w *Sweep) readTargets(runs []configs.Run) (*targets, error) {
	t := &targets{sizes: map[string]imageio.Size{}, hashes: map[string]string{}, host: w.host}
	var mistakes configs.Mistakes
	var seen string
	var m *imageio.Samples
	for i, run := range slices.Backward(runs) { // runs of one picture follow each other
		if run.Image != seen {
			var err error
			seen = run.Image
			m.Close()
			if m, err = t.host.read(run, w.wasOnDisk(run)); err != nil {
				if fault.Code(err) != fault.BadInput { // it is not about the picture
					return nil, err
				}
				mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
				continue
			}
			t.sizes[run.Image], _ = m.Form()
			t.hashes[run.Image] = m.Source.Sha256
			for _, note := range m.Notes {
				w.warn(run.Image + ": " + note)
			}
			w.tell(event.Detailed{Text: fmt.Sprintf("%s: %d × %d px, %d channels, %d bits", run.Image, m.W, m.H, m.C, m.Depth)})
		}
		if m == nil {
			continue
		}
		var err error
		if runs[i], err = run.For(m.Pixels()); err != nil {
			mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
		}
		if runs[i].Gaussians > m.Pixels() {
			mistakes = append(mistakes, crowded(run, m.Pixels()))
		}
	}
	if wrong, ok := t.readSaliency(runs[0].Init.Saliency).(configs.Mistakes); ok { // the same for all
		mistakes = append(mistakes, wrong...)
	}
	if len(mistakes) > 0 {
		m.Close()
		slices.Reverse(mistakes)
		return nil, mistakes
	}
	t.last, t.kept = seen, map[string]*target{seen: {Samples: m}}
	return t, nil
}

// readSaliency reads the saliency map of the user. Its error is Mistakes.
func (t *targets) readSaliency(path string) error {
	if path == "" {
		return nil
	}
	given, err := imageio.ReadTarget(path, imageio.Options{Alpha: imageio.Alpha{Drop: true}})
	if err != nil {
		return configs.Mistakes{{Where: "init.saliency", Text: err.Error(), Hint: fault.Hint(err)}}
	}
	t.saliency = sampling.SaliencyMap(given)
	return nil
}

// crowded is the mistake of a run with more splats than its picture has pixels.
func crowded(run configs.Run, pixels int) configs.Mistake {
	return configs.Mistake{
		Text: fmt.Sprintf("%d splats are more than the %d pixels of %s", run.Gaussians, pixels, oneline.Text(run.Image)),
		Hint: fmt.Sprintf("use fewer, for example sweep.gaussians=%d, which is enough for a picture of this size", max(1, pixels/50)),
	}
}

// take gives the picture of a run until it is given back. Runs of one picture follow each other and share it. A picture
// that is not the one that the session began with is an error: run.json has the hash of that one.
func (t *targets) take(run configs.Run, onDisk bool) (*imageio.Samples, error) {
	m := t.use(run.Image)
	m.reading.Lock()
	defer m.reading.Unlock()
	if m.Samples == nil {
		if err := t.read(m, run, onDisk); err != nil {
			t.give(run.Image)
			return nil, err
		}
	}
	return m.Samples, nil
}

// read reads the picture of a run, whose lock the caller has.
func (t *targets) read(m *target, run configs.Run, onDisk bool) error {
	read, err := t.host.read(run, onDisk)
	if err == nil {
		if err = samePicture(run.Image, read.Source.Sha256, t.hashes[run.Image]); err != nil {
			read.Close()
		}
	}
	if err == nil {
		m.Samples = read
	}
	return err
}

// readAhead begins to read the picture of a run that may come next, unless it is there or another one was read ahead. The
// run that takes it waits for it, and reads it again after an error. place says that its first splats are placed too.
func (t *targets) readAhead(ctx context.Context, run configs.Run, place bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ahead != "" || t.kept[run.Image] != nil {
		return
	}
	m := &target{}
	t.kept[run.Image], t.ahead = m, run.Image
	m.reading.Lock()
	go func() {
		defer m.reading.Unlock()
		if t.read(m, run, false) == nil && place && ctx.Err() == nil {
			m.placed, _ = optim.Place(m.Samples, run)
			m.placedFor = run.Name
		}
	}()
}

// placed gives the first splats of a run that has its picture, once. nil: they are not placed.
func (t *targets) placed(run configs.Run) (p *optim.Placed) {
	t.mu.Lock()
	m := t.kept[run.Image]
	t.mu.Unlock()
	if m == nil {
		return nil
	}
	m.reading.Lock()
	defer m.reading.Unlock()
	if m.placedFor == run.Name {
		p, m.placed = m.placed, nil
	}
	return p
}

// use counts a run that needs a picture, and forgets the last picture when this is another one and no run needs it.
func (t *targets) use(path string) *target {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.last
	t.last = path
	if t.ahead == path {
		t.ahead = ""
	}
	if before != path {
		t.forget(before)
	}
	m := t.kept[path]
	if m == nil {
		m = &target{}
		t.kept[path] = m
	}
	m.users++
	return m
}

// give gives a picture back.
func (t *targets) give(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept[path].users--
	if path != t.last {
		t.forget(path)
	}
}

// forget closes a picture that no run needs.
func (t *targets) forget(path string) {
	if m := t.kept[path]; m != nil && m.users == 0 && path != t.ahead {
		m.Close()
		delete(t.kept, path)
	}
}

// wasOnDisk says whether a run that goes on kept its picture on the disk. Its splats are then placed in the same way
// again.
func (w *Sweep) wasOnDisk(run configs.Run) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.session != nil && w.session.Runs[run.Name] != nil && w.session.Runs[run.Name].Image.OnDisk
}

// close forgets all pictures. It does not wait for one that is read ahead: that one is in memory and leaves nothing behind.
func (t *targets) close() {
	for _, m := range t.kept {
		if m.reading.TryLock() {
			m.Close()
			m.reading.Unlock()
		}
	}
	t.kept, t.last = nil, ""
}

// samePicture is the error of a picture whose file has another hash than the one that a run was trained on.
func samePicture(path, is, was string) error {
	if is == was {
		return nil
	}
	return fault.New(fault.BadInput, "put the old picture back", "the picture %s was replaced while the session worked", oneline.Text(path))
}

// optionsOf is how the picture of a run is read.
func optionsOf(run configs.Run) imageio.Options {
	return imageio.Options{Gamma: run.Target.Gamma, Downsample: run.Target.Downsample, AsStored: run.Target.Profile == configs.ProfileIgnore, Alpha: alphaOf(run.Target.Alpha)}
}

// alphaOf is what happens to the alpha of a picture.
func alphaOf(a configs.Alpha) imageio.Alpha {
	how := imageio.Alpha{Drop: a == configs.AlphaDrop}
	if rgb, ok := a.Over(); ok {
		how.Over = &rgb
	}
	return how
}
