package imageio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
)

const (
	markerAPP0  = 0xe0
	markerAPP14 = 0xee
	markerAPP15 = 0xef
	markerCOM   = 0xfe

	jfifMagic  = "JFIF\x00"
	adobeMagic = "Adobe" // then 2 bytes of version, 4 of flags and the transform
)

// jpegColours says what the components of a JPEG are, by the rules of libjpeg.
type jpegColours struct {
	ids       []byte
	jfif      bool
	adobe     bool
	transform byte // of the Adobe segment: 0 means that RGB or CMYK are stored as they are
	halved    bool // the second and the third component of four have half the resolution
}

// asStored is true for red, green and blue, or cyan, magenta and yellow, instead of luma and chroma.
func (c jpegColours) asStored() bool {
	if len(c.ids) == 4 {
		return c.transform == 0
	}
	return len(c.ids) == 3 && !c.jfif && (c.adobe && c.transform == 0 || !c.adobe && string(c.ids) == "RGB")
}

// frame reads the components of a frame header.
func (c *jpegColours) frame(segment []byte) {
	for at := 6; at+2 < len(segment); at += 3 {
		c.ids = append(c.ids, segment[at])
	}
	c.halved = len(c.ids) == 4 && segment[7] != 0x11
}

// decodeJPEG decodes a JPEG of one or three components, or of four with an Adobe segment, and stores in the header what
// they are. The components come as they are stored: chroma at its own resolution, and CMYK without a conversion. A file
// that ends after its last pixel without the end marker is read, with a note, as libjpeg does.
func (s source) decodeJPEG(file *untilEnd, head *header) (image.Image, error) {
	r := bufio.NewReaderSize(file, 1<<12)
	front, colours, err := jpegFront(r)
	if err != nil {
		return nil, err
	}
	head.colours = colours
	end := &atEnd{marker: []byte{0xff, markerEOI}}
	img, err := jpeg.Decode(io.MultiReader(bytes.NewReader(front), r, end))
	if err == nil && end.asked {
		if !hasAllScans(bufio.NewReader(io.NewSectionReader(s.r, 0, s.size))) {
			return nil, io.ErrUnexpectedEOF
		}
		head.notes = append(head.notes[:len(head.notes):len(head.notes)], "its end marker is missing; all pixels are there")
	}
	return img, err
}

// atEnd gives an end marker to a decoder that asks for more bytes than the file has.
type atEnd struct {
	marker []byte
	asked  bool
}

func (e *atEnd) Read(p []byte) (int, error) {
	e.asked = true
	n := copy(p, e.marker)
	if e.marker = e.marker[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// jpegFront reads a JPEG up to the data of the first scan, and gives these segments anew for image/jpeg. Comments and
// application segments are left out. In their place comes one that keeps image/jpeg from converting colours: it would
// repeat chroma. The tables of the standard come first, because frames of Motion JPEG leave them out.
func jpegFront(r *bufio.Reader) (front []byte, colours jpegColours, err error) {
	if _, err := r.Discard(len(jpegMagic)); err != nil {
		return nil, colours, err
	}
	var kept []byte
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return nil, colours, err
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerEOI {
			continue
		}
		segment, err := jpegSegment(r)
		if err != nil {
			return nil, colours, err
		}
		switch {
		case marker == markerAPP0:
			colours.jfif = colours.jfif || bytes.HasPrefix(segment, []byte(jfifMagic))
		case marker == markerAPP14 && bytes.HasPrefix(segment, []byte(adobeMagic)) && len(segment) >= 12:
			colours.adobe, colours.transform = true, segment[11]
		case marker > markerAPP0 && marker <= markerAPP15, marker == markerCOM:
		default:
			kept = appendSegment(kept, marker, segment)
		}
		if isFrame(marker) {
			colours.frame(segment)
		}
		if marker == markerSOS {
			return slices.Concat([]byte(jpegMagic), standardTables, colours.plain(), kept), colours, nil
		}
	}
}

// plain is the segment with which image/jpeg gives components as they are stored. Without an Adobe segment nothing says
// what four components are, and image/jpeg refuses them.
func (c jpegColours) plain() []byte {
	switch {
	case len(c.ids) != 4:
		return appendSegment(nil, markerAPP0, []byte(jfifMagic))
	case c.adobe:
		return appendSegment(nil, markerAPP14, append([]byte(adobeMagic), make([]byte, 7)...))
	}
	return nil
}

// jpegSegment reads the length of a segment and its content.
func jpegSegment(r *bufio.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:])) - 2
	if n < 0 {
		return nil, jpeg.FormatError("short segment length")
	}
	return readSegment(r, n)
}

func appendSegment(to []byte, marker byte, content []byte) []byte {
	to = append(to, 0xff, marker)
	to = binary.BigEndian.AppendUint16(to, uint16(len(content)+2))
	return append(to, content...)
}

// standardTables are the Huffman tables of ITU-T T.81, K.3, as image/jpeg writes them.
var standardTables = func() []byte {
	var b bytes.Buffer
	if jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1, 1)), nil) != nil {
		return nil
	}
	r, out := bufio.NewReader(&b), []byte(nil)
	r.Discard(len(jpegMagic))
	for {
		marker, err := nextMarker(r)
		if err != nil || marker == markerSOS {
			return out
		}
		if segment, err := jpegSegment(r); err == nil && marker == markerDHT {
			out = appendSegment(out, marker, segment)
		}
	}
}()

// hasAllScans walks through a JPEG without an end marker. It is false when scans are missing: then a component is empty,
// or a progressive picture is coarser than it was. For each coefficient of each component, left counts the bits that are
// still to come.
func hasAllScans(r *bufio.Reader) bool {
	r.Discard(len(jpegMagic))
	var left map[byte]*[64]byte
	progressive := false
	for {
		marker, err := nextMarker(r)
		if err != nil {
			break
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerEOI {
			continue
		}
		s, err := jpegSegment(r)
		if err != nil {
			break
		}
		switch {
		case isFrame(marker) && len(s) > 5 && left == nil:
			progressive, left = marker == markerSOF2, map[byte]*[64]byte{}
			for c := 6; c < len(s); c += 3 {
				var all [64]byte
				copy(all[:], strings.Repeat("\xff", 64))
				left[s[c]] = &all
			}
		case marker == markerSOS && len(s) >= 4 && len(s) == 4+2*int(s[0]):
			first, last, bits := byte(0), byte(63), byte(0)
			if tail := s[len(s)-3:]; progressive {
				first, last, bits = tail[0], min(tail[1], 63), tail[2]&15
			}
			for c := 1; c < len(s)-3; c += 2 {
				for k := int(first); k <= int(last) && left[s[c]] != nil; k++ {
					left[s[c]][k] = bits
				}
			}
		}
	}
	for _, coefficients := range left {
		if *coefficients != [64]byte{} {
			return false
		}
	}
	return left != nil
}
