package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	"slices"
	"strings"
	"testing"
)

// Chroma of half the resolution is interpolated in every colour space. The pictures to compare with are from ImageMagick
// with libjpeg. Repeated chroma would be up to 34 levels off.
func TestChromaOfInksIsInterpolated(t *testing.T) {
	ycck := testdata(t, "ycck.jpg")
	cmyk := slices.Clone(ycck)
	cmyk[bytes.Index(cmyk, []byte(adobeMagic))+11] = 0 // the same components, read as inks
	for name, file := range map[string][]byte{"ycck.png": ycck, "cmyk.png": cmyk} {
		want, err := decodeBytes(testdata(t, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Notes) != 1 || !strings.HasPrefix(got.Notes[0], "CMYK converted") {
			t.Errorf("%s: notes %q", name, got.Notes)
		}
		for i, v := range got.Pix {
			if off := 255 * math.Abs(float64(v-want.Pix[i])); off > 3.5 {
				t.Fatalf("%s: sample %d is %v, want %v", name, i, v*255, want.Pix[i]*255)
			}
		}
	}
}

// The segments of a file say whether its components are RGB, by the rules of libjpeg.
func TestColoursOfJPEG(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range img.Pix {
		img.Pix[i] = []byte{200, 100, 50, 255}[i%4]
	}
	file := jpegBytes(t, img, 100)
	adobe := func(transform byte) []byte {
		return appendSegment(nil, markerAPP14, append([]byte(adobeMagic), 0, 100, 0, 0, 0, 0, transform))
	}
	jfif := appendSegment(nil, markerAPP0, []byte(jfifMagic+"\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	named := slices.Clone(file) // components with the names R, G and B
	for marker, step := range map[byte]int{markerSOF0: 3, markerSOS: 2} {
		at := bytes.Index(named, []byte{0xff, marker}) + map[byte]int{markerSOF0: 10, markerSOS: 5}[marker]
		named[at], named[at+step], named[at+2*step] = 'R', 'G', 'B'
	}
	luma, cb, cr := 123.0, 87.0, 183.0 // of the colour above
	for name, k := range map[string]struct {
		file []byte
		want [3]float64
	}{
		"plain":          {file, [3]float64{200, 100, 50}},
		"Adobe YCbCr":    {afterSOI(file, adobe(1)), [3]float64{200, 100, 50}},
		"Adobe RGB":      {afterSOI(file, adobe(0)), [3]float64{luma, cb, cr}},
		"JFIF and Adobe": {afterSOI(file, jfif, adobe(0)), [3]float64{200, 100, 50}},
		"names":          {named, [3]float64{luma, cb, cr}},
		"JFIF and names": {afterSOI(named, jfif), [3]float64{200, 100, 50}},
	} {
		m, err := decodeBytes(k.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for c, want := range k.want {
			if got := float64(m.At(c, 5, 5)) * 255; math.Abs(got-want) > 3 {
				t.Errorf("%s: channel %d is %v, want %v", name, c, got, want)
			}
		}
	}
}

// Without its last scans, a progressive picture is coarser. So it is read only when all of them are there.
func TestTruncatedProgressiveJPEG(t *testing.T) {
	whole := testdata(t, "progressive.jpg")
	want, err := decodeBytes(whole)
	if err != nil {
		t.Fatal(err)
	}
	for n := 4; n < len(whole)-2; n++ {
		if got, err := decodeBytes(whole[:n]); err == nil && !slices.Equal(got.Pix, want.Pix) {
			t.Fatalf("%d of %d bytes were accepted", n, len(whole))
		} else if err != nil && !strings.Contains(err.Error(), "truncated") {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	if got, err := decodeBytes(whole[:len(whole)-2]); err != nil || !slices.Equal(got.Pix, want.Pix) || len(got.Notes) != 1 {
		t.Errorf("without the end marker: %v", err)
	}
}

// Frames of Motion JPEG leave out the tables of the standard.
func TestJPEGWithoutTables(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 23, 19))
	paint(img, 0xffff)
	file := jpegBytes(t, img, 80)
	want, err := decodeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, []byte{0xff, markerDHT})
	next := at + 2 + int(binary.BigEndian.Uint16(file[at+2:]))
	got, err := decodeBytes(slices.Concat(file[:at], file[next:]))
	if err != nil || !slices.Equal(got.Pix, want.Pix) {
		t.Error(err)
	}
}

// Of a file of several pictures, the first is read.
func TestMultiPictureFormat(t *testing.T) {
	photo := jpegBytes(t, image.NewGray(image.Rect(0, 0, 9, 5)), 90)
	for pictures, want := range map[byte][]string{1: nil, 2: {onlyFirst}} {
		index := append([]byte(mpfMagic+tiffLittle), 8, 0, 0, 0, 1, 0, 0x01, 0xb0, typeLong, 0, 1, 0, 0, 0, pictures, 0, 0, 0, 0, 0, 0, 0)
		m, err := decodeBytes(append(afterSOI(photo, appendSegment(nil, markerAPP2, index)), photo...))
		if err != nil || m.W != 9 || !slices.Equal(m.Notes, want) {
			t.Errorf("%d pictures: %v, %v", pictures, m, err)
		}
	}
}
