package imageio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"igs/imageio/icc"
	"igs/internal/fault"
)

const jpegMagic = "\xff\xd8"

// JPEG markers that matter before the pixels.
const (
	markerTEM  = 0x01
	markerSOF0 = 0xc0 // frames are C0..CF without DHT, JPG and DAC
	markerSOF2 = 0xc2 // the last of the three kinds that can be read: baseline, extended, progressive
	markerDHT  = 0xc4
	markerJPG  = 0xc8
	markerDAC  = 0xcc
	markerSOF  = 0xcf
	markerRST0 = 0xd0
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
	markerAPP2 = 0xe2
)

const (
	iccMagic = "ICC_PROFILE\x00" // then the number of the piece and the number of pieces
	mpfMagic = "MPF\x00"         // then a TIFF directory (CIPA DC-007, Multi-Picture Format)

	tagPictures = 0xb001 // of that directory: number of pictures in the file
)

// readJPEGHeader goes through the segments up to the frame header. In every file that has an
// EXIF block, the frame header comes after it.
func readJPEGHeader(r *bufio.Reader) (header, error) {
	h, err := scanJPEG(r)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return header{}, damaged(formatJPEG, io.ErrUnexpectedEOF)
	}
	return h, err
}

func scanJPEG(r *bufio.Reader) (header, error) {
	if _, err := r.Discard(len(jpegMagic)); err != nil {
		return header{}, err
	}
	turn := upright
	seen := false
	var pieces profilePieces
	several := false
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return header{}, err
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerSOI {
			continue // these have no length and no content
		}
		if marker == markerEOI || marker == markerSOS {
			return header{}, fault.New(fault.BadInput, corruptHint, "JPEG is damaged: no frame header")
		}
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return header{}, err
		}
		n := int(binary.BigEndian.Uint16(length[:])) - 2
		if n < 0 {
			return header{}, fault.New(fault.BadInput, corruptHint, "JPEG is damaged: segment of length %d", n+2)
		}
		switch {
		case isFrame(marker):
			h, err := readFrame(r, marker, n)
			h.turn = turn
			h.takeProfile(pieces.joined())
			if several {
				h.notes = append(h.notes, onlyFirst)
			}
			return h, err
		case marker == markerAPP1 && !seen:
			turn, seen, err = readEXIF(r, n)
		case marker == markerAPP2:
			var segment []byte
			if segment, err = readSegment(r, n); err == nil {
				pieces.take(segment)
				several = several || holdsSeveral(segment)
			}
		default:
			_, err = r.Discard(n)
		}
		if err != nil {
			return header{}, err
		}
	}
}

// nextMarker skips to the next 0xFF that is followed by a marker. Some files have other bytes
// between segments, and other programs, image/jpeg too, read them.
func nextMarker(r *bufio.Reader) (byte, error) {
	last := byte(0)
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if last == 0xff && b != 0xff && b != 0 {
			return b, nil
		}
		last = b
	}
}

func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= markerSOF && marker != markerDHT && marker != markerJPG && marker != markerDAC
}

// readFrame reads the frame header: precision, height, width, number of channels.
func readFrame(r *bufio.Reader, marker byte, n int) (header, error) {
	if marker > markerSOF2 {
		return header{}, fault.New(fault.BadInput, convertHint, "JPEG of a kind igs cannot read: lossless, hierarchical or arithmetic coding")
	}
	var b [6]byte
	if n < len(b) {
		return header{}, fault.New(fault.BadInput, corruptHint, "JPEG is damaged: frame header of %d bytes", n)
	}
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, err
	}
	if b[0] != 8 {
		return header{}, fault.New(fault.BadInput, convertHint, "JPEG of a kind igs cannot read: %d bits a sample", b[0])
	}
	h := header{
		format: formatJPEG,
		h:      int(binary.BigEndian.Uint16(b[1:])),
		w:      int(binary.BigEndian.Uint16(b[3:])),
		c:      3,
		depth:  8,

		interlaced: marker == markerSOF2,
		// the mean of each 8 x 8 block of the largest channel takes at least a bit
		bits: 1, packing: 64,
	}
	switch b[5] {
	case 1:
		h.c = 1
	case 4:
		h.cmyk = true
	}
	return h, nil
}

// readEXIF reads an APP1 segment of n bytes. seen is false when the segment is not EXIF; most
// likely it is XMP.
func readEXIF(r *bufio.Reader, n int) (turn orientation, seen bool, err error) {
	segment, err := readSegment(r, n)
	if err != nil {
		return upright, false, err
	}
	if !strings.HasPrefix(string(segment), exifMagic) {
		return upright, false, nil
	}
	return exifOrientation(segment[len(exifMagic):]), true, nil
}

// readSegment reads the n bytes of a segment, which are at most 64 KiB.
func readSegment(r *bufio.Reader, n int) ([]byte, error) {
	segment := make([]byte, n)
	_, err := io.ReadFull(r, segment)
	return segment, err
}

// holdsSeveral looks for the index of a file with other pictures after the first, such as a second view or a preview.
func holdsSeveral(segment []byte) bool {
	tiff, ok := bytes.CutPrefix(segment, []byte(mpfMagic))
	if !ok {
		return false
	}
	d, ok := readDirectory(bytes.NewReader(tiff), int64(len(tiff)))
	return ok && d.number(tagPictures, 1) > 1
}

// profilePieces are the parts of a colour profile, by their number. A segment holds at most 64 KiB, and a profile may
// be longer (ICC.1:2022, B.4).
type profilePieces struct {
	parts [256][]byte
	bytes int
}

// take keeps the part of a profile of an APP2 segment. Of two pieces with the same number, the first counts.
func (p *profilePieces) take(segment []byte) {
	n := len(segment)
	if !strings.HasPrefix(string(segment), iccMagic) || n < len(iccMagic)+2 || p.bytes+n > icc.MaxBytes {
		return
	}
	if number := segment[len(iccMagic)]; p.parts[number] == nil {
		p.parts[number] = segment[len(iccMagic)+2:]
		p.bytes += n
	}
}

// joined is the profile, in the order of the numbers.
func (p *profilePieces) joined() []byte { return bytes.Join(p.parts[:], nil) }
