// Package icc reads ICC colour profiles (ICC.1:2022) and converts samples to sRGB. It applies RGB profiles of three
// tone curves and a matrix, and grey profiles of a tone curve. Of profiles with tables, and of CMYK profiles, it reads
// only the name.
//
// The conversion is relative colorimetric: white stays white. For a colour outside of sRGB, each channel is clipped to
// 0..1 in linear light.
package icc

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"igs/internal/oneline"
)

// MaxBytes is the largest profile that is read. Profiles of cameras and screens have a few thousand bytes.
const MaxBytes = 4 << 20

const (
	headerBytes = 128
	maxName     = 60 // characters
)

// Profile is a colour profile: a header, then a table of tags.
type Profile struct {
	data []byte
	// Name is the description in the profile, in one line; "" without one.
	Name string
	// SRGB is true when samples are sRGB already, within a step of 8 bits.
	SRGB bool

	conversion *conversion // nil when the profile cannot be applied
}

// Parse reads a profile. It returns nil for data that is no profile.
func Parse(data []byte) *Profile {
	if len(data) < headerBytes+4 || string(data[36:40]) != "acsp" {
		return nil
	}
	p := &Profile{data: data}
	p.Name = p.description()
	p.conversion = p.newConversion()
	switch {
	case p.conversion != nil:
		p.SRGB = p.conversion.changesNothing()
	case p.space() == rgbSpace && p.tag("rXYZ") == nil: // made of tables
		p.SRGB = strings.Contains(p.Name, "sRGB")
	}
	return p
}

// Channels is the number of channels that a Converter converts: 1 or 3. It is 0 when the profile cannot be applied.
func (p *Profile) Channels() int {
	if p.conversion == nil {
		return 0
	}
	return len(p.conversion.curves)
}

const (
	rgbSpace  = "RGB "
	greySpace = "GRAY"
	xyzSpace  = "XYZ "
	labSpace  = "Lab "
)

// space is the colour space of the samples.
func (p *Profile) space() string { return string(p.data[16:20]) }

// connection is the connection space, into which the curves and the matrix convert.
func (p *Profile) connection() string { return string(p.data[20:24]) }

// tag is the data of a tag, or nil without one.
func (p *Profile) tag(name string) []byte {
	const entry = 12 // bytes: name, offset, length
	table := p.data[headerBytes+4:]
	count := min(int64(binary.BigEndian.Uint32(p.data[headerBytes:])), int64(len(table)/entry))
	for ; count > 0; count, table = count-1, table[entry:] {
		if string(table[:4]) != name {
			continue
		}
		at, n := uint64(binary.BigEndian.Uint32(table[4:])), uint64(binary.BigEndian.Uint32(table[8:]))
		if at+n > uint64(len(p.data)) || n < 8 {
			return nil
		}
		return p.data[at : at+n]
	}
	return nil
}

// xyz is the XYZ colour in a tag.
func (p *Profile) xyz(name string) (v [3]float64, ok bool) {
	t := p.tag(name)
	if len(t) < 20 || string(t[:4]) != "XYZ " {
		return v, false
	}
	for i := range v {
		v[i] = fixed(t[8+4*i:])
	}
	return v, true
}

// fixed is a fixed-point number with 16 fractional bits.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// description is the name in the tag desc.
func (p *Profile) description() string {
	t := p.tag("desc")
	var name string
	switch {
	case len(t) >= 12 && string(t[:4]) == "desc":
		n := min(int64(binary.BigEndian.Uint32(t[8:])), int64(len(t)-12))
		name = string(t[12 : 12+n])
	case len(t) >= 28 && string(t[:4]) == "mluc":
		n, at := int64(binary.BigEndian.Uint32(t[20:])), int64(binary.BigEndian.Uint32(t[24:]))
		if at+n > int64(len(t)) {
			return ""
		}
		const enough = 8 * maxName // bytes
		var words []uint16
		for b := t[at : at+min(n, enough)]; len(b) >= 2; b = b[2:] {
			words = append(words, binary.BigEndian.Uint16(b))
		}
		name = string(utf16.Decode(words))
	}
	name, _, _ = strings.Cut(name, "\x00")
	return oneline.Short(name, maxName)
}
