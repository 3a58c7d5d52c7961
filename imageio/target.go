package imageio

import (
	"cmp"
	"math"
	"runtime/debug"

	"igs/internal/fault"
)

const large = 8 << 20 // samples; for fewer, giving memory back is not worth some ms

// Options say how a picture is prepared as a target. The zero value changes nothing.
type Options struct {
	Gamma      float64 // samples are raised to this power, after downsampling; 0 means 1 and suppresses the gamma hint
	Downsample float64 // the picture is made smaller by this factor, at least 1; 0 means 1
	AsStored   bool    // colour profiles are not applied
	Alpha      Alpha   // what is done with alpha

	Host    int64  // most memory for reading and keeping the samples, bytes; 0 = as much as they need
	Scratch string // folder for the scratch file of samples that need more than Host
	OnDisk  bool   // keep the samples in that file even if Host allows more
	Stride  int    // the largest distance of the columns that are read together (Every8), for that file
}

// changes is true when the samples will differ from those of the file.
func (o Options) changes() bool {
	return o.Gamma != 0 && o.Gamma != 1 || o.Downsample > 1
}

func (o Options) check() error {
	switch {
	case !(o.Gamma >= 0) || math.IsInf(o.Gamma, 1):
		return fault.New(fault.BadInput, "1 leaves the picture unchanged", "a gamma of %g", o.Gamma)
	case !(o.Downsample >= 1 || o.Downsample == 0) || math.IsInf(o.Downsample, 1):
		return fault.New(fault.BadInput, "2 makes both sides half as long", "downsampling by %g", o.Downsample)
	}
	return nil
}

// ReadTarget reads a picture or a stack as a target: downsampled, then raised to gamma (as Image-GS, Zhang et al.,
// 2025, which raises renders to 1/gamma for display). When samples change, they have 16 bits. The files are read once,
// and Source identifies their bytes. A picture that needs more memory than o.Host is kept in a scratch file, and the
// caller closes it.
func ReadTarget(path string, o Options) (*Samples, error) {
	if err := o.check(); err != nil {
		return nil, named(path, err)
	}
	k, err := openStack(path)
	if err != nil {
		return nil, err
	}
	defer k.close()
	return k.readTarget(o)
}

// readTarget reads the samples, and identifies the bytes that they come from.
func (k *stack) readTarget(o Options) (*Samples, error) {
	k.prepare(o)
	s, err := k.target(o)
	if err != nil {
		return nil, cmp.Or(k.unchanged(), err) // a change may be the reason
	}
	if s.Source, err = k.source(); err != nil {
		s.Close()
		return nil, err
	}
	k.freeMemory()
	return s, nil
}

// Identify gives the Source of ReadTarget. It reads the headers and hashes the files, and decodes no samples.
func Identify(path string) (File, error) {
	k, err := openStack(path)
	if err != nil {
		return File{}, err
	}
	defer k.close()
	return k.source()
}

// prepare removes the profiles from the headers if they are not to be applied.
func (k *stack) prepare(o Options) {
	for i := range k.pictures {
		if o.AsStored {
			k.pictures[i].head = k.pictures[i].head.withoutProfile()
		}
	}
}

// freeMemory gives the pictures of the decoders back to the system: 133 MB at 8K. The garbage
// collector would not do it for the whole run, because training allocates little.
func (k *stack) freeMemory() {
	if k.W*k.H*k.C >= large {
		debug.FreeOSMemory()
	}
}

// TargetSize is the size of the result of ReadTarget. It reads only the headers, and the pixels of files that may have alpha.
func TargetSize(path string, o Options) (Size, error) {
	if err := o.check(); err != nil {
		return Size{}, named(path, err)
	}
	k, err := openStack(path)
	if err != nil {
		return Size{}, err
	}
	defer k.close()
	if err := k.resolve(o.Alpha); err != nil {
		return Size{}, err
	}
	return k.size(o), nil
}

// size is the size of the target.
func (k *stack) size(o Options) Size {
	s := k.Size.shrunk(o.Downsample)
	if o.changes() {
		s.Depth = 16
	}
	return s
}

// shrunk is the size at 1/ratio. A ratio of 1 or less changes nothing.
func (s Size) shrunk(ratio float64) Size {
	if ratio > 1 {
		s.W = max(1, int(math.Round(float64(s.W)/ratio)))
		s.H = max(1, int(math.Round(float64(s.H)/ratio)))
	}
	return s
}

// target reads all layers.
func (k *stack) target(o Options) (*Samples, error) {
	needs := k.needs(o)
	switch {
	case !o.OnDisk && (o.Host == 0 || needs.Memory <= o.Host):
		return k.inMemory(o)
	case o.Host == 0 || needs.Scratch <= o.Host:
		return k.onDisk(o)
	}
	return nil, needs.Unfit(k.path, o)
}

// single says whether the target is that of one picture of integers as it is stored.
func (k *stack) single(o Options) bool {
	return len(k.pictures) == 1 && k.pictures[0].head.format != formatEXR && !o.changes()
}

// inMemory reads all layers to memory. For a single picture of integers that does not change, it needs no second copy.
func (k *stack) inMemory(o Options) (*Samples, error) {
	if p := k.pictures[0]; k.single(o) {
		s, err := p.samples(o.Alpha)
		if err != nil {
			return nil, named(p.path, err)
		}
		s.Layers, s.Notes = []Layer{p.named(s.Layers[0])}, append(k.notes, s.Notes...)
		return s, nil
	}
	if err := k.resolve(o.Alpha); err != nil {
		return nil, err
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

// raised raises rows to gamma before it passes them to next.
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
