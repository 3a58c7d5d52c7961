package imageio

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode"
	"unicode/utf16"
)

const maxProfile = 4 << 20 // bytes of an ICC profile that are looked at; those of cameras and screens have a few thousand

// keptOut is the note about colours that are not what a viewer without colour management takes them for.
func keptOut(what string) string {
	return "its colour profile (" + what + ") is kept out: samples are taken as they are"
}

// profileNotes is a note, unless the profile is sRGB or the grey of its curve. By the ICC specification (ICC.1:2022):
// a header of 128 bytes, then a table of tags.
func profileNotes(icc []byte) []string {
	p := profile(icc)
	if len(p) < 132 || string(p[36:40]) != "acsp" || p.isSRGB() {
		return nil
	}
	name := p.description()
	if name == "" {
		name = "without a name"
	}
	return []string{keptOut(name)}
}

type profile []byte

// tag is the data of a tag, nil if there is none.
func (p profile) tag(name string) []byte {
	const entry = 12
	count := min(int(binary.BigEndian.Uint32(p[128:])), (len(p)-132)/entry)
	for i := range max(count, 0) {
		e := p[132+entry*i:]
		if string(e[:4]) != name {
			continue
		}
		at, n := uint64(binary.BigEndian.Uint32(e[4:])), uint64(binary.BigEndian.Uint32(e[8:]))
		if at+n > uint64(len(p)) || n < 8 {
			return nil
		}
		return p[at : at+n]
	}
	return nil
}

// sRGBColumns are the primaries of sRGB in XYZ, adapted to the D50 white of all profiles.
var sRGBColumns = map[string][3]float64{
	"rXYZ": {0.4361, 0.2225, 0.0139}, "gXYZ": {0.3851, 0.7169, 0.0971}, "bXYZ": {0.1431, 0.0606, 0.7141},
}

// isSRGB compares primaries and curves with those of sRGB; a gamma of 2.2 is near enough. Profiles made of tables go
// by their name.
func (p profile) isSRGB() bool {
	curves := []string{"rTRC", "gTRC", "bTRC"}
	switch string(p[16:20]) {
	case "GRAY":
		curves = []string{"kTRC"}
	case "RGB ":
		for name, want := range sRGBColumns {
			t := p.tag(name)
			if len(t) < 20 {
				return strings.Contains(p.description(), "sRGB")
			}
			for i, v := range want {
				if math.Abs(fixed(t[8+4*i:])-v) > 0.005 {
					return false
				}
			}
		}
	default:
		return false
	}
	for _, name := range curves {
		for _, at := range []float64{0.25, 0.5, 0.75} {
			v, ok := curve(p.tag(name), at)
			if !ok || math.Abs(v-linear(at)) > 0.012 {
				return false
			}
		}
	}
	return true
}

// linear is the light of an sRGB sample (IEC 61966-2-1).
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// fixed is a number with 16 bits behind the point.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// curve is the light of a sample by a tag of type curv (a gamma or a table) or para (a formula, of whose parts that
// for the darkest samples does not matter here).
func curve(t []byte, at float64) (float64, bool) {
	switch {
	case len(t) >= 12 && string(t[:4]) == "curv":
		n := int64(binary.BigEndian.Uint32(t[8:]))
		table := t[12:]
		switch {
		case n == 0:
			return at, true
		case n > int64(len(table))/2:
			return 0, false
		case n == 1:
			return math.Pow(at, float64(binary.BigEndian.Uint16(table))/256), true
		}
		return float64(binary.BigEndian.Uint16(table[2*int(at*float64(n-1)+0.5):])) / 65535, true
	case len(t) >= 16 && string(t[:4]) == "para":
		kind := binary.BigEndian.Uint16(t[8:])
		gamma, scale, shift, add := fixed(t[12:]), 1.0, 0.0, 0.0
		if kind > 0 && len(t) >= 24 {
			scale, shift = fixed(t[16:]), fixed(t[20:])
		}
		switch {
		case kind == 2 && len(t) >= 28:
			add = fixed(t[24:])
		case kind == 4 && len(t) >= 36:
			add = fixed(t[32:])
		}
		return math.Pow(scale*at+shift, gamma) + add, kind <= 4
	}
	return 0, false
}

// description is the name that the profile gives itself, in one line.
func (p profile) description() string {
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
		var words []uint16
		for b := t[at : at+n]; len(b) >= 2; b = b[2:] {
			words = append(words, binary.BigEndian.Uint16(b))
		}
		name = string(utf16.Decode(words))
	}
	return oneLine(name)
}

// oneLine is a name from a file, fit for a note.
func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return strings.TrimSpace(s)
}
