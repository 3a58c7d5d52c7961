package imageio

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"igs/internal/fault"
)

// onDisk reads a picture to a scratch file, whatever its size.
func onDisk(t *testing.T, path string, o Options) *Samples {
	t.Helper()
	k, err := openStack(path)
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	k.prepare(o)
	o.Scratch, o.Stride = t.TempDir(), cmp.Or(o.Stride, 4)
	s, err := k.onDisk(o)
	if err != nil {
		t.Fatal(err)
	}
	last := len(s.Notes) - 1
	if !strings.HasPrefix(s.Notes[last], "kept in a temporary file") {
		t.Errorf("%s: notes %q", path, s.Notes)
	}
	s.Notes = slices.Clip(s.Notes[:last:last])
	if last == 0 {
		s.Notes = nil
	}
	t.Cleanup(s.Close)
	return s
}

// samePicture compares pictures sample by sample, and every way to read them.
func samePicture(t *testing.T, name string, got, want *Samples) {
	t.Helper()
	if got.W != want.W || got.H != want.H || got.C != want.C || got.Depth != want.Depth || !slices.Equal(got.Notes, want.Notes) || !slices.Equal(got.Layers, want.Layers) {
		t.Fatalf("%s: %d×%d×%d of %d bits, %q, %+v; want %d×%d×%d of %d bits, %q, %+v", name, got.W, got.H, got.C, got.Depth, got.Notes, got.Layers, want.W, want.H, want.C, want.Depth, want.Notes, want.Layers)
	}
	for i := range want.C * want.H {
		c, y := i/want.H, i%want.H
		if !slices.Equal(got.Row(c, y, make([]float32, want.W)), want.Row(c, y, make([]float32, want.W))) || got.At(c, y, y%want.W) != want.At(c, y, y%want.W) {
			t.Fatalf("%s: another row %d of channel %d", name, y, c)
		}
		for spacing := 1; spacing <= 5; spacing++ {
			first, n := i%spacing, want.W/spacing+2
			if want.Depth == 8 {
				a, b := make([]uint8, n), make([]uint8, n)
				got.Every8(c, y, first, spacing, a)
				want.Every8(c, y, first, spacing, b)
				for j := range b { // by the definition
					if v := want.Row8(c, y)[min(first+j*spacing, want.W-1)]; a[j] != v || b[j] != v {
						t.Fatalf("%s: row %d from %d by %d: on the disk %v, in memory %v", name, y, first, spacing, a, b)
					}
				}
			} else {
				a := make([]uint16, n)
				got.Every16(c, y, first, spacing, a)
				for j, v := range a {
					if v != want.Row16(c, y)[min(first+j*spacing, want.W-1)] {
						t.Fatalf("%s: row %d from %d by %d: %v", name, y, first, spacing, a)
					}
				}
			}
		}
	}
	if err := got.Err(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// noise is a picture of a type that image/png writes in its own way.
func noise(m interface {
	image.Image
	Set(x, y int, c color.Color)
}) image.Image {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range m.Bounds().Dx() * m.Bounds().Dy() {
		v := uint16(i*37 + rng.IntN(5000))
		m.Set(i%m.Bounds().Dx(), i/m.Bounds().Dx(), color.NRGBA64{v, v * 3, 65535 - v, 65535 - uint16(rng.IntN(2)*i)})
	}
	return m
}

// A picture on the disk has the samples, the notes and the layers of the same picture in memory, for every format.
func TestPicturesOnDiskAreThoseInMemory(t *testing.T) {
	folder := t.TempDir()
	var paths []string
	add := func(name string, data []byte) {
		paths = append(paths, filepath.Join(folder, name))
		if err := os.WriteFile(paths[len(paths)-1], data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != "float.tiff" && f.Name() != "planar.tiff" { // which no reader takes
			add(f.Name(), testdata(t, f.Name()))
		}
	}
	box := image.Rect(0, 0, 37, 29)
	add("grey.png", pngBytes(t, noise(image.NewGray(box))))
	add("grey16.png", pngBytes(t, noise(image.NewGray16(box))))
	add("rgba.png", pngBytes(t, noise(image.NewNRGBA(box))))
	add("rgba16.png", pngBytes(t, noise(image.NewNRGBA64(box))))
	add("rgb16.png", pngBytes(t, noise(image.NewRGBA64(box))))
	add("bits.png", pngBytes(t, noise(image.NewPaletted(box, color.Palette{color.Black, color.White}))))
	m := NewSamples(40, 50, 3, 8)
	for y := range 50 {
		for x := range 40 {
			m.Row8(x%3, y)[x] = uint8(x * y)
		}
	}
	add("x.qoi", qoiBytes(t, m))
	add("x.exr", exrOf(9, 7, make([]float32, 3*63)))
	for _, path := range append(paths, "../imageio/testdata/source.png") {
		want, err := ReadSamples(path)
		if err != nil {
			t.Fatal(err)
		}
		samePicture(t, filepath.Base(path), onDisk(t, path, Options{}), want)
	}
	o := Options{Gamma: 0.5, Downsample: 1.5, Stride: 3}
	want, err := ReadTarget(paths[0], o)
	if err != nil {
		t.Fatal(err)
	}
	samePicture(t, "smaller, with gamma", onDisk(t, paths[0], o), want)
}

// The smaller copy is that of Shrink.
func TestReducedCopy(t *testing.T) {
	path := save(t, "x.png", pngBytes(t, noise(image.NewNRGBA(image.Rect(0, 0, 40, 30)))))
	whole, err := ReadSamples(path)
	if err != nil {
		t.Fatal(err)
	}
	got, want := onDisk(t, path, Options{}).Reduced(), whole.Image().Shrink(2).Samples(8)
	if whole.Reduced() != whole {
		t.Error("a picture in memory is reduced")
	}
	for y := range want.H {
		if !slices.Equal(got.Row8(1, y), want.Row8(1, y)) {
			t.Fatalf("%d × %d px, row %d: %v, want %v", got.W, got.H, y, got.Row8(1, y), want.Row8(1, y))
		}
	}
}

// The limit of the memory decides how a picture is kept. A limit that is too small for any way is an error with a hint.
func TestHostLimit(t *testing.T) {
	path := save(t, "x.png", pngBytes(t, noise(image.NewGray(image.Rect(0, 0, 256, 256)))))
	needs, err := TargetNeeds(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if needs.Samples != 1<<16 || needs.Disk != 1<<16 || needs.Memory < 2<<16 || needs.Scratch >= needs.Memory {
		t.Errorf("needs %+v", needs)
	}
	for host, disk := range map[int64]bool{0: false, needs.Memory: false, needs.Memory - 1: true, 1 << 17: true} {
		folder := t.TempDir()
		s, err := ReadTarget(path, Options{Host: host, Scratch: folder, Stride: 2})
		if err != nil || s.OnDisk() != disk {
			t.Errorf("%d bytes: on the disk %v, %v", host, s != nil && s.OnDisk(), err)
			continue
		}
		s.Close()
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%d bytes: %s is left", host, left[0].Name())
		}
	}
	if _, err := ReadTarget(path, Options{Host: 1000}); fault.Code(err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), "memory.host_budget") {
		t.Errorf("1000 bytes: %v, %s", err, fault.Hint(err))
	}
	interlaced := save(t, "x.jpg", testdata(t, "progressive.jpg"))
	if _, err := ReadTarget(interlaced, Options{Host: 1000}); fault.Code(err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), "PNG") {
		t.Errorf("a format that is decoded whole: %v, %s", err, fault.Hint(err))
	}
}

// fullDisk is a file on a disk with room for some bytes.
type fullDisk struct {
	*os.File
	left int
}

func (f *fullDisk) WriteAt(b []byte, at int64) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return f.File.WriteAt(b, at)
}

// A full disk ends reading with one clear error, and leaves nothing. A file that is lost later does not go unnoticed.
func TestScratchFails(t *testing.T) {
	defer func(f func(string) (file, error)) { makeFile = f }(makeFile)
	made := makeFile
	path := save(t, "x.png", pngBytes(t, noise(image.NewNRGBA(image.Rect(0, 0, 64, 64)))))
	var f *fullDisk
	makeFile = func(folder string) (file, error) {
		opened, err := made(folder)
		if err != nil {
			return nil, err
		}
		f = &fullDisk{opened.(*os.File), 5000}
		return f, nil
	}
	folder := t.TempDir()
	needs, _ := TargetNeeds(path, Options{})
	o := Options{Host: needs.Memory - 1, Scratch: folder}
	_, err := ReadTarget(path, o)
	if !errors.Is(err, syscall.ENOSPC) || fault.Code(err) != fault.Failed || !strings.Contains(err.Error(), folder) || strings.Contains(err.Error(), ".igs-picture") || fault.Hint(err) == "" {
		t.Errorf("full: %v, code %d, %s", err, fault.Code(err), fault.Hint(err))
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
	makeFile = func(folder string) (file, error) {
		opened, err := made(folder)
		f = &fullDisk{opened.(*os.File), 1 << 20}
		return f, err
	}
	s, err := ReadTarget(path, o)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if row := s.Row8(0, 3); s.Err() == nil || row[0] != 0 {
		t.Errorf("a lost file: %v, %v", s.Err(), row[0])
	}
}

// A picture that another program changes while it is read is refused, whether it can be decoded or not.
func TestPictureThatChanges(t *testing.T) {
	path := save(t, "x.png", pngBytes(t, noise(image.NewNRGBA(image.Rect(0, 0, 64, 64)))))
	for _, change := range []func() error{
		func() error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
		func() error { return os.Truncate(path, 5000) },
	} {
		k, err := openStack(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		_, err = k.readTarget(Options{})
		k.close()
		if fault.Code(err) != fault.BadInput || !strings.Contains(fmt.Sprint(err), "changed while it was read") || fault.Hint(err) == "" {
			t.Errorf("%v, %s", err, fault.Hint(err))
		}
	}
}
