package imageio

import (
	"fmt"
	"math"

	"igs/internal/fault"
	"igs/internal/oneline"
)

// Needs is what it takes to read a picture as a target and to keep it, bytes.
type Needs struct {
	Memory   int64 // with the samples in memory
	Scratch  int64 // memory with the samples in a scratch file
	Disk     int64 // size of that file
	Samples  int64 // size of the samples in memory
	Reduced  int64 // size of the smaller copy of a picture on the disk
	inBands  bool  // all pictures are decoded band by band
	smallest int64 // memory of the decoder of the largest picture that is decoded whole
}

// TargetNeeds gives the needs of ReadTarget. It reads only the headers.
func TargetNeeds(path string, o Options) (Needs, error) {
	k, err := openStack(path)
	if err != nil {
		return Needs{}, err
	}
	defer k.close()
	return k.needs(o), nil
}

// mostReduced is the largest size of the smaller copy of a picture on the disk, bytes.
const mostReduced = 48 << 20

// needs counts a channel of alpha for pictures that may have some, because only their pixels say whether they do.
func (k *stack) needs(o Options) Needs {
	size := k.size(o)
	for _, p := range k.pictures {
		if p.head.transparent && p.c == p.head.c && !o.Alpha.Drop {
			size.C++
		}
	}
	n := Needs{Samples: size.bytes(), Disk: size.bytes(), inBands: true}
	for _, p := range k.pictures {
		whole := p.decoderBytes()
		if !k.single(o) { // its rows are taken from samples of its own
			whole += int64(p.head.w) * int64(p.head.h) * int64(p.head.c*p.head.depth/8)
		}
		if p.head.format == formatEXR {
			whole = p.head.bandBytes()
		}
		n.Memory = max(n.Memory, whole)
		if p.inBands() {
			n.Scratch = max(n.Scratch, p.head.bandBytes())
			continue
		}
		n.inBands = false
		n.smallest = max(n.smallest, p.decoderBytes()+int64(p.head.w)*int64(p.head.h)*int64(p.head.c*p.head.depth/8))
	}
	n.Memory += n.Samples
	n.Reduced = k.reducedSize(o).bytes()
	n.Scratch = max(n.Scratch, n.smallest) + n.Reduced
	return n
}

// bytes is the size of the samples.
func (s Size) bytes() int64 { return int64(s.W) * int64(s.H) * int64(s.C*s.Depth/8) }

// reducedSize is the size of the smaller copy of a picture on the disk. It does not depend on a limit of the memory, so
// the result of a run does not either.
func (k *stack) reducedSize(o Options) Size {
	s := k.size(o)
	return s.shrunk(math.Ceil(max(2, math.Sqrt(float64(s.bytes())/mostReduced))))
}

// decoderBytes is the memory of the picture of the decoder that decodes all rows at once.
func (s source) decoderBytes() int64 {
	pixels := int64(s.head.w) * int64(s.head.h)
	switch s.head.format {
	case formatEXR:
		return s.head.bandBytes()
	case formatJPEG:
		if s.head.interlaced { // and its coefficients, 4 bytes each
			return 5 * 3 * pixels
		}
		return pixels * int64(s.head.c)
	case formatWebP:
		return 3 * pixels
	case formatPNG, formatTIFF:
		if s.head.c == 1 {
			return pixels * int64(s.head.depth/8)
		}
		return 4 * pixels * int64(s.head.depth/8)
	}
	return 4 * pixels
}

// Unfit is the error of a picture that cannot be read within o.Host, nil for one that can.
func (n Needs) Unfit(path string, o Options) error {
	least := n.Scratch
	if !o.OnDisk {
		least = min(least, n.Memory)
	}
	if o.Host == 0 || least <= o.Host {
		return nil
	}
	hint := fmt.Sprintf("allow %d MiB more with memory.host_budget", (least-o.Host)>>20+1)
	if !n.inBands {
		hint += ", or save the picture as a PNG without interlace or as a TIFF in strips, which igs reads row by row"
	}
	return fault.New(fault.OutOfMemory, hint, "%s: reading the picture takes %d MiB of memory, and %d MiB are allowed for it", oneline.Path(path), least>>20+1, o.Host>>20)
}
