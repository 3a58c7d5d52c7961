package imageio

import (
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/tiff"

	"igs/imageio/exr"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
)

// ReadFloats reads a PNG, JPEG, TIFF, WebP, OpenEXR or QOI file, or a folder of such files as a texture stack, in the order
// of their names. The content of a file says its format, not its name. Grey gives one channel, anything else three.
// Floats (OpenEXR) are mapped to 0..1 as Layer says; infinite values become 0 or 1, and NaN counts as 0. Alpha that
// is not constant is kept, and the picture then has the channels of Mix. Alpha that is constant is dropped, and colours stay
// as stored. The EXIF orientation is applied. Colour profiles of a matrix or of grey are
// applied too: the samples are then sRGB at the depth of the file. There is a note about each such change.
// o may choose about alpha; its other options are ignored.
func ReadFloats(path string, o Options) (*Image, error) {
	k, err := openStack(path)
	if err != nil {
		return nil, err
	}
	defer k.close()
	if err := k.resolve(o.Alpha); err != nil {
		return nil, err
	}
	m := New(k.W, k.H, k.C)
	m.Depth = k.Depth
	m.Layers, m.Notes, err = k.read(Options{Alpha: o.Alpha}, func(c, y int, row []float32) {
		copy(line(m.Pix, c*m.H+y, m.W), row)
	})
	if err != nil {
		return nil, err
	}
	k.freeMemory()
	return m, nil
}

// ReadSamples reads what ReadFloats reads, at the depth of the file: 8 bits a sample if all pictures have no more, or else 16.
func ReadSamples(path string) (*Samples, error) { return ReadTarget(path, Options{}) }

// Size is what the headers of a picture or a stack say: px after orientation, channels, and the
// bits per sample that ReadSamples would give.
type Size struct{ W, H, C, Depth int }

// ReadSize reads only the headers.
func ReadSize(path string) (Size, error) { return TargetSize(path, Options{}) }

// open checks the kind of file before it opens it: opening a named pipe would wait for a writer.
func open(path string) (*os.File, int64, error) {
	const hint = "check the path; " + kindsHint
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, 0, fault.New(fault.BadInput, "write the picture to a file first", "%s: not a regular file", oneline.Path(path))
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, 0, fault.New(fault.BadInput, hint, "%s: %w", oneline.Path(path), wholefile.Unnamed(err))
	}
	return f, info.Size(), nil
}

// named adds the name of the file to an error about its content.
func named(path string, err error) error {
	return fmt.Errorf("%s: %w", oneline.Path(path), err)
}

// damaged is the error about a file that begins like a picture but cannot be decoded.
func damaged(f format, err error) error {
	var pngUnsupported png.UnsupportedError
	var jpegUnsupported jpeg.UnsupportedError
	var tiffUnsupported tiff.UnsupportedError
	var exrUnsupported exr.Unsupported
	switch {
	case errors.As(err, &exrUnsupported):
		return fault.New(fault.BadInput, "save it as one part of scan lines with channels R, G and B and ZIP compression", "%s of a kind igs cannot read: %w", f, err)
	case errors.As(err, &pngUnsupported), errors.As(err, &jpegUnsupported), errors.As(err, &tiffUnsupported):
		return fault.New(fault.BadInput, convertHint, "%s of a kind igs cannot read: %w", f, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.BadInput, corruptHint, "%s is truncated: the file ends before the picture does", f)
	}
	return fault.New(fault.BadInput, corruptHint, "%s is damaged: %w", f, err)
}
