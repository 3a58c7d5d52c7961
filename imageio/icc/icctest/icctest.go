// Package icctest writes small ICC profiles for tests.
package icctest

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"unicode/utf16"
)

// Primaries are red, green and blue in XYZ, adapted to the D50 white of all profiles.
type Primaries [3][3]float64

// Primaries of published profiles: sRGB of HP, Adobe RGB, Display P3 of Apple.
var (
	SRGB      = Primaries{{0.43607, 0.22249, 0.01392}, {0.38515, 0.71687, 0.09708}, {0.14307, 0.06061, 0.71410}}
	AdobeRGB  = Primaries{{0.60974, 0.31111, 0.01947}, {0.20528, 0.62567, 0.06087}, {0.14919, 0.06322, 0.74457}}
	DisplayP3 = Primaries{{0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}}
)

// Profile is the content of a profile.
type Profile struct {
	Space, Connection string // "" is "RGB " and "XYZ "
	Tags              map[string][]byte
}

// RGB is a profile with a matrix, and one curve for all channels.
func RGB(name string, p Primaries, curve []byte) Profile {
	tags := map[string][]byte{"desc": Text(name), "rTRC": curve, "gTRC": curve, "bTRC": curve}
	for i, tag := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		tags[tag] = fixed([]byte("XYZ \x00\x00\x00\x00"), p[i][:]...)
	}
	return Profile{Tags: tags}
}

// Grey is a profile with one curve.
func Grey(name string, curve []byte) Profile {
	return Profile{Space: "GRAY", Tags: map[string][]byte{"desc": Text(name), "kTRC": curve}}
}

// Bytes encodes the profile.
func (p Profile) Bytes() []byte {
	out := make([]byte, 128)
	copy(out[12:], "mntrRGB XYZ ")
	copy(out[16:], p.Space)
	copy(out[20:], p.Connection)
	copy(out[36:], "acsp")
	out = binary.BigEndian.AppendUint32(out, uint32(len(p.Tags)))
	at := len(out) + 12*len(p.Tags)
	var body []byte
	for _, name := range slices.Sorted(maps.Keys(p.Tags)) {
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(p.Tags[name])))
		body = append(body, p.Tags[name]...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

// Text encodes a name as version 2 of the format does.
func Text(name string) []byte {
	out := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	return append(append(out, name...), make([]byte, 79)...)
}

// WideText encodes a name as version 4 does, in UTF-16.
func WideText(name string) []byte {
	words := utf16.Encode([]rune(name))
	out := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	out = binary.BigEndian.AppendUint32(out, uint32(2*len(words)))
	out = binary.BigEndian.AppendUint32(out, 28)
	for _, w := range words {
		out = binary.BigEndian.AppendUint16(out, w)
	}
	return out
}

// Gamma is a curve with a gamma, which has 8 fractional bits.
func Gamma(g float64) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), 1)
	return binary.BigEndian.AppendUint16(out, uint16(math.Round(g*256)))
}

// Table is a curve of n samples.
func Table(n int, f func(float64) float64) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(n))
	for i := range n {
		out = binary.BigEndian.AppendUint16(out, uint16(math.Round(65535*f(float64(i)/float64(n-1)))))
	}
	return out
}

// Formula is a parametric curve.
func Formula(kind byte, parameters ...float64) []byte {
	return fixed([]byte{'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, kind, 0, 0}, parameters...)
}

// SRGBFormula is the curve of sRGB.
func SRGBFormula() []byte { return Formula(3, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045) }

func fixed(out []byte, numbers ...float64) []byte {
	for _, v := range numbers {
		out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(v*65536))))
	}
	return out
}
