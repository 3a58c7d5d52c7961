package imageio

import (
	"fmt"
	"path/filepath"
	"strings"

	"igs/internal/fault"
	"igs/internal/oneline"
)

// Spec says what a picture file contains. The ending of its name says the format.
type Spec struct {
	W, H, C int // px; channels: 1 for grey, 3 for RGB, and one more for alpha
	Depth   int // bits per sample: 8, or 16 if the format allows it
	Quality int // of a JPEG, 1 to 100; 0 is DefaultQuality
}

// DefaultQuality is a quality of JPEG at which no blocks are visible at the size of the picture.
const DefaultQuality = 90

// MaxWritten bounds both sides of a written picture, in px.
const MaxWritten = 65535

// maxJPEG is the largest side that libjpeg reads. The format allows 65535 px.
const maxJPEG = 65500

// rowFunc fills dst, which has a slice for each channel, with row y. It is called once for every row, from the top.
type rowFunc func(y int, dst [][]float32) error

// writer is a format that can be written.
type writer struct {
	name    string
	endings []string
	depth   int   // most bits per sample
	side    int   // most px of a side
	lossy   bool  // it has a quality
	alpha   []int // channels of its files with alpha; none: it has no alpha
	bytes   int64 // largest size of a file; 0 = any size
	write   func(path string, s Spec, row rowFunc) error
}

var pngWriter = writer{"PNG", []string{".png"}, 16, MaxWritten, false, []int{2, 4}, 0, toFile(encodePNG)}

var writers = []writer{
	pngWriter,
	{"JPEG", []string{".jpg", ".jpeg"}, 8, maxJPEG, true, nil, 0, toFile(encodeJPEG)},
	{"QOI", []string{".qoi"}, 8, MaxWritten, false, []int{4}, 0, toFile(encodeQOI)},
	{"TIFF", []string{".tif", ".tiff"}, 16, MaxWritten, false, []int{4}, 1<<32 - 1, writeTIFF},
}

// Endings are the endings of file names that can be written.
func Endings() []string {
	var all []string
	for _, w := range writers {
		all = append(all, w.endings...)
	}
	return all
}

// Depth is the most bits per sample that a file of this name can have. It is 0 for an unknown ending.
func Depth(path string) int {
	if w, err := writerFor(path); err == nil {
		return w.depth
	}
	return 0
}

// OverWhite says whether a picture with alpha is written over white, because a file of this name has no alpha.
func (s Spec) OverWhite(path string) bool {
	w, err := writerFor(path)
	return err == nil && HasAlpha(s.C) && len(w.alpha) == 0
}

// Check returns an error when a file of this name cannot be written as s says. It is for calls before a long drawing.
func (s Spec) Check(path string) error {
	w, err := writerFor(path)
	if err == nil {
		err = w.check(s)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", oneline.Path(path), err)
	}
	return nil
}

func writerFor(path string) (writer, error) {
	ending := strings.ToLower(filepath.Ext(path))
	for _, w := range writers {
		for _, e := range w.endings {
			if e == ending {
				return w, nil
			}
		}
	}
	list := Endings()
	last := len(list) - 1
	hint := "end the name in " + strings.Join(list[:last], ", ") + " or " + list[last]
	if ending == "" {
		return writer{}, fault.New(fault.BadInput, hint, "its name has no ending that says the format")
	}
	return writer{}, fault.New(fault.BadInput, hint, "igs writes no %s files", oneline.Path(ending))
}

func (w writer) check(s Spec) error {
	switch {
	case s.Depth != 8 && s.Depth != 16:
		return fault.New(fault.BadInput, "8 and 16 can be written", "a %s of %d bits a sample", w.name, s.Depth)
	case s.Depth > w.depth:
		return fault.New(fault.BadInput, "write a .png or .tif, or 8 bits", "a %s has %d bits a sample, not %d", w.name, w.depth, s.Depth)
	case s.C < 1 || s.C > 4:
		return fault.New(fault.BadInput, "a file holds 1 or 3 channels, and alpha", "a %s of %d channels", w.name, s.C)
	case s.W <= 0 || s.H <= 0:
		return fault.New(fault.BadInput, "", "a picture of %d x %d px", s.W, s.H)
	case s.W > w.side || s.H > w.side:
		return fault.New(fault.BadInput, fmt.Sprintf("a side may have %d px", w.side), "a %s of %d x %d px", w.name, s.W, s.H)
	case s.Quality != 0 && !w.lossy:
		return fault.New(fault.BadInput, "leave the quality out, or write a .jpg", "a %s has no quality", w.name)
	case s.Quality < 0 || s.Quality > 100:
		return fault.New(fault.BadInput, "the quality of a JPEG is 1 to 100", "a quality of %d", s.Quality)
	case w.bytes > 0 && s.mostBytes() > w.bytes:
		hint := "write a .png"
		if s.Depth == 16 {
			hint += ", or 8 bits a sample"
		}
		return fault.New(fault.BadInput, hint+", or a part of it", "a %s holds at most 4 GiB, and %d x %d px of %d bits may take more", w.name, s.W, s.H, s.Depth)
	}
	return nil
}

// mostBytes is an upper bound for the size of the file. Deflate makes noise larger by far less than a hundredth, and
// each row may be a strip.
func (s Spec) mostBytes() int64 {
	c := int64(s.C)
	if s.C == 2 { // grey with alpha is RGB with alpha in some formats
		c = 4
	}
	raw := int64(s.W) * int64(s.H) * c * int64(s.Depth/8)
	return raw + raw/100 + 64*int64(s.H) + 4096
}
