// Package icc reads ICC colour profiles (ICC.1:2022) and takes samples to sRGB by them. It knows the profiles of RGB made of
// three tone curves and a matrix, and those of grey made of a tone curve. Profiles made of tables, and those of inks, it only
// names.
//
// The conversion is relative colorimetric: white stays white. A colour that sRGB cannot show gets its channels, in linear
// light, clipped to 0..1 one by one.
package icc

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"igs/internal/oneline"
)

// MaxBytes is how much of a profile is worth reading. Those of cameras and screens have a few thousand bytes.
const MaxBytes = 4 << 20

const (
	headerBytes = 128
	maxName     = 60 // characters
)

// Profile is a colour profile as its file has it: a header, then a table of tags.
type Profile struct {
	data []byte
	// Name is what the profile calls itself, in one line; "" if it does not.
	Name string
	// SRGB is true when samples are sRGB already, as far as 8 bits can tell.
	SRGB bool

	conversion *conversion // nil when the profile is not of a kind that can be converted
}

// Parse reads a profile. It gives nil for data that is no profile.
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

// Channels is how many channels Rows8 and Rows16 want: 1 or 3. It is 0 when the profile cannot be applied.
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

// space is the kind of colours that the profile is for.
func (p *Profile) space() string { return string(p.data[16:20]) }

// connection is the space that the curves and the matrix lead to.
func (p *Profile) connection() string { return string(p.data[20:24]) }

// tag is the data of a tag, nil if there is none.
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

// xyz is the colour that a tag holds.
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

// fixed is a number with 16 bits behind the point.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// description is the name that the profile gives itself.
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
