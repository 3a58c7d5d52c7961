package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"io"
)

// stripRows is the height of a strip of a JPEG: two rows of 8 x 8 blocks, or one row of 16 x 16 px with 4:2:0.
const stripRows = 16

const markerDRI = 0xdd

// encodeJPEG writes a baseline JPEG, with 4:2:0 for colour. image/jpeg needs a whole picture, so each strip of 16 rows
// is encoded as a picture. All strips have the same tables, so their scans can be the restart intervals of one JPEG
// (ITU-T T.81, E.1.4). The file has the header of the first strip, with the height of the picture and the length of an
// interval.
func encodeJPEG(to io.Writer, s Spec, row rowFunc) error {
	quality := s.Quality
	if quality == 0 {
		quality = DefaultQuality
	}
	strip := newStrip(s)
	for y := 0; y < s.H; y += stripRows {
		picture, err := strip.fill(y, min(stripRows, s.H-y), row)
		if err != nil {
			return err
		}
		var whole bytes.Buffer
		if err := jpeg.Encode(&whole, picture, &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
		head, scan, err := splitJPEG(whole.Bytes())
		if err != nil {
			return err
		}
		if y == 0 {
			err = writeHead(to, head, s)
		} else {
			_, err = to.Write([]byte{0xff, markerRST0 + byte(y/stripRows-1)%8})
		}
		if err == nil {
			_, err = to.Write(scan)
		}
		if err != nil {
			return err
		}
	}
	_, err := to.Write([]byte{0xff, markerEOI})
	return err
}

// splitJPEG splits a file of image/jpeg into its head, up to the header of the scan, and the coded blocks of the scan.
func splitJPEG(data []byte) (head, scan []byte, err error) {
	for at := len(jpegMagic); at+4 <= len(data) && data[at] == 0xff; {
		next := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == markerSOS && next <= len(data)-2 {
			return data[:next], data[next : len(data)-2], nil // the last 2 bytes are the end marker
		}
		at = next
	}
	return nil, nil, fmt.Errorf("image/jpeg wrote no scan")
}

// writeHead writes the header of a strip, changed to that of the picture.
func writeHead(to io.Writer, head []byte, s Spec) error {
	block := 8
	if s.C == 3 {
		block = 16
	}
	interval := (s.W + block - 1) / block * (stripRows / block)
	for at := len(jpegMagic); ; {
		segment := head[at : at+2+int(binary.BigEndian.Uint16(head[at+2:]))]
		at += len(segment)
		switch segment[1] {
		case markerSOF0:
			binary.BigEndian.PutUint16(segment[5:], uint16(s.H)) // after marker, length and precision
		case markerSOS:
			restart := binary.BigEndian.AppendUint16([]byte{0xff, markerDRI, 0, 4}, uint16(interval))
			_, err := to.Write(bytes.Join([][]byte{head[:at-len(segment)], restart, segment}, nil))
			return err
		}
	}
}

// strip is a few rows of a picture, in a type that image/jpeg encodes fast.
type strip struct {
	floats [][]float32
	grey   *image.Gray
	colour *image.RGBA
}

func newStrip(s Spec) *strip {
	area := image.Rect(0, 0, s.W, stripRows)
	t := &strip{floats: NewRow(s.C, s.W)}
	if s.C == 1 {
		t.grey = image.NewGray(area)
	} else {
		t.colour = image.NewRGBA(area)
	}
	return t
}

// fill reads rows from y on, and returns them as a picture.
func (t *strip) fill(y, rows int, row rowFunc) (image.Image, error) {
	for i := range rows {
		if err := row(y+i, t.floats); err != nil {
			return nil, err
		}
		if t.grey != nil {
			line := t.grey.Pix[i*t.grey.Stride:]
			for x, v := range t.floats[0] {
				line[x] = uint8(level(v, 255))
			}
			continue
		}
		line := t.colour.Pix[i*t.colour.Stride:]
		for c, values := range t.floats {
			for x, v := range values {
				line[4*x+c] = uint8(level(v, 255))
			}
		}
	}
	if t.grey != nil {
		return t.grey.SubImage(image.Rect(0, 0, t.grey.Rect.Dx(), rows)), nil
	}
	return t.colour.SubImage(image.Rect(0, 0, t.colour.Rect.Dx(), rows)), nil
}
