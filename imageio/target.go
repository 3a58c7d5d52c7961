package imageio

import (
	"math"
	"runtime/debug"

	"igs/internal/fault"
)

const large = 8 << 20 // samples from which it pays to give memory back: it takes some ms

// Options say how a run wants its target. The zero value is the picture as it is.
type Options struct {
	Gamma      float64 // samples are taken to this power, after they were made fewer; 0 is 1 where nobody trains, who could take another
	Downsample float64 // how many times smaller, 1 and more; 0 is 1
	AsStored   bool    // colour profiles are not applied
}

// changes is true when samples become others than those of the file.
func (o Options) changes() bool {
	return o.Gamma != 0 && o.Gamma != 1 || o.Downsample > 1
}

func (o Options) check() error {
	switch {
	case !(o.Gamma >= 0) || math.IsInf(o.Gamma, 1):
		return fault.New(fault.BadInput, "1 leaves the picture as it is", "a gamma of %g", o.Gamma)
	case !(o.Downsample >= 1 || o.Downsample == 0) || math.IsInf(o.Downsample, 1):
		return fault.New(fault.BadInput, "2 makes both sides half as long", "downsampling by %g", o.Downsample)
	}
	return nil
}

// ReadTarget reads a picture or a stack as a run trains on it: made smaller, then taken to gamma (Image-GS, Zhang et
// al., 2025, takes what it draws to 1/gamma to show it). Samples that are not those of the file have 16 bits.
// The files are read once, and Source identifies their bytes.
func ReadTarget(path string, o Options) (*Samples, error) {
	if err := o.check(); err != nil {
		return nil, named(path, err)
	}
	k, err := openStack(path)
	if err != nil {
		return nil, err
	}
	defer k.close()
	k.prepare(o)
	s, err := k.target(o)
	if err != nil {
		return nil, err
	}
	if s.Source, err = k.source(); err != nil {
		return nil, err
	}
	k.forget()
	return s, nil
}

// prepare sets aside the profiles that are not wanted.
func (k *stack) prepare(o Options) {
	for i := range k.pictures {
		if o.AsStored {
			k.pictures[i].head = k.pictures[i].head.withoutProfile()
		}
	}
}

// forget gives the decoders' own pictures back, garbage of 133 MB at 8K. Nothing after this
// allocates much, so that it would stay in the process for the whole run.
func (k *stack) forget() {
	if k.W*k.H*k.C >= large {
		debug.FreeOSMemory()
	}
}

// TargetSize is the size of what ReadTarget gives, from the headers alone.
func TargetSize(path string, o Options) (Size, error) {
	if err := o.check(); err != nil {
		return Size{}, named(path, err)
	}
	k, err := openStack(path)
	if err != nil {
		return Size{}, err
	}
	k.close()
	return k.size(o), nil
}

// size is that of the target.
func (k *stack) size(o Options) Size {
	s := k.Size.shrunk(o.Downsample)
	if o.changes() {
		s.Depth = 16
	}
	return s
}

// shrunk is the size at 1/ratio, for a ratio above 1.
func (s Size) shrunk(ratio float64) Size {
	if ratio > 1 {
		s.W = max(1, int(math.Round(float64(s.W)/ratio)))
		s.H = max(1, int(math.Round(float64(s.H)/ratio)))
	}
	return s
}

// target reads all layers into samples. Those of a single picture of integers are the decoder's.
func (k *stack) target(o Options) (*Samples, error) {
	if p := k.pictures[0]; len(k.pictures) == 1 && p.head.format != formatEXR && !o.changes() {
		s, err := p.samples()
		if err != nil {
			return nil, named(p.path, err)
		}
		s.Layers, s.Notes = []Layer{p.named(p.head.layer())}, append(k.notes, s.Notes...)
		return s, nil
	}
	size := k.size(o)
	s := NewSamples(size.W, size.H, size.C, size.Depth)
	var err error
	s.Layers, s.Notes, err = k.read(o, s.set)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// raised takes rows to gamma before they go on.
func raised(gamma float64, next visitor) visitor {
	if gamma == 0 || gamma == 1 {
		return next
	}
	return func(y int, row [][]float32) error {
		for _, plane := range row {
			for x, v := range plane {
				plane[x] = float32(math.Pow(float64(v), gamma))
			}
		}
		return next(y, row)
	}
}
