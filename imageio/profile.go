package imageio

import (
	"fmt"

	"igs/imageio/icc"
)

// notApplied is the note about a colour profile, or another description of colours, that is ignored.
func notApplied(what string) string {
	return "its colour profile (" + what + ") is not applied: samples are used as stored"
}

// converted is the note about samples that were converted to sRGB.
func converted(name string) string {
	return "converted to sRGB from its colour profile (" + name + ")"
}

// takeProfile reads the colour profile of a file and stores it in the header if it can be applied. A profile of sRGB is
// ignored. A profile that cannot be applied is named in a note.
func (h *header) takeProfile(data []byte) {
	p := icc.Parse(data)
	switch {
	case p == nil || p.SRGB:
	case p.Channels() == h.c && !h.cmyk:
		h.profile = p
	default:
		h.notes = append(h.notes, notApplied(profileName(p)))
	}
}

func profileName(p *icc.Profile) string {
	if p.Name == "" {
		return "without a name"
	}
	return p.Name
}

// withoutProfile is the header for reading the samples as they are stored.
func (h header) withoutProfile() header {
	if h.profile != nil {
		h.notes = append(h.notes[:len(h.notes):len(h.notes)], notApplied(profileName(h.profile)))
		h.profile = nil
	}
	return h
}

// inSRGB are the rows of a picture, converted to sRGB if it has a profile. Each row is converted when it is copied from
// the picture of the decoder, so no second copy of the picture is made.
func inSRGB[T sample](rows stored[T], head header) stored[T] {
	if head.profile == nil {
		return rows
	}
	return managed[T]{rows, icc.NewConverter[T](head.profile)}
}

// managed is a picture with a colour profile.
type managed[T sample] struct {
	stored[T]
	converter *icc.Converter[T]
}

func (m managed[T]) row(y int, dst [][]T) bool {
	opaque := m.stored.row(y, dst)
	m.converter.Row(dst)
	return opaque
}

// primariesName lists the CIE x and y of red, green and blue.
func primariesName(xy [8]float64) string {
	return fmt.Sprintf("primaries %.3g %.3g, %.3g %.3g, %.3g %.3g", xy[0], xy[1], xy[2], xy[3], xy[4], xy[5])
}
