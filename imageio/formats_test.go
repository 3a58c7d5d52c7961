package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tiffField is an entry of a TIFF directory. Its values are shorts, unless kind says otherwise.
type tiffField struct {
	tag, kind int
	values    []int
}

// rawTIFF writes a TIFF with any directory, and with the pixels in one strip.
func rawTIFF(order binary.AppendByteOrder, pixels []byte, fields ...tiffField) []byte {
	out := []byte(tiffLittle)
	if order == binary.AppendByteOrder(binary.BigEndian) {
		out = []byte(tiffBig)
	}
	out = order.AppendUint32(out, uint32(8+len(pixels)))
	out = append(out, pixels...)
	fields = append(fields, tiffField{273, typeLong, []int{8}}, tiffField{279, typeLong, []int{len(pixels)}})
	slices.SortFunc(fields, func(a, b tiffField) int { return a.tag - b.tag })
	behind := len(out) + 2 + 12*len(fields) + 4
	var rest []byte
	out = order.AppendUint16(out, uint16(len(fields)))
	for _, f := range fields {
		var data []byte
		for _, v := range f.values {
			switch f.kind {
			case typeLong:
				data = order.AppendUint32(data, uint32(v))
			case typeUndefined:
				data = append(data, byte(v))
			default:
				data = order.AppendUint16(data, uint16(v))
			}
		}
		out = order.AppendUint16(out, uint16(f.tag))
		out = order.AppendUint16(out, uint16(max(f.kind, typeShort)))
		out = order.AppendUint32(out, uint32(len(f.values)))
		if len(data) <= 4 {
			out = append(append(out, data...), make([]byte, 4-len(data))...)
			continue
		}
		out = order.AppendUint32(out, uint32(behind+len(rest)))
		rest = append(rest, data...)
	}
	return append(order.AppendUint32(out, 0), rest...)
}

// plainTIFF has the fields of a plain picture, for a number of samples and of bits.
func plainTIFF(w, h, photometric, samples, bits int, more ...tiffField) []tiffField {
	all := make([]int, samples)
	for i := range all {
		all[i] = bits
	}
	fields := []tiffField{
		{tag: tagWidth, values: []int{w}}, {tag: tagHeight, values: []int{h}}, {tag: tagBits, values: all}, {tag: tagCompression, values: []int{1}},
		{tag: tagPhotometric, values: []int{photometric}}, {tag: tagSamples, values: []int{samples}},
	}
	for _, m := range more {
		fields = slices.DeleteFunc(fields, func(f tiffField) bool { return f.tag == m.tag })
	}
	return append(fields, more...)
}

func one(tag, value int) tiffField { return tiffField{tag: tag, values: []int{value}} }

func TestReadTIFFKeepsEverySample(t *testing.T) {
	area := image.Rect(0, 0, 23, 11)
	grey, grey16 := image.NewGray(area), image.NewGray16(area)
	rgb16, nrgba := image.NewRGBA64(area), image.NewNRGBA(area)
	paint(grey, 0xffff)
	paint(grey16, 0xffff)
	paint(rgb16, 0xffff)
	paint(nrgba, 0x8080)
	cases := map[string]struct {
		img      image.Image
		c, depth int
		want     func(c, y, x int) float32
	}{
		"grey":    {grey, 1, 8, func(_, y, x int) float32 { return float32(grey.GrayAt(x, y).Y) / 255 }},
		"grey 16": {grey16, 1, 16, func(_, y, x int) float32 { return float32(grey16.Gray16At(x, y).Y) / 65535 }},
		"alpha":   {nrgba, 3, 8, func(c, y, x int) float32 { return float32(nrgba.Pix[nrgba.PixOffset(x, y)+c]) / 255 }},
		"rgb 16": {rgb16, 3, 16, func(c, y, x int) float32 {
			p := rgb16.RGBA64At(x, y)
			return float32([]uint16{p.R, p.G, p.B}[c]) / 65535
		}},
	}
	for name, k := range cases {
		for _, pack := range []tiff.CompressionType{tiff.Uncompressed, tiff.Deflate} {
			var b bytes.Buffer
			if err := tiff.Encode(&b, k.img, &tiff.Options{Compression: pack, Predictor: pack == tiff.Deflate}); err != nil {
				t.Fatal(err)
			}
			path := save(t, "picture.png", b.Bytes()) // the ending must not matter
			m, err := ReadFloats(path, Options{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if m.W != 23 || m.H != 11 || m.C != k.c || m.Depth != k.depth || !slices.Equal(m.Layers, []Layer{{"picture", k.c, k.depth, 0, 1, false}}) {
				t.Errorf("%s: %d x %d x %d, depth %d, layers %v", name, m.W, m.H, m.C, m.Depth, m.Layers)
			}
			if (len(m.Notes) == 1) != (name == "alpha") {
				t.Errorf("%s: notes %q", name, m.Notes)
			}
			for i, v := range m.Pix {
				c, y, x := i/(23*11), i/23%11, i%23
				if v != k.want(c, y, x) {
					t.Fatalf("%s: channel %d, row %d, column %d: %v, want %v", name, c, y, x, v, k.want(c, y, x))
				}
			}
			if size, err := ReadSize(path); size != (Size{23, 11, k.c, k.depth}) || err != nil {
				t.Errorf("%s: %+v, %v", name, size, err)
			}
		}
	}
}

// Files that libtiff, FFmpeg and libwebp wrote, compared with what ImageMagick and dwebp decode.
func TestReadFilesOfOthers(t *testing.T) {
	for name, k := range map[string]struct {
		want  string
		depth int
		off   float64 // steps of 8 bits; other rounding of chroma changes blue by up to 2.02, and of luma by 1
	}{
		"tiles.tiff": {"source.png", 8, 0}, "deep.tiff": {"source.png", 16, 0}, "packbits.tiff": {"source.png", 8, 0},
		"palette.tiff": {"palette.png", 8, 0}, "lossless.webp": {"source.png", 8, 0},
		"lossy.webp": {"lossy.png", 8, 3.1}, "alpha.webp": {"alpha.png", 8, 3.1},
	} {
		want, err := decodeBytes(testdata(t, k.want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeBytes(testdata(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.W != want.W || got.H != want.H || got.C != 3 || got.Depth != k.depth || !slices.Equal(got.Notes, want.Notes) {
			t.Errorf("%s: %d x %d x %d, depth %d, notes %q, want %q", name, got.W, got.H, got.C, got.Depth, got.Notes, want.Notes)
			continue
		}
		sum := 0.0
		for i, v := range got.Pix {
			off := 255 * math.Abs(float64(v-want.Pix[i]))
			if off > k.off {
				t.Fatalf("%s: sample %d is %v, want %v", name, i, v*255, want.Pix[i]*255)
			}
			sum += off
		}
		if mean := sum / float64(len(got.Pix)); mean > k.off/10 {
			t.Errorf("%s: %.2f steps off in the mean", name, mean)
		}
	}
}

func TestReadRareKindsOfTIFF(t *testing.T) {
	little, big := binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	cases := map[string]struct {
		file  []byte
		want  []float32
		notes []string
	}{
		"palette of 8 bits": {rawTIFF(little, []byte{1, 0}, plainTIFF(2, 1, tiffPalette, 1, 8, tiffField{tag: 320, values: []int{10, 20, 30, 40, 50, 60}})...),
			[]float32{20, 10, 40, 30, 60, 50}, nil},
		"palette of 16 bits": {rawTIFF(little, []byte{1, 0}, plainTIFF(2, 1, tiffPalette, 1, 8, tiffField{tag: 320, values: []int{10 << 8, 20 * 257, 30 << 8, 40 << 8, 50, 60 * 257}})...),
			[]float32{20, 10, 40, 30, 60, 0}, nil},
		"one bit":       {rawTIFF(little, []byte{0b10100000}, plainTIFF(3, 1, tiffBlackIsZero, 1, 1)...), []float32{255, 0, 255}, nil},
		"white is zero": {rawTIFF(big, []byte{0, 200}, plainTIFF(2, 1, tiffWhiteIsZero, 1, 8)...), []float32{255, 55}, nil},
		"turned":        {rawTIFF(big, []byte{1, 2, 3, 4, 5, 6}, plainTIFF(3, 2, tiffBlackIsZero, 1, 8, one(tagOrientation, 6))...), []float32{4, 1, 5, 2, 6, 3}, []string{"turned as its EXIF orientation 6 says"}},
		"straight alpha": {rawTIFF(little, []byte{9, 8, 7, 128}, plainTIFF(1, 1, tiffRGB, 4, 8, one(tagExtraSamples, tiffStraight))...), []float32{9, 8, 7},
			[]string{"alpha channel dropped"}},
		"associated alpha": {rawTIFF(little, []byte{9, 8, 7, 128}, plainTIFF(1, 1, tiffRGB, 4, 8, one(tagExtraSamples, tiffAssociated))...), []float32{9, 8, 7},
			[]string{overBlack}},
		"associated alpha that is opaque": {rawTIFF(little, []byte{9, 8, 7, 255}, plainTIFF(1, 1, tiffRGB, 4, 8, one(tagExtraSamples, tiffAssociated))...), []float32{9, 8, 7}, nil},
	}
	for name, k := range cases {
		m, err := decodeBytes(k.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, v := range k.want {
			if m.Pix[i] != v/255 {
				t.Errorf("%s: sample %d is %v, want %v", name, i, m.Pix[i]*255, v)
			}
		}
		if !slices.Equal(m.Notes, k.notes) {
			t.Errorf("%s: notes %q", name, m.Notes)
		}
	}
}

func TestReadRefusesOtherTIFFAndWebP(t *testing.T) {
	raw := func(samples, bits, photometric int, more ...tiffField) []byte {
		return rawTIFF(binary.LittleEndian, make([]byte, 64), plainTIFF(2, 2, photometric, samples, bits, more...)...)
	}
	var webp16k []byte // a header of 16384 x 16384 px without data
	webp16k = append(webp16k, "RIFF\x1e\x00\x00\x00WEBPVP8L\x12\x00\x00\x00\x2f\xff\xff\xff\x0f"...)
	webp16k = append(webp16k, make([]byte, 13)...)
	for name, k := range map[string]struct {
		says string
		file []byte
	}{
		"fax":               {"fax compression", raw(1, 1, 0, one(tagCompression, 4))},
		"strange packing":   {"unknown (77) compression", raw(1, 8, 1, one(tagCompression, 77))},
		"cmyk":              {"CMYK", raw(4, 8, 5)},
		"lab":               {"CIELab", raw(3, 8, 8)},
		"mask":              {"a mask", raw(1, 8, 4)},
		"no photometric":    {"colours of an unknown kind", raw(1, 8, 77)},
		"float":             {"float samples", testdata(t, "float.tiff")},
		"signed":            {"signed", raw(1, 16, 1, one(tagSampleFormat, 2))},
		"four bits":         {"4 bits", raw(1, 4, 1)},
		"rgb of one bit":    {"1 bits", raw(3, 1, 2)},
		"palette of 16":     {"indices of 16 bits", raw(1, 16, 3)},
		"unknown fourth":    {"fourth channel", raw(4, 8, 2)},
		"five channels":     {"5 channels", raw(5, 8, 2)},
		"grey and alpha":    {"2 channels", raw(2, 8, 1, one(tagExtraSamples, 2))},
		"planar":            {"planar", testdata(t, "planar.tiff")},
		"reverse":           {"reverse order", raw(1, 1, 1, one(tagFillOrder, 2))},
		"float predictor":   {"predictor", raw(1, 8, 1, one(tagPredictor, 3))},
		"contradiction":     {"4 samples a pixel, bits of 3", raw(3, 8, 2, one(tagSamples, 4))},
		"too large":         {"too large: 40000 x 2", raw(1, 8, 1, one(tagWidth, 40000))},
		"forged size":       {"truncated", raw(3, 16, 2, one(tagWidth, 32768), one(tagHeight, 32768))},
		"no size":           {"without pixels", raw(1, 8, 1, one(tagWidth, 0))},
		"bigtiff":           {"BigTIFF", []byte("II+\x00\x08\x00\x00\x00...........")},
		"tiff without ifd":  {"truncated", []byte("II*\x00\xff\xff\x00\x00")},
		"animation":         {"animation", webpWith(testdata(t, "lossy.webp"), 24, 16, webpAnimation, "ANIM", make([]byte, 6))},
		"webp of nothing":   {"no picture", []byte("RIFF\x04\x00\x00\x00WEBP")},
		"webp of one byte":  {"truncated", []byte("RIFF\x14\x00\x00\x00WEBP")},
		"webp forged size":  {"truncated", webp16k},
		"truncated openexr": {"truncated", []byte("v/1\x01\x02\x00\x00\x00channels\x00")},
	} {
		path := save(t, "odd.bin", k.file)
		_, err := ReadFloats(path, Options{})
		if err == nil || !strings.Contains(err.Error(), k.says) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		complaint(t, path, err)
		if _, err := ReadSize(path); err == nil {
			t.Errorf("%s: its size can be read", name)
		}
	}
}

// A forged header must not make a decoder allocate more than the file can fill.
func TestForgedHeadersCostLittleMemory(t *testing.T) {
	for _, file := range [][]byte{
		rawTIFF(binary.BigEndian, make([]byte, 99), plainTIFF(32768, 32768, tiffRGB, 3, 16, one(tagCompression, 8))...),
		rawTIFF(binary.BigEndian, make([]byte, 99), plainTIFF(32768, 32768, tiffBlackIsZero, 1, 1, one(tagCompression, 5))...),
		append([]byte("RIFF\x1e\x00\x00\x00WEBPVP8L\x12\x00\x00\x00\x2f\xff\xff\xff\x0f"), make([]byte, 13)...),
		append([]byte("RIFF\x1e\x00\x00\x00WEBPVP8 \x12\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"), make([]byte, 8)...),
		exrOf(32768, 32768, nil),
		webpWithAlpha(46416, 46160, 0, 1, 1), // 2 GB of alpha
		webpWithAlpha(8192, 8192, 1, 1, 1),
		webpWithAlpha(16383, 16383, 0, 16383, 16383),
		webpWithAlpha(16383, 16383, 1, 16383, 16383),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadFloats(save(t, "forged", file), Options{})
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Fatal("no error")
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%q: %d bytes allocated for a file of %d", file[:4], used, len(file))
		}
	}
}

func TestTruncatedTIFFAndWebP(t *testing.T) {
	for _, name := range []string{"tiles.tiff", "deep.tiff", "packbits.tiff", "lossless.webp", "lossy.webp", "alpha.webp"} {
		whole := testdata(t, name)
		want, err := decodeBytes(whole)
		if err != nil {
			t.Fatal(err)
		}
		for n := 16; n < len(whole); n++ { // a TIFF may end after its pixels
			m, err := decodeBytes(whole[:n])
			if err == nil && (strings.HasSuffix(name, "webp") || m.W != want.W || m.H != want.H || !slices.Equal(m.Pix, want.Pix)) {
				t.Fatalf("%s of %d of %d bytes was accepted: %d x %d", name, n, len(whole), m.W, m.H)
			}
		}
		if _, err := decodeBytes(whole[:len(whole)/2]); err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("half of %s: %v", name, err)
		}
	}
}

// webpWith adds a chunk at the end of a file, and a VP8X chunk before the others.
func webpWith(file []byte, w, h int, flags byte, kind string, data []byte) []byte {
	riff := func(kind string, data []byte) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
		return append(append(out, data...), make([]byte, len(data)%2)...)
	}
	body := append([]byte("WEBP"), riff("VP8X", []byte{flags, 0, 0, 0, byte(w - 1), 0, 0, byte(h - 1), 0, 0})...)
	if kind == "ICCP" {
		body = append(append(body, riff(kind, data)...), file[12:]...)
	} else {
		body = append(append(body, file[12:]...), riff(kind, data)...)
	}
	return riff("RIFF", body)
}

// webpWithAlpha is a WebP with a canvas, an alpha plane of the given packing, and a nearly empty picture of w x h px.
func webpWithAlpha(canvasW, canvasH int, packing byte, w, h int) []byte {
	side := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n-1))[:3] }
	out := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00"), append(side(canvasW), side(canvasH)...)...)
	out = append(out, "ALPH\x0a\x00\x00\x00"...)
	out = append(out, packing, 0x88, 0x88, 0x08, 0, 0, 0, 0, 0, 0) // packed, an image of one colour
	out = append(out, "VP8 \x12\x00\x00\x00\x10\x00\x00\x9d\x01\x2a"...)
	out = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(out, uint16(w)), uint16(h))
	out = append(out, make([]byte, 8)...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func TestOrientationOfOtherFormats(t *testing.T) {
	exif := tiffWith(binary.BigEndian, typeShort, 6)
	grey := pngBytes(t, image.NewGray(image.Rect(0, 0, 24, 16)))
	before, behind := append(slices.Clone(grey[:33]), chunk("eXIf", exif)...), slices.Clone(grey[:len(grey)-12])
	for name, file := range map[string][]byte{
		"eXIf before the pixels": append(before, grey[33:]...),
		"eXIf behind the pixels": append(append(behind, chunk("eXIf", exif)...), grey[len(grey)-12:]...),
		"WebP":                   webpWith(testdata(t, "lossy.webp"), 24, 16, 1<<3, "EXIF", exif),
		"WebP with a prefix":     webpWith(testdata(t, "lossless.webp"), 24, 16, 1<<3, "EXIF", append([]byte(exifMagic), exif...)),
	} {
		path := save(t, "turned", file)
		m, err := ReadFloats(path, Options{})
		if err != nil || m.W != 16 || m.H != 24 || len(m.Notes) != 1 {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		if size, err := ReadSize(path); size.W != 16 || size.H != 24 || err != nil {
			t.Errorf("%s: %+v, %v", name, size, err)
		}
	}
}
