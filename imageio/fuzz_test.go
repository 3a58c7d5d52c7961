package imageio

import (
	"bytes"
	"encoding/binary"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"igs/internal/fault"
)

// FuzzRead checks that any bytes give a valid picture or an error of one line, and that ReadSize
// agrees with Read.
func FuzzRead(f *testing.F) {
	grey, colour := image.NewGray16(image.Rect(0, 0, 5, 3)), image.NewNRGBA(image.Rect(0, 0, 9, 10))
	paint(grey, 0xffff)
	paint(colour, 0x8000)
	photo := jpegBytes(f, colour, 80)
	for _, seed := range [][]byte{
		pngBytes(f, grey), pngBytes(f, colour), photo,
		afterSOI(photo, exifSegment(tiffWith(binary.BigEndian, typeShort, 6))),
		rawPNG(2, 1, 8, pngGreyAlpha, [][]byte{{1, 2, 3, 4}}),
		rawPNG(2, 1, 8, pngPalette, [][]byte{{1, 200}}, chunk("PLTE", []byte{1, 2, 3, 4, 5, 6}), chunk("tRNS", []byte{7})),
		rawTIFF(binary.BigEndian, []byte{1, 2, 3, 4, 5, 6}, plainTIFF(3, 2, tiffBlackIsZero, 1, 8, one(tagOrientation, 6))...),
		testdata(f, "tiles.tiff"), testdata(f, "deep.tiff"), testdata(f, "packbits.tiff"), testdata(f, "palette.tiff"),
		testdata(f, "lossless.webp"), testdata(f, "lossy.webp"), testdata(f, "alpha.webp"),
		webpWith(testdata(f, "lossy.webp"), 24, 16, 1<<3, "EXIF", tiffWith(binary.BigEndian, typeShort, 6)),
		exrOf(2, 2, []float32{0, 1, -2, 40}), testdata(f, "../exr/testdata/piz_half.exr"), testdata(f, "../exr/testdata/alpha.exr"),
		qoiBytes(f, NewSamples(3, 2, 3, 8)), []byte("GIF89a"), {0xff, 0xd8}, nil,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		head, headErr := readHeader(bytes.NewReader(data), int64(len(data)))
		if headErr == nil && head.w*head.h > 1<<20 {
			t.Skip("a large picture teaches nothing that a small one does not")
		}
		m, err := decodeBytes(data)
		if err != nil {
			if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || strings.Contains(err.Error(), "\n") {
				t.Fatalf("code %d, hint %q: %q", fault.Code(err), fault.Hint(err), err)
			}
			return
		}
		w, h := head.w, head.h
		if head.turn.swapsSides() {
			w, h = h, w
		}
		if headErr != nil || m.W != w || m.H != h || m.C != head.c || len(m.Pix) != w*h*m.C || m.C != 1 && m.C != 3 {
			t.Fatalf("read %d x %d x %d with %d samples, header %+v, %v", m.W, m.H, m.C, len(m.Pix), head, headErr)
		}
		for i, v := range m.Pix {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("sample %d is %v", i, v)
			}
		}
		path := filepath.Join(t.TempDir(), "again.png")
		if err := WritePNG(path, m, m.Depth); err != nil {
			t.Fatal(err)
		}
		again, err := ReadFloats(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range again.Pix {
			if v != m.Pix[i] {
				t.Fatalf("sample %d was %v, written and read again %v", i, m.Pix[i], v)
			}
		}
	})
}

func FuzzEXIF(f *testing.F) {
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		for _, kind := range []uint16{typeByte, typeShort, typeLong} {
			f.Add(tiffWith(order, kind, 6))
		}
	}
	f.Add([]byte("MM\x00*\xff\xff\xff\xfe\x00\x01"))
	grey := image.NewGray(image.Rect(0, 0, 4, 2))
	photo := jpegBytes(f, grey, 80)
	f.Fuzz(func(t *testing.T, tiff []byte) {
		o := exifOrientation(tiff)
		if o < upright || o > turnLeft {
			t.Fatalf("orientation %d", o)
		}
		if len(tiff) > 60000 {
			return
		}
		m, err := decodeBytes(afterSOI(photo, exifSegment(tiff)))
		if err != nil {
			t.Fatal(err)
		}
		if want := 4; o.swapsSides() && m.H != want || !o.swapsSides() && m.W != want {
			t.Fatalf("orientation %d gave %d x %d", o, m.W, m.H)
		}
	})
}
