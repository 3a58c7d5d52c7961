// Package golden compares pictures in tests, with another picture or with a file in testdata. When
// they differ too much, the test fails, and both pictures and their difference are written as PNG
// files.
package golden

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/imageio"
)

// Limits is the allowed difference. A zero MinPSNR or MaxError is no limit, but one of them must be
// set.
type Limits struct {
	MinPSNR  float64 // dB, data range 1
	MaxError float64 // of any sample, 0..1
}

// update is the environment variable with which File stores pictures instead of comparing them.
const update = "IGS_UPDATE_GOLDEN"

// Compare fails the test when the difference of got and want exceeds the limits. Sizes and channels
// must be equal, and NaN exceeds every limit. The names of the written files begin with name.
func Compare(t testing.TB, name string, got, want *imageio.Image, limits Limits) {
	t.Helper()
	complaint := check(got, want, limits)
	if complaint == "" {
		return
	}
	t.Errorf("%s: %s", name, complaint)
	keep(t, name+"-got.png", got)
	keep(t, name+"-want.png", want)
	if sameShape(got, want) {
		keep(t, name+"-difference.png", difference(got, want))
	}
}

// File compares with a file of the repository, for example testdata/NAME.png. With
// IGS_UPDATE_GOLDEN=1 it writes that file instead; look at the file before you commit it.
func File(t testing.TB, path string, got *imageio.Image, limits Limits) {
	t.Helper()
	if os.Getenv(update) == "1" {
		if err := WritePNG(path, got, got.Depth); err != nil {
			t.Error(err)
		}
		return
	}
	want, err := imageio.ReadFloats(path, imageio.Options{})
	if err != nil {
		t.Errorf("%v (%s=1 writes it)", err, update)
		return
	}
	Compare(t, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), got, want, limits)
}

// check says what is wrong, or "".
func check(got, want *imageio.Image, limits Limits) string {
	switch {
	case limits == Limits{}:
		return "no limit was given"
	case !sameShape(got, want):
		return fmt.Sprintf("%d x %d px of %d channels, want %d x %d of %d", got.W, got.H, got.C, want.W, want.H, want.C)
	}
	psnr := PSNR(got, want)
	worst, c, y, x := maxError(got, want)
	where := fmt.Sprintf("PSNR %.2f dB, largest error %.3g at channel %d, row %d, column %d (%.4g, want %.4g)",
		psnr, worst, c, y, x, got.At(c, y, x), want.At(c, y, x))
	if limits.MinPSNR != 0 && !(psnr >= limits.MinPSNR) {
		return fmt.Sprintf("%s; at least %g dB wanted", where, limits.MinPSNR)
	}
	if limits.MaxError != 0 && !(worst <= limits.MaxError) {
		return fmt.Sprintf("%s; at most %g wanted", where, limits.MaxError)
	}
	return ""
}

// maxError finds the sample with the largest error. The error of NaN is infinite.
func maxError(a, b *imageio.Image) (worst float64, c, y, x int) {
	at := 0
	for i, v := range a.Pix {
		d := math.Abs(float64(v) - float64(b.Pix[i]))
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		if d > worst {
			worst, at = d, i
		}
	}
	area := a.W * a.H
	return worst, at / area, at % area / a.W, at % a.W
}

// difference is 0.5 + got - want, where the difference is scaled so that the largest error becomes
// 0 or 1.
func difference(got, want *imageio.Image) *imageio.Image {
	out := imageio.New(got.W, got.H, got.C)
	worst, _, _, _ := maxError(got, want)
	for i, v := range got.Pix {
		out.Pix[i] = 0.5
		if worst > 0 {
			out.Pix[i] += float32((float64(v) - float64(want.Pix[i])) / (2 * worst))
		}
	}
	return out
}

// keep writes a picture to the folder that `go test -artifacts` keeps. Go has that folder since version 1.26; before, the
// folder of the test is the best place.
func keep(t testing.TB, name string, m *imageio.Image) {
	t.Helper()
	dir := ""
	if kept, ok := t.(interface{ ArtifactDir() string }); ok {
		dir = kept.ArtifactDir()
	} else {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, strings.ReplaceAll(name, string(filepath.Separator), "-"))
	if err := WritePNG(path, m, 8); err != nil {
		t.Log(err)
		return
	}
	t.Logf("%s (kept when the test runs with -artifacts)", path)
}
