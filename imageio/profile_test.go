package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

var adobeColumns = map[string][3]float64{
	"rXYZ": {0.60974, 0.31111, 0.01947}, "gXYZ": {0.20528, 0.62567, 0.06087}, "bXYZ": {0.14919, 0.06322, 0.74457},
}

// iccOf is a profile with primaries and one curve for all channels; space is "RGB " or "GRAY".
func iccOf(space, name string, columns map[string][3]float64, curve []byte) []byte {
	tags := map[string][]byte{"rTRC": curve, "gTRC": curve, "bTRC": curve}
	if space == "GRAY" {
		tags = map[string][]byte{"kTRC": curve}
	}
	text := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	tags["desc"] = append(append(text, name...), make([]byte, 79)...)
	for tag, xyz := range columns {
		data := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range xyz {
			data = binary.BigEndian.AppendUint32(data, uint32(int32(math.Round(v*65536))))
		}
		tags[tag] = data
	}
	out := make([]byte, 128)
	copy(out[16:], space)
	copy(out[36:], "acsp")
	out = binary.BigEndian.AppendUint32(out, uint32(len(tags)))
	at := len(out) + 12*len(tags)
	var body []byte
	for tag, data := range tags {
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		body = append(body, data...)
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

func gammaCurve(g float64) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), 1)
	return binary.BigEndian.AppendUint16(out, uint16(g*256))
}

func tableCurve(f func(float64) float64) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), 1024)
	for i := range 1024 {
		out = binary.BigEndian.AppendUint16(out, uint16(math.Round(65535*f(float64(i)/1023))))
	}
	return out
}

// formulaCurve is the sRGB curve as formula 3.
func formulaCurve() []byte {
	out := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
		out = binary.BigEndian.AppendUint32(out, uint32(math.Round(v*65536)))
	}
	return out
}

func TestProfileNotes(t *testing.T) {
	// A name as version 4 has it, in two bytes a letter.
	named4 := iccOf("RGB ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", adobeColumns, gammaCurve(2.2))
	at := bytes.Index(named4, []byte("desc\x00\x00\x00\x00"))
	mluc := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	mluc = binary.BigEndian.AppendUint32(mluc, 20)
	mluc = binary.BigEndian.AppendUint32(mluc, 28)
	for _, w := range utf16.Encode([]rune("Display P3")) {
		mluc = binary.BigEndian.AppendUint16(mluc, w)
	}
	copy(named4[at:], mluc)

	cases := map[string]struct {
		icc  []byte
		name string // "" for no note
	}{
		"sRGB by a formula":         {iccOf("RGB ", "whatever", sRGBColumns, formulaCurve()), ""},
		"sRGB by a table":           {iccOf("RGB ", "whatever", sRGBColumns, tableCurve(linear)), ""},
		"sRGB with gamma 2.2":       {iccOf("RGB ", "whatever", sRGBColumns, gammaCurve(2.2)), ""},
		"linear sRGB":               {iccOf("RGB ", "sRGB linear", sRGBColumns, tableCurve(func(v float64) float64 { return v })), "sRGB linear"},
		"gamma 1.8":                 {iccOf("RGB ", "Apple", sRGBColumns, gammaCurve(1.8)), "Apple"},
		"Adobe RGB":                 {iccOf("RGB ", "Adobe RGB (1998)", adobeColumns, gammaCurve(2.2)), "Adobe RGB (1998)"},
		"version 4":                 {named4, "Display P3"},
		"grey":                      {iccOf("GRAY", "Gray Gamma 2.2", nil, gammaCurve(2.2)), ""},
		"dot gain":                  {iccOf("GRAY", "Dot Gain 20%", nil, gammaCurve(1.7)), "Dot Gain 20%"},
		"tables named sRGB":         {iccOf("RGB ", "sRGB v4 preference", nil, nil), ""},
		"tables":                    {iccOf("RGB ", "Scanner", nil, nil), "Scanner"},
		"cmyk":                      {iccOf("CMYK", "FOGRA39", nil, nil), "FOGRA39"},
		"without a name":            {iccOf("CMYK", "", nil, nil), "without a name"},
		"a name of several lines":   {iccOf("CMYK", "a\nb\tc\x80d", nil, nil), "abcd"},
		"no profile":                {[]byte("hello"), ""},
		"a length beyond the curve": {iccOf("RGB ", "odd", sRGBColumns, append([]byte("curv\x00\x00\x00\x00\xff\xff\xff\xff"), 0, 0)), "odd"},
	}
	for name, k := range cases {
		var want []string
		if k.name != "" {
			want = []string{keptOut(k.name)}
		}
		if got := profileNotes(k.icc); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
		for n := range k.icc { // cut anywhere
			profileNotes(k.icc[:n])
		}
	}
}

func TestProfilesAreFoundInEveryFormat(t *testing.T) {
	icc := iccOf("RGB ", "Adobe RGB (1998)", adobeColumns, gammaCurve(2.2))
	img := image.NewRGBA(image.Rect(0, 0, 24, 16))
	paint(img, 0xffff)
	file := pngBytes(t, img)
	with := func(chunks ...[]byte) []byte {
		return append(append(slices.Clone(file[:33]), bytes.Join(chunks, nil)...), file[33:]...)
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(icc)
	z.Close()
	iccp := chunk("iCCP", append([]byte("a name\x00\x00"), packed.Bytes()...))
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
	values := make([]int, len(icc))
	for i, v := range icc {
		values[i] = int(v)
	}
	adobe := keptOut("Adobe RGB (1998)")
	for name, k := range map[string]struct {
		file []byte
		note string
	}{
		"iCCP":               {with(iccp), adobe},
		"iCCP before gAMA":   {with(iccp, gama(100000)), adobe},
		"cICP before iCCP":   {with(chunk("cICP", []byte{1, 13, 0, 1}), iccp), ""},
		"PQ":                 {with(chunk("cICP", []byte{9, 16, 0, 1})), keptOut("BT.2020, PQ")},
		"sRGB before gAMA":   {with(chunk("sRGB", []byte{0}), gama(100000), wide), ""},
		"gAMA of sRGB":       {with(gama(45455), ours), ""},
		"gAMA of light":      {with(gama(100000)), keptOut("gamma 1")},
		"gAMA of 1.8":        {with(gama(55556), ours), keptOut("gamma 1.8")},
		"cHRM of P3":         {with(gama(45455), wide), keptOut("primaries 0.68 0.32, 0.265 0.69, 0.15 0.06")},
		"nothing":            {file, ""},
		"JPEG in two pieces": {afterSOI(jpegBytes(t, img, 90), segment(1, icc[:100]), segment(2, icc[100:])), adobe},
		"TIFF":               {rawTIFF(binary.BigEndian, make([]byte, 72), plainTIFF(6, 4, tiffRGB, 3, 8, tiffField{tagICC, typeUndefined, values})...), adobe},
		"WebP":               {webpWith(testdata(t, "lossy.webp"), 24, 16, 1<<5, "ICCP", icc), adobe},
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

func FuzzProfile(f *testing.F) {
	f.Add(iccOf("RGB ", "Adobe RGB (1998)", adobeColumns, gammaCurve(2.2)))
	f.Add(iccOf("RGB ", "sRGB", sRGBColumns, formulaCurve()))
	f.Add(iccOf("RGB ", "sRGB", sRGBColumns, tableCurve(linear)))
	f.Add(iccOf("GRAY", "grey", nil, gammaCurve(1.8)))
	f.Fuzz(func(t *testing.T, icc []byte) {
		for _, note := range profileNotes(icc) {
			if strings.ContainsAny(note, "\n\r\x00") || len(note) > 400 {
				t.Fatalf("%q", note)
			}
		}
	})
}
