package imageio

import (
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
)

// Rows of photographs and of renders hold few repetitions once they are filtered. Looking for them takes four times as
// long as the rest of the compression and saves nothing, so such rows get codes for single bytes only. Drawings and
// pictures with flat areas are different. So every fourth strip of rows is judged by its first bytes,
// and the next three are compressed in the same way.
const (
	pngStrip   = 1 << 17 // bytes
	pngJudged  = 1 << 13 // bytes of a strip by which the ways are compared
	pngRepeats = 3       // level of compression with a search for repetitions; higher levels are slow
	pngAlike   = 4       // strips that are compressed in one way
	pngGain    = 1.1     // the search must make the bytes smaller by this factor
)

// pngStrips writes a zlib stream (RFC 1950) of strips that do not refer to each other.
type pngStrips struct {
	to       io.Writer
	strip    []byte
	sum      adler
	codes    byteCodes     // codes of single bytes
	repeats  *flate.Writer // repetitions too
	repeated bool          // the present strips have repetitions
	strips   int           // that are compressed
}

func newPNGStrips(to io.Writer, bytes int) (*pngStrips, error) {
	s := &pngStrips{to: to, strip: make([]byte, 0, min(bytes, pngStrip)), sum: adler{bytes: 1}}
	if _, err := to.Write([]byte{0x78, 0x5e}); err != nil { // deflate with a window of 32 KiB, a fast level
		return nil, err
	}
	var err error
	s.repeats, err = flate.NewWriter(nil, pngRepeats)
	return s, err
}

func (s *pngStrips) Write(b []byte) (int, error) {
	s.sum.write(b)
	for rest := b; len(rest) > 0; {
		if len(s.strip) == cap(s.strip) {
			if err := s.compress(false); err != nil {
				return 0, err
			}
		}
		n := min(len(rest), cap(s.strip)-len(s.strip))
		s.strip, rest = append(s.strip, rest[:n]...), rest[n:]
	}
	return len(b), nil
}

// Close ends the stream, but not what it is written to.
func (s *pngStrips) Close() error {
	if err := s.compress(true); err != nil {
		return err
	}
	_, err := s.to.Write(binary.BigEndian.AppendUint32(nil, s.sum.sum32()))
	return err
}

// compress writes the strip in the better way. The last strip ends the stream.
func (s *pngStrips) compress(last bool) error {
	if s.strips%pngAlike == 0 {
		some := s.strip[:min(len(s.strip), pngJudged)]
		s.repeated = pngGain*float64(compressed(s.repeats, some)) < float64(s.codes.size(some))
	}
	s.strips++
	strip := s.strip
	s.strip = s.strip[:0]
	if !s.repeated {
		_, err := s.to.Write(s.codes.block(strip, last))
		return err
	}
	s.repeats.Reset(s.to)
	if _, err := s.repeats.Write(strip); err != nil {
		return err
	}
	if last {
		return s.repeats.Close()
	}
	return s.repeats.Flush()
}

// compressed is the number of bytes that a compressor makes of b.
func compressed(with *flate.Writer, b []byte) int {
	var n byteCount
	with.Reset(&n)
	with.Write(b) // a byteCount returns no errors
	with.Close()
	return int(n)
}

// byteCount counts the bytes that are written to it.
type byteCount int

func (n *byteCount) Write(b []byte) (int, error) {
	*n += byteCount(len(b))
	return len(b), nil
}
