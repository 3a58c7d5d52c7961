package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"testing"

	"igs/internal/oneline"
)

// chunk is one PNG chunk, length and checksum included.
func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// rawPNG writes a PNG of any colour type and depth, with rows as stored. image/png cannot.
func rawPNG(w, h, depth, colour int, rows [][]byte, beforeIDAT ...[]byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, uint32(h))
	head = append(head, byte(depth), byte(colour), 0, 0, 0)
	out := append([]byte(pngMagic), chunk("IHDR", head)...)
	for _, c := range beforeIDAT {
		out = append(out, c...)
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for _, row := range rows {
		z.Write([]byte{0})
		z.Write(row)
	}
	z.Close()
	out = append(out, chunk("IDAT", packed.Bytes())...)
	return append(out, chunk("IEND", nil)...)
}

func pngBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegBytes(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// app1 is a JPEG segment with the given content.
func app1(content []byte) []byte {
	out := []byte{0xff, markerAPP1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(content)+2))
	return append(out, content...)
}

// afterSOI puts segments at the front of a JPEG.
func afterSOI(file []byte, segments ...[]byte) []byte {
	out := append([]byte(nil), file[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, file[2:]...)
}

// tiffWith is the TIFF structure of an EXIF block, with one other tag and then the orientation.
func tiffWith(order binary.AppendByteOrder, kind uint16, value uint32) []byte {
	out := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		out = []byte("MM\x00*")
	}
	out = order.AppendUint32(out, 8)
	out = order.AppendUint16(out, 2)
	out = order.AppendUint16(out, 0x010f) // the maker, a string at an offset
	out = order.AppendUint16(out, 2)
	out = order.AppendUint32(out, 9)
	out = order.AppendUint32(out, 100)
	out = order.AppendUint16(out, tagOrientation)
	out = order.AppendUint16(out, kind)
	out = order.AppendUint32(out, 1)
	switch kind {
	case typeByte:
		out = append(out, byte(value), 0, 0, 0)
	case typeShort:
		out = order.AppendUint16(out, uint16(value))
		out = append(out, 0, 0)
	default:
		out = order.AppendUint32(out, value)
	}
	return order.AppendUint32(out, 0)
}

func exifSegment(tiff []byte) []byte {
	return app1(append([]byte(exifMagic), tiff...))
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// decodeBytes reads a picture from bytes, without its alpha. Floats get 16 bits.
func decodeBytes(data []byte) (*Image, error) {
	s, err := newSource(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if s.head.format != formatEXR {
		return inFloats(s.samples(Alpha{Drop: true}))
	}
	out := NewSamples(s.head.w, s.head.h, s.head.c, 16)
	_, out.Notes, err = s.rows(Alpha{Drop: true}, func(y int, row [][]float32) error {
		for c := range row {
			out.set(c, y, row[c])
		}
		return nil
	})
	return inFloats(out, err)
}

func inFloats(s *Samples, err error) (*Image, error) {
	if err != nil {
		return nil, err
	}
	return s.Image(), nil
}

// special makes something that is neither file nor folder, in a folder of its own. Tests use it
// instead of a device: with a broken guard, a test that runs as root would replace the device.
func special(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "igs") // a short path: that of a socket may have about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { listener.Close() })
	return path
}

// WritePNG writes the picture as PNG, with 8 or 16 bits a sample, for any ending of the name.
func WritePNG(path string, m *Image, depth int) error {
	if len(m.Pix) != m.W*m.H*m.C {
		return fmt.Errorf("write %s: a picture of %d x %d px with %d samples", oneline.Path(path), m.W, m.H, len(m.Pix))
	}
	return pngWriter.rows(path, Spec{W: m.W, H: m.H, C: m.C, Depth: depth}, func(y int, dst [][]float32) error {
		for c := range dst {
			copy(dst[c], m.Plane(c)[y*m.W:])
		}
		return nil
	})
}
