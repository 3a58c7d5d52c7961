package golden

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/imageio"
)

// recorder is a testing.TB whose failure does not fail this test.
type recorder struct {
	testing.TB
	dir  string
	said []string
}

func (r *recorder) Helper()             {}
func (r *recorder) Log(...any)          {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) ArtifactDir() string { return r.dir }
func (r *recorder) Error(args ...any)   { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func picture(c int) *imageio.Image {
	rng := rand.New(rand.NewPCG(5, 5))
	m := imageio.New(9, 7, c)
	for i := range m.Pix {
		m.Pix[i] = float32(rng.IntN(256)) / 255
	}
	return m
}

func TestCompare(t *testing.T) {
	want := picture(3)
	off := want.Clone()
	off.Pix[2*63+4*9+6] += 0.25
	nan := want.Clone()
	nan.Pix[0] = float32(math.NaN())
	cases := []struct {
		name   string
		got    *imageio.Image
		limits Limits
		says   string // "" when it must pass
	}{
		{"equal", want.Clone(), Limits{MinPSNR: 100, MaxError: 1e-9}, ""},
		{"within", off, Limits{MinPSNR: 30, MaxError: 0.26}, ""},
		{"largest error", off, Limits{MaxError: 0.24}, "channel 2, row 4, column 6"},
		{"psnr", off, Limits{MinPSNR: 40}, "at least 40 dB"},
		{"both, one fails", off, Limits{MinPSNR: 20, MaxError: 0.24}, "at most 0.24"},
		{"nan by psnr", nan, Limits{MinPSNR: 1}, "at least 1 dB"},
		{"nan by error", nan, Limits{MaxError: 1}, "at most 1"},
		{"channels", picture(1), Limits{MinPSNR: 1}, "of 1 channels"},
		{"no limit", want.Clone(), Limits{}, "no limit"},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			r := &recorder{TB: t, dir: t.TempDir()}
			Compare(r, "some/scene", k.got, want, k.limits)
			files, err := filepath.Glob(filepath.Join(r.dir, "*.png"))
			if err != nil {
				t.Fatal(err)
			}
			if k.says == "" {
				if len(r.said) > 0 || len(files) > 0 {
					t.Errorf("said %q, wrote %v", r.said, files)
				}
				return
			}
			if len(r.said) != 1 || !strings.Contains(r.said[0], k.says) {
				t.Errorf("said %q, want %q", r.said, k.says)
			}
			expected := 3
			if k.got.C != want.C {
				expected = 2 // pictures of different shape have no difference
			}
			if len(files) != expected {
				t.Errorf("wrote %v", files)
			}
		})
	}
}

func TestDifferenceShowsTheWorstAtTheEnds(t *testing.T) {
	a := imageio.New(3, 1, 1)
	b := a.Clone()
	a.Pix = []float32{0.1, 0, 0}
	b.Pix = []float32{0, 0, 0.05}
	d := difference(a, b)
	for i, want := range []float64{1, 0.5, 0.25} {
		if math.Abs(float64(d.Pix[i])-want) > 1e-6 {
			t.Errorf("sample %d is %v, want %v", i, d.Pix[i], want)
		}
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scene.png")
	m := picture(3)
	limits := Limits{MaxError: 1e-6}
	t.Setenv(update, "")

	r := &recorder{TB: t, dir: t.TempDir()}
	File(r, path, m, limits)
	if len(r.said) != 1 || !strings.Contains(r.said[0], update) {
		t.Errorf("without a file: %q", r.said)
	}

	t.Setenv(update, "1")
	File(t, path, m, limits)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}

	t.Setenv(update, "")
	File(t, path, m, limits)
	m.Pix[3] = 1 - m.Pix[3]
	r = &recorder{TB: t, dir: t.TempDir()}
	File(r, path, m, limits)
	if len(r.said) != 1 || !strings.HasPrefix(r.said[0], "scene: ") {
		t.Errorf("with another picture: %q", r.said)
	}
}
