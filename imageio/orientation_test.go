package imageio

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"
)

// seenAt is the place in the visible picture of the sample at stored row y, column x. It follows
// the words of the EXIF standard ("the 0th row is the visual ...").
func seenAt(o orientation, y, x, h, w int) (row, col int) {
	switch o {
	case 2: // 0th row top, 0th column right
		return y, w - 1 - x
	case 3: // bottom, right
		return h - 1 - y, w - 1 - x
	case 4: // bottom, left
		return h - 1 - y, x
	case 5: // left, top
		return x, y
	case 6: // right, top
		return x, h - 1 - y
	case 7: // right, bottom
		return w - 1 - x, h - 1 - y
	case 8: // left, bottom
		return w - 1 - x, y
	}
	return y, x
}

func TestEveryOrientation(t *testing.T) {
	grey, colour := image.NewGray(image.Rect(0, 0, 13, 6)), image.NewRGBA(image.Rect(0, 0, 310, 230))
	paint(grey, 0xffff)
	paint(colour, 0xffff)
	xmp := app1([]byte("http://ns.adobe.com/xap/1.0/\x00<x/>"))
	for _, img := range []image.Image{grey, colour} {
		file := jpegBytes(t, img, 95)
		plain, err := decodeBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		for o := upright; o <= turnLeft; o++ {
			order := []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}[o%2]
			kind := []uint16{typeShort, typeLong, typeByte, typeShort}[o%4]
			t.Run(fmt.Sprintf("%T %d", img, o), func(t *testing.T) {
				path := save(t, "turned.jpg", afterSOI(file, xmp, exifSegment(tiffWith(order, kind, uint32(o))), xmp))
				m, err := ReadFloats(path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				wantH, wantW := plain.H, plain.W
				if o >= 5 {
					wantH, wantW = wantW, wantH
				}
				size, err := ReadSize(path)
				if m.W != wantW || m.H != wantH || size != (Size{wantW, wantH, m.C, m.Depth}) || err != nil {
					t.Fatalf("read %d x %d, ReadSize %+v, want %d x %d, %v", m.W, m.H, size, wantW, wantH, err)
				}
				if (len(m.Notes) == 1) != (o > upright) {
					t.Errorf("notes %q", m.Notes)
				}
				for c := range plain.C {
					for y := range plain.H {
						for x := range plain.W {
							row, col := seenAt(o, y, x, plain.H, plain.W)
							if m.At(c, row, col) != plain.At(c, y, x) {
								t.Fatalf("stored row %d, column %d is not at row %d, column %d", y, x, row, col)
							}
						}
					}
				}
			})
		}
	}
}

func TestOddOrientationsAreIgnored(t *testing.T) {
	good := tiffWith(binary.BigEndian, typeShort, 6)
	cases := map[string][]byte{
		"empty":           {},
		"short":           good[:7],
		"byte order":      append([]byte("XX"), good[2:]...),
		"version":         append([]byte("MM\x00+"), good[4:]...),
		"directory away":  append([]byte("MM\x00*\xff\xff\xff\xff"), good[8:]...),
		"directory at 9":  append([]byte("MM\x00*\x00\x00\x00\x28"), good[8:]...),
		"cut entry":       good[:len(good)-6],
		"value 0":         tiffWith(binary.BigEndian, typeShort, 0),
		"value 9":         tiffWith(binary.LittleEndian, typeShort, 9),
		"a string":        tiffWith(binary.BigEndian, 2, 6<<24),
		"tag not present": append([]byte("MM\x00*\x00\x00\x00\x08\x00\x01"), good[10:22]...),
	}
	for name, tiff := range cases {
		if got := exifOrientation(tiff); got != upright {
			t.Errorf("%s: orientation %d", name, got)
		}
	}
	for n := range good[:len(good)-8] { // with fewer bytes the tag is incomplete
		if got := exifOrientation(good[:n]); got != upright {
			t.Errorf("cut after %d bytes: orientation %d", n, got)
		}
	}
	for start := range len(good) {
		exifOrientation(append([]byte{'M', 'M', 0, '*', 0, 0, 0, byte(start)}, good[8:]...)) // must not panic
	}
	if got := exifOrientation(good); got != turnRight {
		t.Errorf("the good one: %d", got)
	}
}

// The test pictures of the imaging library show the same scene, which another program turned in
// eight ways.
func TestOrientationsOfRealFiles(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/disintegration/imaging").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "testdata")
	if err != nil || !exists(filepath.Join(dir, "orientation_0.jpg")) {
		t.Skipf("the library's source is not at hand (%v)", err)
	}
	want, err := ReadFloats(filepath.Join(dir, "orientation_0.jpg"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		path := filepath.Join(dir, fmt.Sprintf("orientation_%d.jpg", i))
		m, err := ReadFloats(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if m.W != want.W || m.H != want.H || m.C != want.C {
			t.Fatalf("%s is %d x %d", path, m.W, m.H)
		}
		if rms := rmsDifference(m, want); rms > 0.03 {
			t.Errorf("%s differs from the upright one by %.3f", path, rms)
		}
		theirs, err := imaging.Open(path, imaging.AutoOrientation(true))
		if err != nil {
			t.Fatal(err)
		}
		other, err := inFloats(planar(theirs, header{w: want.W, h: want.H, c: 3, depth: 8}, Alpha{Drop: true}))
		if err != nil {
			t.Fatal(err)
		}
		if rms := rmsDifference(m, other); rms > 0.02 {
			t.Errorf("%s differs from what imaging reads by %.3f", path, rms)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func rmsDifference(a, b *Image) float64 {
	sum := 0.0
	for i, v := range a.Pix {
		d := float64(v - b.Pix[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a.Pix)))
}
