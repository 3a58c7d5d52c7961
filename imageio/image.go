// Package imageio reads and writes pictures in planes of samples. Samples keeps the integers of
// the file, Image has float32, and WriteRows takes a picture row by row. The package reads PNG,
// JPEG, TIFF, WebP, OpenEXR and QOI, and a folder of such files as a texture stack.
//
// A float sample is 0..1 of the full scale of the file: v of a 16-bit file is v/65535. Samples
// keep the transfer curve of the file. A colour profile of a matrix or of grey is applied: the
// samples are converted to sRGB at the depth of the file (package icc). A note names any other
// profile that is not sRGB. Values of a float file are mapped to 0..1 as its Layer says.
// The EXIF orientation is applied, so row 0 is the top of the visible picture. C is 1 for a grey
// file and 3 for any other, even when the three channels are equal. C of a stack is the sum over
// its files. Alpha that is constant is dropped; colours that are stored multiplied by it are then not
// divided by it. Other alpha is one more channel (Mix).
//
// Every error about a file is one line that names the file, with fault.BadInput and a hint.
package imageio

// Image is a picture in planar order: Pix[(c*H+y)*W+x].
type Image struct {
	W, H, C int
	Pix     []float32 // [C][H][W], 0..1
	Depth   int       // bits per sample of the source: 8 or 16; 16 for floats
	Notes   []string  // what reading changed, e.g. "alpha channel dropped"
	Layers  []Layer   // the pictures of a stack in the order of their channels; none for a picture that was not read
}

// New returns a black picture of 8 bits per sample.
func New(w, h, c int) *Image {
	return &Image{W: w, H: h, C: c, Depth: 8, Pix: make([]float32, w*h*c)}
}

// Plane is channel c as H rows of W samples. It shares memory with the picture.
func (m *Image) Plane(c int) []float32 {
	n := m.W * m.H
	return m.Pix[c*n : (c+1)*n : (c+1)*n]
}

// At is the sample of channel c at row y, column x.
func (m *Image) At(c, y, x int) float32 {
	return m.Pix[(c*m.H+y)*m.W+x]
}

// Clone is a copy that shares no memory with m.
func (m *Image) Clone() *Image {
	out := *m
	out.Pix = append([]float32(nil), m.Pix...)
	out.Notes = append([]string(nil), m.Notes...)
	out.Layers = append([]Layer(nil), m.Layers...)
	return &out
}
