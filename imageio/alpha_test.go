package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// soft is a picture with straight alpha: 0 in a corner, where colours are garbage, 255 in another.
func soft(w, h int, seed uint64) *image.NRGBA {
	random := rand.New(rand.NewPCG(seed, 1))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			a := min(max(255*(3*x+2*y-w)/(2*w+h), 0), 255)
			c := color.NRGBA{uint8(9 * x), uint8(7*y + x), uint8(255 - 5*x), uint8(a)}
			if a == 0 {
				c.R, c.G, c.B = uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32())
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// The squares of the channels of training are the errors over black and over white.
func TestMixedChannelsHoldTheErrorOfBoth(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for _, n := range []int{1, 3} {
		var a, b [2][][]float32 // straight, mixed
		for k := range 2 {
			a[k], b[k] = NewRow(n+1, 50), NewRow(n+1, 50)
			for c := range a[k] {
				for x := range 50 {
					a[k][c][x] = random.Float32()
					b[k][c][x] = a[k][c][x]
				}
			}
			Mix(b[k])
		}
		var both, channels float64
		over := [2][][]float32{NewRow(n, 50), NewRow(n, 50)}
		for _, grey := range []float32{0, 1} {
			for k := range 2 {
				Matte(b[k], grey, over[k])
			}
			for c := range n {
				for x := range 50 {
					d := float64(over[0][c][x] - over[1][c][x])
					both += d * d / 2
					if want := a[0][c][x]*a[0][n][x] + grey*(1-a[0][n][x]); math.Abs(float64(over[0][c][x]-want)) > 1e-5 {
						t.Fatalf("over %g: %g, want %g", grey, over[0][c][x], want)
					}
				}
			}
		}
		for c := range n + 1 {
			for x := range 50 {
				d := float64(b[0][c][x] - b[1][c][x])
				channels += d * d
			}
		}
		if math.Abs(both/channels-1) > 1e-5 {
			t.Errorf("%d colours: %g over black and white, %g in the channels", n, both, channels)
		}
		back := straight(b[0], NewRow(n+1, 50))
		for c := range back {
			for x, v := range back[c] {
				if math.Abs(float64(v-a[0][c][x])) > 1e-3 {
					t.Errorf("channel %d of column %d is %g, want %g", c, x, v, a[0][c][x])
				}
			}
		}
	}
}

// Every format with alpha gives the picture over black and over white. What lies under alpha 0 has no effect.
func TestAlphaIsKept(t *testing.T) {
	img := soft(40, 30, 1)
	other := soft(40, 30, 2)
	if bytes.Equal(img.Pix, other.Pix) {
		t.Fatal("no garbage")
	}
	deep, grey, greyRows := image.NewNRGBA64(img.Rect), soft(40, 30, 1), make([][]byte, 30)
	drawn(deep, img)
	tiffStraightRows, tiffAssociatedRows := []byte(nil), []byte(nil)
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+4]
		copy(grey.Pix[i:], []byte{p[0], p[0], p[0], p[3]})
		greyRows[i/160] = append(greyRows[i/160], p[0], p[3])
		tiffStraightRows = append(tiffStraightRows, p...)
		for _, v := range p[:3] {
			tiffAssociatedRows = append(tiffAssociatedRows, uint8(math.Round(float64(v)*float64(p[3])/255)))
		}
		tiffAssociatedRows = append(tiffAssociatedRows, p[3])
	}
	tiffOf := func(pix []byte, kind int) []byte {
		return rawTIFF(binary.LittleEndian, pix, plainTIFF(40, 30, tiffRGB, 4, 8, one(tagExtraSamples, kind))...)
	}
	for name, k := range map[string]struct {
		data []byte
		want *image.NRGBA
		c    int
		most float64 // error of a composite, 255ths
	}{
		"png":        {pngBytes(t, img), img, 4, 1.3},
		"garbage":    {pngBytes(t, other), img, 4, 1.3},
		"png16":      {pngBytes(t, deep), img, 4, 0.01},
		"grey":       {rawPNG(40, 30, 8, pngGreyAlpha, greyRows), grey, 2, 1.6},
		"straight":   {tiffOf(tiffStraightRows, tiffStraight), img, 4, 1.3},
		"associated": {tiffOf(tiffAssociatedRows, tiffAssociated), img, 4, 1.8},
	} {
		path := save(t, "a", k.data)
		s, err := ReadSamples(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.C != k.c || len(s.Layers) != 1 || !s.Layers[0].Alpha || len(s.Notes) > 0 {
			t.Errorf("%s: %d channels, layers %+v, notes %q", name, s.C, s.Layers, s.Notes)
			continue
		}
		if size, err := ReadSize(path); err != nil || size.C != k.c {
			t.Errorf("%s: the size has %d channels, %v", name, size.C, err)
		}
		if worst := worstComposite(s, k.want); worst > k.most {
			t.Errorf("%s: a composite differs by %.2f/255", name, worst)
		}
		small, err := ReadTarget(path, Options{Downsample: 2})
		if err != nil || small.C != k.c || small.W != 20 || !small.Layers[0].Alpha || small.Source != s.Source {
			t.Errorf("%s: made smaller it is %+v, %v", name, small, err)
		}
	}
	for _, path := range []string{"testdata/alpha.webp", "exr/testdata/alpha.exr"} {
		if s, err := ReadSamples(path); err != nil || s.C != 4 || !s.Layers[0].Alpha {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// worstComposite is the largest difference of samples from a picture, over black and over white, in 255ths.
func worstComposite(s *Samples, want *image.NRGBA) (worst float64) {
	row, both := NewRow(s.C, s.W), NewComposites(s.Layers, s.W)
	for y := range s.H {
		for c := range row {
			s.Row(c, y, row[c])
		}
		n := s.C - 1
		for c, line := range both.Row(row) {
			for x, v := range line {
				p := want.Pix[want.PixOffset(x, y):]
				a := float64(p[3])
				w := float64(p[c%n])*a/255 + float64(c/n)*(255-a)
				worst = max(worst, math.Abs(255*float64(v)-w))
			}
		}
	}
	return worst
}

// uniform is a picture of one alpha.
func uniform(a uint8) *image.NRGBA {
	m := soft(5, 4, 1)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = a
	}
	return m
}

// Alpha that is constant is dropped, and a picture that nobody can see is refused.
func TestConstantAlpha(t *testing.T) {
	for a, notes := range map[uint8]int{255: 0, 128: 1, 1: 1} {
		s, err := FromImage(uniform(a))
		if err != nil || s.C != 3 || s.Layers != nil || len(s.Notes) != notes {
			t.Errorf("alpha %d: %+v, %v", a, s, err)
		}
	}
	path := save(t, "clear.png", pngBytes(t, uniform(0)))
	for _, how := range []Alpha{{}, {Over: &[3]uint8{1, 2, 3}}} {
		_, err := ReadTarget(path, Options{Alpha: how})
		_, sized := TargetSize(path, Options{Alpha: how})
		if err == nil || sized == nil || !strings.Contains(err.Error(), "transparent") || err.Error() != sized.Error() {
			t.Errorf("%+v: %v, %v", how, err, sized)
		}
	}
	if s, err := ReadTarget(path, Options{Alpha: Alpha{Drop: true}}); err != nil || s.C != 3 {
		t.Errorf("dropped: %v", err)
	}
}

// A picture over a colour has no alpha. A grey picture over a colour is RGB.
func TestPictureOverAColour(t *testing.T) {
	img := soft(9, 8, 1)
	rows := make([][]byte, 8)
	for i := 0; i < len(img.Pix); i += 4 {
		rows[i/36] = append(rows[i/36], img.Pix[i], img.Pix[i+3])
	}
	for name, k := range map[string]struct {
		data  []byte
		over  [3]uint8
		c     int
		first int // channel of the file that red, green and blue come from: 0 of grey
	}{
		"colour":           {pngBytes(t, img), [3]uint8{255, 128, 0}, 3, 2},
		"grey over grey":   {rawPNG(9, 8, 8, pngGreyAlpha, rows), [3]uint8{77, 77, 77}, 1, 0},
		"grey over colour": {rawPNG(9, 8, 8, pngGreyAlpha, rows), [3]uint8{255, 128, 0}, 3, 0},
	} {
		path := save(t, "a.png", k.data)
		o := Options{Alpha: Alpha{Over: &k.over}}
		s, err := ReadTarget(path, o)
		if err != nil {
			t.Fatal(err)
		}
		if size, err := TargetSize(path, o); err != nil || size.C != k.c || s.C != k.c || s.Layers[0].Alpha || len(s.Notes) > 0 {
			t.Errorf("%s: %d channels, size %+v, notes %q, %v", name, s.C, size, s.Notes, err)
		}
		for c := range s.C {
			for y := range 8 {
				for x := range 9 {
					p := img.Pix[img.PixOffset(x, y):]
					a := float64(p[3]) / 255
					want := a*float64(p[min(c, k.first)]) + (1-a)*float64(k.over[c])
					if got := 255 * float64(s.At(c, y, x)); math.Abs(got-want) > 0.51 {
						t.Fatalf("%s: channel %d at %d, %d is %g, want %g", name, c, x, y, got, want)
					}
				}
			}
		}
	}
}

// A float picture keeps its range over black, and its alpha.
func TestFloatAlpha(t *testing.T) {
	path := filepath.Join("exr", "testdata", "alpha.exr")
	values, alphas := floatsOf(t, path)
	m, err := ReadFloats(path, Options{})
	if err != nil || !m.Layers[0].Alpha {
		t.Fatal(err)
	}
	l, row, black := m.Layers[0], NewRow(4, m.W), NewRow(3, m.W)
	for y := range m.H {
		for c := range row {
			copy(row[c], m.Plane(c)[y*m.W:])
		}
		Matte(row, 0, black)
		for c, line := range black {
			for x, v := range line {
				at := y*m.W + x
				a := max(0, min(alphas[at], 1))
				// Colours of OpenEXR are multiplied by alpha. Those beyond the range of a colour with this alpha are limited.
				want := max(0, min((values[c][at]-a*l.Low)/(l.High-l.Low), a))
				if math.Abs(float64(v-want)) > 1e-4 {
					t.Fatalf("channel %d at %d, %d is %g, want %g", c, x, y, v, want)
				}
			}
		}
	}
}

// floatsOf are the values and the alpha of an OpenEXR file.
func floatsOf(t *testing.T, path string) (values [3][]float32, alphas []float32) {
	t.Helper()
	p, err := openPicture(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.file.Close()
	f, _, err := p.floats(Alpha{Drop: true})
	if err == nil {
		err = f.Rows(func(_ int, row [][]float32) error {
			for c := range values {
				values[c] = append(values[c], row[c]...)
			}
			alphas = append(alphas, row[3]...)
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return values, alphas
}

// A file with alpha gives the samples back that were written. A JPEG shows them over white.
func TestWriteAlpha(t *testing.T) {
	img := soft(33, 21, 1)
	for _, c := range []int{4, 2} {
		channels := [][]int{4: {0, 1, 2, 3}, 2: {0, 3}}[c]
		want := NewRow(c, 33*21)
		for i, from := range channels {
			for y := range 21 {
				for x := range 33 {
					want[i][y*33+x] = float32(img.Pix[img.PixOffset(x, y)+from]) / 255
				}
			}
		}
		Mix(want)
		for _, name := range []string{"a.png", "a.tif", "a.qoi", "a.jpg"} {
			path := filepath.Join(t.TempDir(), name)
			spec := Spec{W: 33, H: 21, C: c, Depth: Depth(name)}
			if name == "a.jpg" {
				spec.Quality = 100
			}
			err := WriteRows(path, spec, func(y int, dst [][]float32) error {
				for k := range dst {
					copy(dst[k], want[k][y*33:])
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			back, err := ReadFloats(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if spec.OverWhite(path) != (name == "a.jpg") || (back.Layers[0].Alpha) != (name != "a.jpg") {
				t.Errorf("%s of %d channels has alpha: %v", name, c, back.Layers[0].Alpha)
			}
			target := NewRow(c-1, 33*21)
			Matte(want, 1, target)
			both := NewComposites(back.Layers, 33*21)
			planes := make([][]float32, back.C)
			for k := range planes {
				planes[k] = back.Plane(k)
			}
			shown := both.Row(planes)
			shown = shown[len(shown)-both.Layers[0].C:] // over white
			var sum float64
			for k, line := range shown {
				for x, v := range line {
					d := float64(v - target[min(k, c-2)][x])
					sum += d * d
				}
			}
			rms := 255 * math.Sqrt(sum/float64(len(shown)*33*21))
			if most := map[string]float64{"a.png": 0.05, "a.tif": 0.05, "a.qoi": 1, "a.jpg": 12}[name]; rms > most {
				t.Errorf("%s of %d channels: over white it differs by %.3f/255", name, c, rms)
			}
		}
	}
}

// The smaller copy of a picture with alpha has its alpha. Invisible pixels give it no colour.
func TestThumbnailOfAlpha(t *testing.T) {
	s, err := FromImage(soft(64, 48, 1))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := FromImage(soft(64, 48, 2))
	for _, w := range []int{16, 64} {
		a, ok := s.Thumbnail(w).(*image.NRGBA)
		if !ok {
			t.Fatalf("%T", s.Thumbnail(w))
		}
		if b := other.Thumbnail(w).(*image.NRGBA); !slices.Equal(a.Pix, b.Pix) {
			t.Error("garbage under alpha 0 changes the copy")
		}
		if c := a.NRGBAAt(0, 0); c.A != 0 {
			t.Errorf("the corner is %v", c)
		}
		if c, want := a.NRGBAAt(w-1, w*48/64-1), soft(64, 48, 1).NRGBAAt(63, 47); c.A != want.A && w == 64 {
			t.Errorf("the other corner is %v, want %v", c, want)
		}
	}
	one := image.NewNRGBA(image.Rect(0, 0, 64, 4)) // of one colour, with alpha from 0 to 252
	for i := range 64 * 4 {
		copy(one.Pix[4*i:], []byte{200, 100, 50, uint8(i % 64 * 4)})
	}
	if s, err = FromImage(one); err != nil {
		t.Fatal(err)
	}
	for x := 1; x < 16; x++ { // each over a sixteenth of the alphas
		c, want := s.Thumbnail(16).(*image.NRGBA).NRGBAAt(x, 0), color.NRGBA{200, 100, 50, uint8(16*x + 6)}
		for k, d := range []int{int(c.R) - int(want.R), int(c.G) - int(want.G), int(c.B) - int(want.B), int(c.A) - int(want.A)} {
			if max(d, -d) > 255/(4*x)+1 { // the samples of a nearly invisible colour are coarse
				t.Errorf("column %d is %v, want %v (%d)", x, c, want, k)
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, s.Thumbnail(16)); err != nil {
		t.Error(err)
	}
}

// Samples of another range keep the values over black and over white.
func TestRescaledAlpha(t *testing.T) {
	from, to := []Layer{{C: 4, Depth: 32, Low: -1, High: 3, Alpha: true}}, []Layer{{C: 4, Depth: 32, Low: 0, High: 5, Alpha: true}}
	row := [][]float32{{0.6}, {0.3}, {0.5}, {0.75}}
	values := [3]float32{}
	for c := range values {
		values[c] = row[c][0]*4 - 1 // of a straight colour
	}
	Mix(row)
	NewRescaler(from, to).Apply(row)
	Unmix(row)
	for c, v := range values {
		if got := row[c][0] * 5; v > 0 && math.Abs(float64(got-v)) > 1e-5 {
			t.Errorf("channel %d has the value %g, want %g", c, got, v)
		}
	}
	if math.Abs(float64(row[3][0]-0.75)) > 1e-6 {
		t.Errorf("alpha is %g", row[3][0])
	}
}
