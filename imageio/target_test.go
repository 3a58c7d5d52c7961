package imageio

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder writes files by name into a folder of its own.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "layers_of_a_stack") // a name of digits could occur in that of the temporary folder too
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestStack(t *testing.T) {
	grey, rgb, deep := image.NewGray(image.Rect(0, 0, 5, 4)), image.NewRGBA(image.Rect(0, 0, 5, 4)), image.NewGray16(image.Rect(0, 0, 5, 4))
	paint(grey, 0xffff)
	paint(rgb, 0xffff)
	paint(deep, 0xffff)
	light := make([]float32, 20)
	for i := range light {
		light[i] = float32(i)
	}
	files := map[string][]byte{
		"Normal.PNG": pngBytes(t, rgb), "albedo.png": pngBytes(t, grey), "rough.png": pngBytes(t, grey),
		"notes.txt": []byte("x"), ".hidden": nil, "Thumbs.db": nil,
	}
	dir := folder(t, files)
	if err := os.Mkdir(filepath.Join(dir, "sub.png"), 0o700); err != nil {
		t.Fatal(err)
	}
	layers := []Layer{{"albedo", 1, 8, 0, 1, false}, {"Normal", 3, 8, 0, 1, false}, {"rough", 1, 8, 0, 1, false}}
	note := "files of the folder that are not read: notes.txt, sub.png, Thumbs.db"
	s, err := ReadSamples(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.W != 5 || s.H != 4 || s.C != 5 || s.Depth != 8 || !slices.Equal(s.Layers, layers) || !slices.Equal(s.Notes, []string{note}) {
		t.Fatalf("%d x %d x %d of %d bits, %v, %q", s.W, s.H, s.C, s.Depth, s.Layers, s.Notes)
	}
	m, err := ReadFloats(dir, Options{})
	if err != nil || m.C != 5 || m.Depth != 8 || !slices.Equal(m.Layers, layers) {
		t.Fatalf("%+v, %v", m, err)
	}
	for i := range 20 {
		want := []uint8{grey.Pix[i], rgb.Pix[4*i], rgb.Pix[4*i+1], rgb.Pix[4*i+2], grey.Pix[i]}
		for c, v := range want {
			if s.Row8(c, i/5)[i%5] != v || m.Plane(c)[i] != float32(v)/255 {
				t.Fatalf("channel %d, pixel %d: %d and %v, want %d", c, i, s.Row8(c, i/5)[i%5], m.Plane(c)[i], v)
			}
		}
	}

	// With a layer of 16 bits and one of floats, all layers get 16 bits. Each keeps its own range.
	files["deep.png"], files["light.exr"] = pngBytes(t, deep), exrOf(5, 4, light)
	dir = folder(t, files) // without the folder in it
	if s, err = ReadSamples(dir); err != nil {
		t.Fatal(err)
	}
	layers = []Layer{{"albedo", 1, 8, 0, 1, false}, {"deep", 1, 16, 0, 1, false}, {"light", 1, 32, 0, 19, false}, {"Normal", 3, 8, 0, 1, false}, {"rough", 1, 8, 0, 1, false}}
	if s.C != 7 || s.Depth != 16 || !slices.Equal(s.Layers, layers) || len(s.Notes) != 2 || !strings.HasPrefix(s.Notes[1], "light.exr: values from 0 to 19") {
		t.Fatalf("%d channels of %d bits, %v, %q", s.C, s.Depth, s.Layers, s.Notes)
	}
	for i := range 20 {
		want := []uint16{257 * uint16(grey.Pix[i]), deep.Gray16At(i%5, i/5).Y, uint16(math.Round(65535 * float64(i) / 19)), 257 * uint16(rgb.Pix[4*i])}
		for c, v := range want {
			if got := s.Row16(c, i/5)[i%5]; got != v {
				t.Fatalf("channel %d, pixel %d: %d, want %d", c, i, got, v)
			}
		}
	}
	if size, err := ReadSize(dir); size != (Size{5, 4, 7, 16}) || err != nil {
		t.Errorf("%+v, %v", size, err)
	}
	if size, err := TargetSize(dir, Options{Downsample: 2}); size != (Size{3, 2, 7, 16}) || err != nil {
		t.Errorf("%+v, %v", size, err)
	}
}

func TestStackOfOneIsThePicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 5, 4))
	paint(img, 0xffff)
	file := pngBytes(t, img)
	dir := folder(t, map[string][]byte{"a.png": file, "b.txt": nil})
	s, err := ReadSamples(dir)
	one, err2 := ReadSamples(save(t, "a.png", file))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if !slices.Equal(s.bytes, one.bytes) || !slices.Equal(s.Layers, one.Layers) || len(s.Notes) != 1 || len(one.Notes) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestStackRefuses(t *testing.T) {
	small, large := pngBytes(t, image.NewGray(image.Rect(0, 0, 5, 4))), pngBytes(t, image.NewGray(image.Rect(0, 0, 4, 5)))
	colour := pngBytes(t, image.NewRGBA(image.Rect(0, 0, 5, 4)))
	many, channels := map[string][]byte{}, map[string][]byte{}
	for i := range 13 {
		many[fmt.Sprintf("m%02d.png", i)] = small
	}
	for i := range 5 {
		channels[fmt.Sprintf("c%d.png", i)] = colour
	}
	for name, k := range map[string]struct {
		files map[string][]byte
		says  []string
	}{
		"empty":         {nil, []string{"folder without pictures"}},
		"only others":   {map[string][]byte{"a.txt": small, ".b.png": small}, []string{"folder without pictures"}},
		"sizes":         {map[string][]byte{"a.png": small, "b.png": large}, []string{"a.png has 5 x 4 px, but b.png 4 x 5"}},
		"many":          {many, []string{"13 pictures", "m00.png, m01.png", "and 1 more"}},
		"many channels": {channels, []string{"15 channels", "c0.png, c1.png, c2.png, c3.png, c4.png"}},
		"one is broken": {map[string][]byte{"a.png": small, "b.png": small[:30]}, []string{"b.png: PNG is truncated"}},
	} {
		dir := folder(t, k.files)
		_, err := ReadFloats(dir, Options{})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		complaint(t, dir, err)
		for _, says := range k.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %q does not say %q", name, err, says)
			}
		}
		if _, other := ReadSamples(dir); other == nil || other.Error() != err.Error() {
			t.Errorf("%s: ReadSamples says %v", name, other)
		}
		if name != "one is broken" {
			if _, other := ReadSize(dir); other == nil || other.Error() != err.Error() {
				t.Errorf("%s: ReadSize says %v", name, other)
			}
		}
	}
}

func TestTargetIsTakenToGamma(t *testing.T) {
	for _, img := range []draw.Image{image.NewGray(image.Rect(0, 0, 5, 4)), image.NewRGBA64(image.Rect(0, 0, 5, 4))} {
		paint(img, 0xffff)
		path := save(t, "a.png", pngBytes(t, img))
		plain, err := ReadFloats(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := ReadTarget(path, Options{Gamma: 2.2, Downsample: 1})
		if err != nil || s.Depth != 16 || s.W != 5 || s.H != 4 || s.Layers[0].Depth != plain.Depth {
			t.Fatalf("%+v, %v", s, err)
		}
		for i, v := range plain.Pix {
			if want := uint16(math.Round(65535 * math.Pow(float64(v), 2.2))); s.words[i] != want {
				t.Fatalf("%v became %d, want %d", v, s.words[i], want)
			}
		}
		if size, err := TargetSize(path, Options{Gamma: 2.2}); size != (Size{5, 4, plain.C, 16}) || err != nil {
			t.Errorf("%+v, %v", size, err)
		}
	}
}

// Downsampling comes before gamma: a checkerboard of 0 and 1 becomes 1/2, and with a gamma of 2 then ¼.
func TestTargetIsShrunkBeforeGamma(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 6, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(255 * ((i%6 + i/6) % 2))
	}
	s, err := ReadTarget(save(t, "a.png", pngBytes(t, img)), Options{Gamma: 2, Downsample: 2})
	if err != nil || s.W != 3 || s.H != 2 {
		t.Fatal(s, err)
	}
	for _, v := range s.words {
		if v != 16384 {
			t.Fatalf("%v", s.words)
		}
	}
}

func TestTargetRefusesOddOptions(t *testing.T) {
	path := save(t, "a.png", pngBytes(t, image.NewGray(image.Rect(0, 0, 6, 4))))
	for _, o := range []Options{{Gamma: -1}, {Gamma: math.NaN()}, {Gamma: math.Inf(1)}, {Downsample: 0.5}, {Downsample: math.NaN()}, {Downsample: math.Inf(1)}} {
		_, err := ReadTarget(path, o)
		complaint(t, path, err)
		_, err = TargetSize(path, o)
		complaint(t, path, err)
	}
}
