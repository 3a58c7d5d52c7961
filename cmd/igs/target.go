package main

import (
	"fmt"
	"runtime/debug"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/sampling"
	"igs/runlog"
)

// targets are the pictures of the runs. All are read before the first is trained, so
// that the last of a night's sweep is not found broken in the morning.
type targets struct {
	samples map[string]float64 // pixels times channels of each picture
	last    string             // the picture that was read last
	kept    *imageio.Samples   // its samples; one picture, because all of a sweep of large ones would not fit

	saliency *imageio.Samples // the user's map, grey; nil: none
}

// garbageShare is how much garbage may gather, in percent of what lives. What lives is the
// target, 100 MB at 8K, and Go's own 100 would let as much garbage stay with it. Pictures
// hold no pointers, so that collecting more often costs nearly nothing.
const garbageShare = 5

// targets reads every picture once, and the map that says where splats go, and complains
// about all that are unfit together.
func (p *program) targets(runs []configs.Run) (*targets, error) {
	t := &targets{samples: map[string]float64{}}
	var mistakes configs.Mistakes
	var seen string
	var m *imageio.Samples
	if path := runs[0].Init.Saliency; path != "" { // the same for all
		given, err := imageio.ReadSamples(path)
		if err == nil {
			t.saliency = sampling.SaliencyMap(given)
		} else {
			mistakes = append(mistakes, configs.Mistake{Where: "init.saliency", Text: err.Error(), Hint: fault.Hint(err)})
		}
	}
	for _, run := range runs { // runs of one picture follow each other
		if run.Image != seen {
			var err error
			seen = run.Image
			if m, err = imageio.ReadTarget(run.Image, optionsOf(run)); err != nil {
				mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
				continue
			}
			t.samples[run.Image] = float64(m.Pixels() * m.C)
			p.notes(run.Image, m.Notes)
			p.console.debug("%s: %d × %d px, %d channels, %d bits", run.Image, m.W, m.H, m.C, m.Depth)
		}
		if m != nil && run.Gaussians > m.Pixels() {
			mistakes = append(mistakes, crowded(run, m.Pixels()))
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	t.last, t.kept = seen, m
	debug.SetGCPercent(garbageShare)
	return t, nil
}

// crowded is the mistake of a run with more splats than its picture has pixels.
func crowded(run configs.Run, pixels int) configs.Mistake {
	return configs.Mistake{
		Text: fmt.Sprintf("%d splats are more than the %d pixels of %s", run.Gaussians, pixels, runlog.Plain(run.Image)),
		Hint: fmt.Sprintf("ask for fewer: --gaussians %d is plenty for a picture of this size", max(1, pixels/50)),
	}
}

// read gives the picture of a run. Runs of one picture follow each other and share it.
func (t *targets) read(run configs.Run) (*imageio.Samples, error) {
	if run.Image == t.last {
		return t.kept, nil
	}
	t.kept, t.last = nil, ""
	m, err := imageio.ReadTarget(run.Image, optionsOf(run))
	if err == nil {
		t.kept, t.last = m, run.Image
	}
	return m, err
}

// optionsOf is what becomes of the picture of a run.
func optionsOf(run configs.Run) imageio.Options {
	return imageio.Options{Gamma: run.Target.Gamma, Downsample: run.Target.Downsample, AsStored: run.Target.Profile == configs.ProfileIgnore}
}
