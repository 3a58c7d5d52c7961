package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"igs/imageio/icc"
	"igs/imageio/icc/icctest"
	"igs/internal/srgb"
)

var adobeRGB = icctest.RGB("Adobe RGB (1998)", icctest.AdobeRGB, icctest.Gamma(563.0/256)).Bytes()

func TestProfilesAreFoundInEveryFormat(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 24, 16))
	paint(img, 0xffff)
	file := pngBytes(t, img)
	with := func(chunks ...[]byte) []byte {
		return append(append(slices.Clone(file[:33]), bytes.Join(chunks, nil)...), file[33:]...)
	}
	iccp := profileChunk(adobeRGB)
	gama := func(v uint32) []byte { return chunk("gAMA", binary.BigEndian.AppendUint32(nil, v)) }
	chrm := func(xy ...uint32) []byte {
		var b []byte
		for _, v := range xy {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return chunk("cHRM", b)
	}
	ours := chrm(31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
	wide := chrm(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
	segment := func(number byte, part []byte) []byte {
		s := app1(append([]byte(iccMagic+string([]byte{number, 2})), part...))
		s[1] = markerAPP2
		return s
	}
	values := make([]int, len(adobeRGB))
	for i, v := range adobeRGB {
		values[i] = int(v)
	}
	adobe := converted("Adobe RGB (1998)")
	for name, k := range map[string]struct {
		file []byte
		note string
	}{
		"iCCP":               {with(iccp), adobe},
		"iCCP before gAMA":   {with(iccp, gama(100000)), adobe},
		"cICP before iCCP":   {with(chunk("cICP", []byte{1, 13, 0, 1}), iccp), ""},
		"PQ":                 {with(chunk("cICP", []byte{9, 16, 0, 1})), notApplied("BT.2020, PQ")},
		"sRGB before gAMA":   {with(chunk("sRGB", []byte{0}), gama(100000), wide), ""},
		"gAMA of sRGB":       {with(gama(45455), ours), ""},
		"gAMA of light":      {with(gama(100000)), notApplied("gamma 1")},
		"gAMA of 1.8":        {with(gama(55556), ours), notApplied("gamma 1.8")},
		"cHRM of P3":         {with(gama(45455), wide), notApplied("primaries 0.68 0.32, 0.265 0.69, 0.15 0.06")},
		"nothing":            {file, ""},
		"JPEG in two pieces": {afterSOI(jpegBytes(t, img, 90), segment(1, adobeRGB[:100]), segment(2, adobeRGB[100:])), adobe},
		"JPEG, second first": {afterSOI(jpegBytes(t, img, 90), segment(2, adobeRGB[100:]), segment(1, adobeRGB[:100])), adobe},
		"JPEG, a piece gone": {afterSOI(jpegBytes(t, img, 90), segment(2, adobeRGB[100:])), ""},
		"TIFF":               {rawTIFF(binary.BigEndian, make([]byte, 72), plainTIFF(6, 4, tiffRGB, 3, 8, tiffField{tagICC, typeUndefined, values})...), adobe},
		"WebP":               {webpWith(testdata(t, "lossy.webp"), 24, 16, 1<<5, "ICCP", adobeRGB), adobe},
	} {
		m, err := decodeBytes(k.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(m.Notes, "|"); got != k.note {
			t.Errorf("%s: notes %q", name, m.Notes)
		}
	}
}

// coloured is a picture of 8 or 16 bits for tests of profiles.
func coloured(deep bool) image.Image {
	r := image.Rect(0, 0, 31, 33)
	if deep {
		m := image.NewRGBA64(r)
		paint(m, 0xffff)
		return m
	}
	m := image.NewRGBA(r)
	paint(m, 0xffff)
	return m
}

// withProfile puts a profile into a PNG.
func withProfile(file, profile []byte) []byte {
	return slices.Concat(file[:33], profileChunk(profile), file[33:])
}

func profileChunk(profile []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(profile)
	z.Close()
	return chunk("iCCP", append([]byte("a name\x00\x00"), packed.Bytes()...))
}

// Reading a picture with a profile gives the same samples as converting the picture without the profile, in any
// orientation.
func TestProfilesAreApplied(t *testing.T) {
	for _, deep := range []bool{false, true} {
		for _, turn := range []orientation{upright, turnRight} {
			plainFile := pngBytes(t, coloured(deep))
			exif := chunk("eXIf", tiffWith(binary.BigEndian, typeShort, uint32(turn)))
			plainFile = slices.Concat(plainFile[:33], exif, plainFile[33:])
			want, err := decodeSamples(plainFile)
			if err != nil {
				t.Fatal(err)
			}
			before := want.Image()
			apply(want, icc.Parse(adobeRGB))
			got, err := decodeSamples(withProfile(plainFile, adobeRGB))
			if err != nil {
				t.Fatal(err)
			}
			if got.Depth != want.Depth || !slices.Equal(got.bytes, want.bytes) || !slices.Equal(got.words, want.words) {
				t.Errorf("deep %t, turn %d: not the samples of the converter", deep, turn)
			}
			if slices.Equal(got.Image().Pix, before.Pix) {
				t.Errorf("deep %t, turn %d: samples did not change", deep, turn)
			}
		}
	}
}

// decodeSamples is ReadSamples for a file in memory.
func decodeSamples(data []byte) (*Samples, error) {
	s, err := newSource(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return s.samples(Alpha{Drop: true})
}

// apply converts samples row by row.
func apply(s *Samples, p *icc.Profile) {
	eight, sixteen := icc.NewConverter[uint8](p), icc.NewConverter[uint16](p)
	for y := range s.H {
		if s.Depth == 8 {
			eight.Row([][]uint8{s.Row8(0, y), s.Row8(1, y), s.Row8(2, y)})
		} else {
			sixteen.Row([][]uint16{s.Row16(0, y), s.Row16(1, y), s.Row16(2, y)})
		}
	}
}

// Samples do not change when the profile is sRGB, cannot be applied, or is to be ignored.
func TestSamplesStayAsStored(t *testing.T) {
	file := pngBytes(t, coloured(true))
	want, err := decodeSamples(file)
	if err != nil {
		t.Fatal(err)
	}
	inks := icctest.Profile{Space: "CMYK", Tags: map[string][]byte{"desc": icctest.Text("FOGRA39")}}
	for name, k := range map[string]struct {
		profile []byte
		options Options
		note    string
	}{
		"sRGB":            {icctest.RGB("x", icctest.SRGB, icctest.SRGBFormula()).Bytes(), Options{}, ""},
		"sRGB by a table": {icctest.RGB("x", icctest.SRGB, icctest.Table(1024, srgb.Light)).Bytes(), Options{}, ""},
		"inks":            {inks.Bytes(), Options{}, notApplied("FOGRA39")},
		"grey for colour": {icctest.Grey("Dot Gain", icctest.Gamma(1.7)).Bytes(), Options{}, notApplied("Dot Gain")},
		"not wanted":      {adobeRGB, Options{AsStored: true}, notApplied("Adobe RGB (1998)")},
	} {
		path := filepath.Join(folder(t, map[string][]byte{"a.png": withProfile(file, k.profile)}), "a.png")
		got, err := ReadTarget(path, k.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(got.words, want.words) || got.Depth != 16 {
			t.Errorf("%s: samples changed", name)
		}
		if note := strings.Join(got.Notes, "|"); note != k.note {
			t.Errorf("%s: notes %q", name, got.Notes)
		}
	}
}

// A profile of a CMYK picture is not applied, even if it is for RGB.
func TestInksKeepTheirProfileOut(t *testing.T) {
	h := header{c: 3, cmyk: true}
	h.takeProfile(adobeRGB)
	if h.profile != nil || len(h.notes) != 1 {
		t.Errorf("profile %v, notes %q", h.profile, h.notes)
	}
}

// Greys with a common curve are the same as in a viewer with colour management.
func TestGreyProfileIsApplied(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 256, 1))
	for x := range 256 {
		img.Pix[x] = uint8(x)
	}
	s, err := decodeSamples(withProfile(pngBytes(t, img), icctest.Grey("Gray Gamma 2.2", icctest.Gamma(2.2)).Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for x, got := range s.Row8(0, 0) {
		want := 255 * srgb.Sample(math.Pow(float64(x)/255, 563.0/256))
		if math.Abs(float64(got)-want) > 0.502 {
			t.Errorf("%d became %d, want %g", x, got, want)
		}
	}
	if s.C != 1 || !slices.Equal(s.Notes, []string{converted("Gray Gamma 2.2")}) {
		t.Errorf("%d channels, notes %q", s.C, s.Notes)
	}
}
