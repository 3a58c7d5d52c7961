package exr

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// compression is the kind of compression, as stored.
type compression byte

const (
	none compression = iota
	rle
	zips
	zip
	piz
)

func (c compression) String() string {
	names := []string{"no", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K"}
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("unknown (%d)", byte(c))
}

// rows is the number of rows of a block.
func (c compression) rows() int { return [...]int{none: 1, rle: 1, zips: 1, zip: 16, piz: 32}[c] }

// most is the largest factor of a compression. RLE packs 128 bytes into two. Deflate packs 258 bytes into two bits. PIZ
// packs a run of 255 samples of two bytes into nine bits.
func (c compression) most() int {
	return [...]int{none: 1, rle: 64, zips: 1032, zip: 1032, piz: 454}[c]
}

var errShort = errors.New("fewer samples than pixels")

// unpacker unpacks blocks, one after the other, and reuses its buffers.
type unpacker struct {
	f      *File
	packed []byte
	bytes  []byte // unpacked, in the order of the compression
	raw    []byte // in rows
	words  []uint16
	zlib   io.ReadCloser
	huffman
}

func (f *File) newUnpacker() *unpacker { return &unpacker{f: f} }

// unpack gives the uncompressed rows of a block. A block that compression would not make smaller is stored without it.
func (d *unpacker) unpack(packed []byte, rows int) ([]byte, error) {
	n := rows * d.f.W * d.f.RawBytes
	if len(packed) == n {
		return packed, nil
	}
	d.raw, d.bytes = grown(&d.raw, n), grown(&d.bytes, n)
	switch d.f.pack {
	case rle:
		err := d.runs(packed)
		return d.reordered(), err
	case zips, zip:
		err := d.inflate(packed)
		return d.reordered(), err
	case piz:
		return d.raw, d.waves(packed, rows)
	}
	return nil, errShort
}

// runs unpacks RLE into d.bytes. A count n of 0 to 127 is followed by a byte to repeat n+1 times, and a count of -n by
// n bytes.
func (d *unpacker) runs(packed []byte) error {
	out := d.bytes
	for len(out) > 0 {
		if len(packed) < 2 {
			return errShort
		}
		count := int(int8(packed[0]))
		packed = packed[1:]
		if count < 0 {
			if -count > len(packed) || -count > len(out) {
				return errShort
			}
			copy(out, packed[:-count])
			out, packed = out[-count:], packed[-count:]
			continue
		}
		if count+1 > len(out) {
			return errors.New("a run longer than its rows")
		}
		for i := range count + 1 {
			out[i] = packed[0]
		}
		out, packed = out[count+1:], packed[1:]
	}
	return nil
}

func (d *unpacker) inflate(packed []byte) (err error) {
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		err = d.zlib.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	if err == nil {
		_, err = io.ReadFull(d.zlib, d.bytes)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF { // the block ends early, not the file
		err = errShort
	}
	return err
}

// reordered undoes what the writer does before RLE and ZIP: each byte is a difference to the byte before, and the first
// bytes of all pairs come before the second ones.
func (d *unpacker) reordered() []byte {
	last := byte(0)
	half := (len(d.bytes) + 1) / 2
	for i, v := range d.bytes {
		if i > 0 {
			v += last - 128
		}
		last = v
		if i < half {
			d.raw[2*i] = v
		} else {
			d.raw[2*(i-half)+1] = v
		}
	}
	return d.raw
}
