package imageio

import (
	"bytes"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"image"
	"image/png"
	"io"

	"github.com/klauspost/compress/zlib"
)

// pngBands decodes a PNG that is not interlaced, and gives the images of bands of rows to take. image/png decodes whole
// pictures only. So each band becomes a picture of its own: its rows, without their filters, in a PNG that is not
// compressed. The notes say what is ignored, as decodePNG does.
func pngBands(file io.Reader, head header, take func(image.Image) error) (notes []string, err error) {
	f := &pngFilter{r: file, colour: head.pngColour}
	chunks := &pngData{r: f}
	if err := chunks.toPixels(); err != nil {
		return nil, err
	}
	z, err := zlib.NewReader(chunks)
	if err != nil {
		return nil, err
	}
	line := (head.w*head.bits + 7) / 8
	rows := &pngUnfilter{r: z, step: max(head.bits/8, 1), row: make([]byte, 1+line), above: make([]byte, 1+line)}
	for y := 0; y < head.h; y += head.bandRows() {
		band, err := chunks.band(rows, min(head.bandRows(), head.h-y))
		if err != nil {
			return nil, err
		}
		if err := take(band); err != nil {
			return nil, err
		}
	}
	if n, err := z.Read(make([]byte, 1)); n > 0 {
		return nil, png.FormatError("too much pixel data")
	} else if err != nil && err != io.EOF {
		return nil, png.FormatError(err.Error())
	}
	if err := chunks.toEnd(); err != nil {
		return nil, err
	}
	return f.notes(), nil
}

// pngData reads the chunks of a PNG. Its Read gives the content of the chunks of data.
type pngData struct {
	r     io.Reader
	front []byte // all chunks before the data, with the signature
	left  int64  // bytes of the present chunk of data
	sum   hash.Hash32
	ended bool // after the last chunk of data
}

// next reads the head of a chunk.
func (d *pngData) next() (kind string, head []byte, err error) {
	head = make([]byte, 8)
	if _, err := io.ReadFull(d.r, head); err != nil {
		return "", nil, unexpected(err, 0)
	}
	return string(head[4:]), head, nil
}

// toPixels reads everything before the data.
func (d *pngData) toPixels() error {
	d.front = make([]byte, len(pngMagic))
	if _, err := io.ReadFull(d.r, d.front); err != nil {
		return unexpected(err, 0)
	}
	for {
		kind, head, err := d.next()
		if err != nil {
			return err
		}
		n := int64(binary.BigEndian.Uint32(head))
		if kind == "IDAT" {
			d.begin(head, n)
			return nil
		}
		if kind == "IEND" || n > 1<<16 {
			return png.FormatError("no pixels")
		}
		chunk := append(head, make([]byte, n+4)...)
		if _, err := io.ReadFull(d.r, chunk[8:]); err != nil {
			return unexpected(err, 0)
		}
		if crc32.ChecksumIEEE(chunk[4:8+n]) != binary.BigEndian.Uint32(chunk[8+n:]) {
			return png.FormatError("invalid checksum")
		}
		d.front = append(d.front, chunk...)
	}
}

func (d *pngData) begin(head []byte, n int64) {
	d.left, d.sum = n, crc32.NewIEEE()
	d.sum.Write(head[4:])
}

func (d *pngData) Read(p []byte) (int, error) {
	for d.left == 0 && !d.ended {
		if err := d.finish(); err != nil {
			return 0, err
		}
	}
	if d.ended {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := d.r.Read(p[:min(int64(len(p)), d.left)])
	d.sum.Write(p[:n])
	d.left -= int64(n)
	return n, unexpected(err, n)
}

// finish compares the checksum of the present chunk of data, and begins the next one.
func (d *pngData) finish() error {
	var stored [4]byte
	if _, err := io.ReadFull(d.r, stored[:]); err != nil {
		return unexpected(err, 0)
	}
	if d.sum.Sum32() != binary.BigEndian.Uint32(stored[:]) {
		return png.FormatError("invalid checksum")
	}
	kind, head, err := d.next()
	if err != nil {
		return err
	}
	if d.ended = kind != "IDAT"; !d.ended {
		d.begin(head, int64(binary.BigEndian.Uint32(head)))
	}
	return nil
}

// toEnd reads the rest of the chunks.
func (d *pngData) toEnd() error {
	for !d.ended {
		if _, err := io.CopyN(d.sum, d.r, d.left); err != nil {
			return unexpected(err, 0)
		}
		d.left = 0
		if err := d.finish(); err != nil {
			return err
		}
	}
	_, err := io.Copy(io.Discard, d.r)
	return err
}

// band decodes the next rows.
func (d *pngData) band(rows *pngUnfilter, n int) (image.Image, error) {
	var file bytes.Buffer
	front := bytes.Clone(d.front)
	ihdr := front[len(pngMagic):]
	binary.BigEndian.PutUint32(ihdr[12:], uint32(n))
	binary.BigEndian.PutUint32(ihdr[21:], crc32.ChecksumIEEE(ihdr[4:21]))
	file.Write(front)
	out := &pngChunks{to: &file, data: make([]byte, 0, pngChunk)}
	z, err := zlib.NewWriterLevel(out, zlib.NoCompression)
	if err != nil {
		return nil, err
	}
	for range n {
		row, err := rows.next()
		if err != nil {
			return nil, err
		}
		z.Write(row) // a bytes.Buffer returns no errors
	}
	z.Close()
	out.flush()
	out.write("IEND", nil)
	return png.Decode(&file)
}

// pngUnfilter takes the filters from the rows.
type pngUnfilter struct {
	r          io.Reader
	step       int // bytes from a sample to the same sample of the pixel at its left
	row, above []byte
}

// next is the next row, which begins with the number of the filter: none. It is valid until the next call.
func (u *pngUnfilter) next() ([]byte, error) {
	u.row, u.above = u.above, u.row
	if _, err := io.ReadFull(u.r, u.row); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, png.FormatError("not enough pixel data")
	} else if err != nil {
		return nil, err
	}
	filter := u.row[0]
	u.row[0] = 0
	row, above, step := u.row[1:], u.above[1:], u.step
	switch filter {
	case 0:
	case 1:
		for i := step; i < len(row); i++ {
			row[i] += row[i-step]
		}
	case 2:
		for i, v := range above {
			row[i] += v
		}
	case 3:
		for i, v := range above {
			if i >= step {
				row[i] += byte((int(row[i-step]) + int(v)) / 2)
			} else {
				row[i] += v / 2
			}
		}
	case 4:
		for i, v := range above {
			if i >= step {
				row[i] += paeth(row[i-step], v, above[i-step])
			} else {
				row[i] += v
			}
		}
	default:
		return nil, png.FormatError("bad filter type")
	}
	return u.row, nil
}
