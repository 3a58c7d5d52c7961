package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/internal/parallel"
)

// paint fills a picture with samples that differ between pixels and between channels. The type of
// img may round them.
func paint(img interface {
	Set(x, y int, c color.Color)
	Bounds() image.Rectangle
}, alpha uint16) {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			img.Set(x, y, color.NRGBA64{uint16(x*9001 + y*77), uint16(y*7001 + x), uint16(x*y*501 + 3), alpha})
		}
	}
}

func TestReadKeepsEverySample(t *testing.T) {
	area := image.Rect(0, 0, 5, 4)
	grey, grey16 := image.NewGray(area), image.NewGray16(area)
	rgb, rgb16 := image.NewRGBA(area), image.NewRGBA64(area)
	nrgba, nrgba16 := image.NewNRGBA(area), image.NewNRGBA64(area)
	paint(grey, 0xffff)
	paint(grey16, 0xffff)
	paint(rgb, 0xffff)
	paint(rgb16, 0xffff)
	paint(nrgba, 0x0a0a)
	paint(nrgba16, 0x0a0b)
	dropped := []string{"alpha channel dropped"}
	cases := []struct {
		name     string
		img      image.Image
		c, depth int
		notes    []string
		want     func(c, y, x int) float64
	}{
		{"grey", grey, 1, 8, nil, func(c, y, x int) float64 { return float64(grey.GrayAt(x, y).Y) / 255 }},
		{"grey 16", grey16, 1, 16, nil, func(c, y, x int) float64 { return float64(grey16.Gray16At(x, y).Y) / 65535 }},
		{"rgb", rgb, 3, 8, nil, func(c, y, x int) float64 { return float64(rgb.Pix[rgb.PixOffset(x, y)+c]) / 255 }},
		{"rgb 16", rgb16, 3, 16, nil, func(c, y, x int) float64 {
			p := rgb16.RGBA64At(x, y)
			return float64([]uint16{p.R, p.G, p.B}[c]) / 65535
		}},
		{"alpha", nrgba, 3, 8, dropped, func(c, y, x int) float64 { return float64(nrgba.Pix[nrgba.PixOffset(x, y)+c]) / 255 }},
		{"alpha 16", nrgba16, 3, 16, dropped, func(c, y, x int) float64 {
			p := nrgba16.NRGBA64At(x, y)
			return float64([]uint16{p.R, p.G, p.B}[c]) / 65535
		}},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			path := save(t, "picture.dat", pngBytes(t, k.img)) // the ending must not matter
			m, err := ReadFloats(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if m.W != 5 || m.H != 4 || m.C != k.c || m.Depth != k.depth || !slices.Equal(m.Notes, k.notes) {
				t.Errorf("read %d x %d x %d, depth %d, notes %q", m.W, m.H, m.C, m.Depth, m.Notes)
			}
			for c := range m.C {
				for y := range m.H {
					for x := range m.W {
						if got, want := m.At(c, y, x), float32(k.want(c, y, x)); got != want {
							t.Fatalf("channel %d, row %d, column %d: %v, want %v", c, y, x, got, want)
						}
					}
				}
			}
			size, err := ReadSize(path)
			if size != (Size{5, 4, k.c, k.depth}) || err != nil {
				t.Errorf("ReadSize = %+v, %v", size, err)
			}
		})
	}
}

func TestReadRareKindsOfPNG(t *testing.T) {
	colours := chunk("PLTE", []byte{10, 20, 30, 200, 100, 50, 1, 2, 3})
	cases := []struct {
		name     string
		file     []byte
		c, depth int
		dropped  bool
		want     []float32 // in units of 1/255 or 1/65535, planar
	}{
		{"grey and alpha", rawPNG(2, 1, 8, pngGreyAlpha, [][]byte{{200, 0, 7, 128}}), 1, 8, true, []float32{200, 7}},
		{"grey and opaque alpha", rawPNG(2, 1, 8, pngGreyAlpha, [][]byte{{200, 255, 7, 255}}), 1, 8, false, []float32{200, 7}},
		{"grey and alpha 16", rawPNG(1, 2, 16, pngGreyAlpha, [][]byte{{1, 2, 0, 0}, {3, 4, 255, 254}}), 1, 16, true, []float32{258, 772}},
		{"opaque alpha", rawPNG(1, 1, 8, pngRGBA, [][]byte{{9, 8, 7, 255}}), 3, 8, false, []float32{9, 8, 7}},
		{"opaque alpha 16", rawPNG(1, 1, 16, pngRGBA, [][]byte{{0, 9, 0, 8, 0, 7, 255, 255}}), 3, 16, false, []float32{9, 8, 7}},
		{"alpha 16 that is almost opaque", rawPNG(1, 1, 16, pngRGBA, [][]byte{{0, 9, 0, 8, 0, 7, 255, 254}}), 3, 16, true, []float32{9, 8, 7}},
		{"one bit", rawPNG(3, 1, 1, pngGrey, [][]byte{{0b10100000}}), 1, 8, false, []float32{255, 0, 255}},
		{"two bits", rawPNG(4, 1, 2, pngGrey, [][]byte{{0b00011011}}), 1, 8, false, []float32{0, 85, 170, 255}},
		{"grey with a clear colour", rawPNG(2, 1, 8, pngGrey, [][]byte{{5, 6}}, chunk("tRNS", []byte{0, 6})), 1, 8, true, []float32{5, 6}},
		{"grey whose clear colour is unused", rawPNG(2, 1, 8, pngGrey, [][]byte{{5, 6}}, chunk("tRNS", []byte{0, 9})), 1, 8, false, []float32{5, 6}},
		{"rgb with a clear colour", rawPNG(1, 1, 8, pngRGB, [][]byte{{5, 6, 7}}, chunk("tRNS", []byte{0, 5, 0, 6, 0, 7})), 3, 8, true, []float32{5, 6, 7}},
		{"rgb that looks grey", rawPNG(1, 1, 8, pngRGB, [][]byte{{6, 6, 6}}), 3, 8, false, []float32{6, 6, 6}},
		{"palette", rawPNG(2, 1, 8, pngPalette, [][]byte{{1, 0}}, colours), 3, 8, false, []float32{200, 10, 100, 20, 50, 30}},
		{"palette of 2 bits", rawPNG(3, 1, 2, pngPalette, [][]byte{{0b10010000}}, colours), 3, 8, false, []float32{1, 200, 10, 2, 100, 20, 3, 50, 30}},
		{"palette with a clear colour", rawPNG(2, 1, 8, pngPalette, [][]byte{{1, 0}}, colours, chunk("tRNS", []byte{255, 3})), 3, 8, true, []float32{200, 10, 100, 20, 50, 30}},
		{"palette whose clear colour is unused", rawPNG(2, 1, 8, pngPalette, [][]byte{{1, 0}}, colours, chunk("tRNS", []byte{255, 255, 0})), 3, 8, false, []float32{200, 10, 100, 20, 50, 30}},
		{"palette index without a colour", rawPNG(2, 1, 8, pngPalette, [][]byte{{200, 0}}, colours), 3, 8, false, []float32{0, 10, 0, 20, 0, 30}},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			m, err := decodeBytes(k.file)
			if err != nil {
				t.Fatal(err)
			}
			if m.C != k.c || m.Depth != k.depth || (len(m.Notes) > 0) != k.dropped {
				t.Errorf("channels %d, depth %d, notes %q", m.C, m.Depth, m.Notes)
			}
			top := float32(255)
			if k.depth == 16 {
				top = 65535
			}
			for i, v := range k.want {
				if m.Pix[i] != v/top {
					t.Errorf("sample %d = %v, want %v", i, m.Pix[i]*top, v)
				}
			}
		})
	}
}

func TestReadJPEG(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 17, 9))
	colour := image.NewRGBA(grey.Rect)
	for i := range grey.Pix {
		grey.Pix[i] = byte(40 + i%17*8)
	}
	for i := 0; i < len(colour.Pix); i += 4 {
		copy(colour.Pix[i:], []byte{200, 60, 30, 255})
	}
	m, err := decodeBytes(jpegBytes(t, grey, 100))
	if err != nil || m.W != 17 || m.H != 9 || m.C != 1 || m.Depth != 8 || m.Notes != nil {
		t.Fatalf("grey: %+v, %v", m, err)
	}
	for i, v := range m.Pix {
		if math.Abs(float64(v)*255-float64(grey.Pix[i])) > 2.5 {
			t.Fatalf("grey sample %d = %v, want %v", i, v*255, grey.Pix[i])
		}
	}
	m, err = decodeBytes(jpegBytes(t, colour, 100))
	if err != nil || m.C != 3 {
		t.Fatalf("colour: %+v, %v", m, err)
	}
	for c, want := range []float64{200, 60, 30} {
		for i, v := range m.Plane(c) {
			if math.Abs(float64(v)*255-want) > 2.5 {
				t.Fatalf("channel %d, sample %d = %v, want %v", c, i, v*255, want)
			}
		}
	}
}

// Segments may have any order. Huffman tables may come before the frame header.
func TestReadJPEGWithTablesFirst(t *testing.T) {
	file := jpegBytes(t, image.NewGray(image.Rect(0, 0, 9, 5)), 90)
	at := bytes.Index(file, []byte{0xff, markerDHT})
	n := int(binary.BigEndian.Uint16(file[at+2:]))
	m, err := decodeBytes(afterSOI(file, file[at:at+2+n]))
	if err != nil || m.W != 9 || m.H != 5 || m.C != 1 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestReadCMYK(t *testing.T) {
	m, err := inFloats(planar(&image.CMYK{Pix: []byte{0, 128, 255, 0, 10, 20, 30, 255}, Stride: 8, Rect: image.Rect(0, 0, 2, 1)},
		header{w: 2, h: 1, c: 3, depth: 8, turn: upright}, Alpha{Drop: true}))
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{255, 0, 127, 0, 0, 0}
	for i, v := range m.Pix {
		if v != want[i]/255 {
			t.Errorf("sample %d = %v, want %v", i, v*255, want[i])
		}
	}
	if len(m.Notes) != 1 {
		t.Errorf("notes %q", m.Notes)
	}
}

// The cores together must convert all rows, and find alpha in any of them.
func TestBandsCoverThePicture(t *testing.T) {
	defer func(n int) { parallel.Workers = n }(parallel.Workers)
	parallel.Workers = max(3, parallel.Workers)
	img := image.NewNRGBA(image.Rect(0, 0, 701, 499))
	paint(img, 0xffff)
	for _, y := range []int{0, 250, 498} {
		img.Pix[img.PixOffset(350, y)+3] = 254
		m, err := inFloats(planar(img, header{format: formatPNG, w: 701, h: 499, c: 3, depth: 8}, Alpha{Drop: true}))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Notes) != 1 {
			t.Errorf("alpha in row %d was not noticed", y)
		}
		for i := range m.W * m.H {
			for c := range 3 {
				if m.Plane(c)[i] != float32(img.Pix[4*i+c])/255 {
					t.Fatalf("sample %d of channel %d differs", i, c)
				}
			}
		}
		img.Pix[img.PixOffset(350, y)+3] = 255
	}
}

// complaint checks the form of an error about a file.
func complaint(t *testing.T, path string, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
		t.Errorf("code %d, hint %q: %v", fault.Code(err), fault.Hint(err), err)
	}
	if strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), filepath.Base(path)) != 1 {
		t.Errorf("not one line that names the file once: %q", err)
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	good := pngBytes(t, image.NewGray(image.Rect(0, 0, 3, 3)))
	side := func(at int, v uint32) []byte {
		out := slices.Clone(good)
		binary.BigEndian.PutUint32(out[at:], v)
		copy(out[8:], chunk("IHDR", out[16:29]))
		return out
	}
	frame := func(marker byte, precision byte, h, w uint16) []byte {
		out := []byte{0xff, 0xd8, 0xff, marker, 0, 11, precision}
		out = binary.BigEndian.AppendUint16(out, h)
		out = binary.BigEndian.AppendUint16(out, w)
		return append(out, 1, 1, 0x11, 0, 0xff, 0xd9)
	}
	ftyp := func(brands ...string) []byte {
		box := binary.BigEndian.AppendUint32(nil, uint32(16+4*(len(brands)-1)))
		box = append(box, "ftyp"+brands[0]+"\x00\x00\x00\x00"+strings.Join(brands[1:], "")...)
		return append(box, "\x00\x00\x00\x08freeavifheic"...) // what follows the box must not count
	}
	files := []struct {
		name, says string
		data       []byte
	}{
		{"empty", "is empty", nil},
		{"text", "not a picture", []byte("hello, this is text\n")},
		{"one byte", "not a picture", []byte{0x89}},
		{"gif", "GIF", []byte("GIF89a..........")},
		{"webp", "WebP", []byte("RIFF\x10\x00\x00\x00WEBPVP8 ")},
		{"heic", "HEIC", ftyp("heic", "mif1")},
		{"heic of ten bits", "HEIC", ftyp("heix", "mif1")},
		{"heic of many views", "HEIC", ftyp("heis", "msf1")},
		{"heic sequence", "HEIC", ftyp("hevc", "msf1")},
		{"heic, said late", "HEIC", ftyp("mif1", "mif1", "miaf", "MiHB", "heic")},
		{"avif", "AVIF", ftyp("avif", "mif1", "miaf")},
		{"avif sequence", "AVIF", ftyp("avis", "avif", "msf1")},
		{"avif, said late", "AVIF", ftyp("mif1", "mif1", "miaf", "MA1B", "avif")},
		{"heif of another codec", "HEIF", ftyp("mif1", "vvic")},
		{"cr3", "Canon CR3", ftyp("crx ", "isom")},
		{"film", "a video", ftyp("isom", "mp42")},
		{"short film", "a video", ftyp("qt  ")},
		{"model", "igs model", []byte("IGSM\x00\x00")},
		{"png width 0", "0 x 3", side(16, 0)},
		{"png height 0", "3 x 0", side(20, 0)},
		{"png too wide", "too large: 32769 x 3", side(16, 32769)},
		{"png negative", "too large", side(20, 1<<31)},
		{"png all ones", "too large", side(20, 1<<32-1)},
		{"png forged size", "truncated", side(16, 32768)},
		{"png data of another size", "damaged", side(16, 2)},
		{"png not enough data", "damaged", side(16, 5)},
		{"png colour type 5", "colour type 5", rawPNG(1, 1, 8, 5, [][]byte{{1}})},
		{"png depth 3", "kind igs cannot read", rawPNG(1, 1, 3, pngGrey, [][]byte{{1}})},
		{"png checksum", "damaged", append(slices.Clone(good[:30]), append([]byte{good[30] ^ 1}, good[31:]...)...)},
		{"png signature only", "truncated", []byte(pngMagic)},
		{"png without IHDR", "no IHDR", append([]byte(pngMagic), chunk("IDAT", make([]byte, 40))...)},
		{"jpeg marker only", "truncated", []byte("\xff\xd8")},
		{"jpeg without frame", "no frame header", []byte("\xff\xd8\xff\xd9")},
		{"jpeg height 0", "5 x 0", frame(0xc0, 8, 0, 5)},
		{"jpeg too large", "too large: 65535 x 65535", frame(0xc0, 8, 65535, 65535)},
		{"jpeg forged size", "truncated", frame(0xc0, 8, 30000, 30000)},
		{"jpeg of 12 bits", "12 bits", frame(0xc1, 12, 8, 8)},
		{"jpeg lossless", "lossless", frame(0xc3, 8, 8, 8)},
		{"jpeg arithmetic", "arithmetic", frame(0xc9, 8, 8, 8)},
		{"jpeg bad segment", "segment of length 1", []byte{0xff, 0xd8, 0xff, 0xe0, 0, 1}},
		{"jpeg short frame", "frame header of 3", []byte{0xff, 0xd8, 0xff, 0xc0, 0, 5, 8, 0, 1}},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join(dir, "x-"+strings.ReplaceAll(f.name, " ", "-")+".png")
			if err := os.WriteFile(path, f.data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadFloats(path, Options{})
			complaint(t, path, err)
			if !strings.Contains(err.Error(), f.says) {
				t.Errorf("%q does not say %q", err, f.says)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		path := filepath.Join(dir, "absent.png")
		_, err := ReadFloats(path, Options{})
		complaint(t, path, err)
		if !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") && runtime.GOOS == "linux" {
			t.Errorf("does not say that the file is missing: %v", err)
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		if os.Geteuid() <= 0 {
			t.Skip("this user may read everything")
		}
		path := filepath.Join(dir, "locked.png")
		if err := os.WriteFile(path, good, 0); err != nil {
			t.Fatal(err)
		}
		_, err := ReadFloats(path, Options{})
		complaint(t, path, err)
	})
	t.Run("strange name", func(t *testing.T) {
		_, err := ReadFloats(filepath.Join(dir, "a\nb.png"), Options{})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("not one line: %q", err)
		}
	})
	t.Run("special file", func(t *testing.T) {
		path := special(t)
		_, err := ReadFloats(path, Options{})
		if fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), path+": not a regular file") {
			t.Error(err)
		}
	})
}

// A truncated file is an error at any length, never a picture that is partly black. Only what follows the last pixel may
// be missing: the end marker of a JPEG, or the checksum and the last chunk of a PNG.
func TestReadRefusesEveryTruncation(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 23, 19))
	paint(img, 0xffff)
	for name, k := range map[string]struct {
		whole  []byte
		marker int // bytes after the pixels
		note   string
	}{"png": {pngBytes(t, img), 16, "its end is missing; all pixels are there"}, "jpeg": {jpegBytes(t, img, 90), 2, "its end marker is missing; all pixels are there"}} {
		want, err := decodeBytes(k.whole)
		if err != nil {
			t.Fatal(err)
		}
		for n := range k.whole {
			got, err := decodeBytes(k.whole[:n])
			if n >= len(k.whole)-k.marker {
				if err != nil || !slices.Equal(got.Pix, want.Pix) || !slices.Equal(got.Notes, []string{k.note}) {
					t.Errorf("%s of %d of %d bytes differs: %v", name, n, len(k.whole), err)
				}
				continue
			}
			if err == nil {
				t.Fatalf("%s of %d of %d bytes was accepted", name, n, len(k.whole))
			}
			if n > 16 && !strings.Contains(err.Error(), "truncated") {
				t.Errorf("%s of %d of %d bytes: %v", name, n, len(k.whole), err)
			}
			if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
				t.Fatalf("%s of %d bytes: code %d, hint %q", name, n, fault.Code(err), fault.Hint(err))
			}
		}
	}
}

// A forged header must not make the decoder allocate more than the file can fill.
func TestForgedHeaderCostsLittleMemory(t *testing.T) {
	file := rawPNG(32768, 32768, 16, pngRGBA, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := decodeBytes(file)
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Fatal("no error")
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes allocated for a file of %d", used, len(file))
	}
}

func TestReadSizeReadsOnlyTheHeader(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	whole := jpegBytes(t, img, 90)
	start := bytes.Index(whole, []byte{0xff, markerSOS})
	size, err := ReadSize(save(t, "cut.jpg", whole[:start]))
	if size != (Size{60, 40, 3, 8}) || err != nil {
		t.Errorf("ReadSize = %+v, %v", size, err)
	}
}

func BenchmarkRead(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 2048, 2048))
	for i := range img.Pix {
		img.Pix[i] = byte(128 + 100*math.Sin(float64(i)/5000))
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	for name, file := range map[string][]byte{"png": pngBytes(b, img), "jpeg": jpegBytes(b, img, 90)} {
		b.Run(name, func(b *testing.B) {
			path := save(b, "picture", file)
			b.ReportAllocs()
			b.SetBytes(2048 * 2048)
			for b.Loop() {
				if _, err := ReadFloats(path, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("stdlib jpeg alone", func(b *testing.B) {
		file := jpegBytes(b, img, 90)
		b.SetBytes(2048 * 2048)
		for b.Loop() {
			jpeg.Decode(bytes.NewReader(file))
		}
	})
}
