package codecs

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// waves writes a PNG of 32 × 32 px, with an amount added to red.
func waves(t *testing.T, add int) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	for i := range 32 * 32 {
		x, y := i%32, i/32
		img.SetNRGBA(x, y, color.NRGBA{uint8(40 + 4*x + add), uint8(128 + 90*math.Sin(float64(x*y)/20)), uint8(7 * y), 255})
	}
	path := filepath.Join(t.TempDir(), "waves.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, img); err != nil {
		t.Fatal(err)
	}
	return path
}

func compareFiles(t *testing.T, a, b string) (Quality, error) {
	t.Helper()
	first, err := readPicture(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := readPicture(b)
	if err != nil {
		t.Fatal(err)
	}
	return first.compare(second)
}

// An error of 10 in red alone is an error of 100/3 in the mean square, and of 2.99² in luma.
func TestQuality(t *testing.T) {
	q, err := compareFiles(t, waves(t, 0), waves(t, 10))
	psnr, luma := 10*math.Log10(255*255*3/100.), 20*math.Log10(255/2.99)
	if err != nil || math.Abs(q.PSNR-psnr) > 1e-9 || math.Abs(q.Luma-luma) > 1e-9 {
		t.Errorf("%+v, %v; want %g and %g", q, err, psnr, luma)
	}
	if q, err := compareFiles(t, waves(t, 0), waves(t, 0)); err != nil || !math.IsInf(q.PSNR, 1) {
		t.Errorf("%+v, %v", q, err)
	}
}

func TestPPM(t *testing.T) {
	p, err := readPicture(waves(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.ppm")
	if err := p.writePPM(path); err != nil {
		t.Fatal(err)
	}
	back, err := readPicture(path)
	if err != nil || back.w != 32 || string(back.rgb) != string(p.rgb) {
		t.Error(err)
	}
	for _, broken := range []string{"", "P5\n1 1\n255\nabc", "P6\n2 2\n255\nabc", "P6\n-1 1\n255\n", "P6\n1 1\n65535\nabcdef"} {
		if _, err := readPPM(strings.NewReader(broken)); err == nil {
			t.Errorf("%q is read", broken)
		}
	}
}

// Every codec that is installed makes larger and better files as its settings go on.
func TestCurves(t *testing.T) {
	found, missing := Installed()
	if len(found)+len(missing) != len(all) {
		t.Errorf("%d found, missing %q", len(found), missing)
	}
	source := waves(t, 0)
	for _, c := range found {
		c.settings = []string{c.settings[1], c.settings[len(c.settings)-1]}
		points, err := c.Curve(context.Background(), source)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if low, high := points[0], points[1]; low.Bytes >= high.Bytes || low.PSNR >= high.PSNR || low.Luma >= high.Luma || low.PSNR < 10 || high.Luma < 30 {
			t.Errorf("%s: %+v", c.Name, points)
		}
	}
}

// A program that fails is an error with its command and its last words.
func TestCodecFails(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if found, missing := Installed(); len(found) > 0 || len(missing) != len(all) || !strings.HasPrefix(missing[0], "JPEG (cjpeg") {
		t.Errorf("%+v, %q", found, missing)
	}
	if _, err := all[1].Curve(context.Background(), waves(t, 0)); err == nil || !strings.Contains(err.Error(), "WebP: cwebp -quiet -m 6 -q 0") {
		t.Error(err)
	}
}
