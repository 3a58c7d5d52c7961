package imageio

import (
	"fmt"

	"igs/imageio/icc"
)

// keptOut is the note about colours that are not what a viewer without colour management takes them for.
func keptOut(what string) string {
	return "its colour profile (" + what + ") is kept out: samples are taken as they are"
}

// converted is the note about colours that were taken to sRGB.
func converted(name string) string {
	return "converted to sRGB from its colour profile (" + name + ")"
}

// takeProfile reads the colour profile of a file. One that can be applied waits for the samples. sRGB changes nothing, and
// one that cannot be applied is named in a note.
func (h *header) takeProfile(data []byte) {
	p := icc.Parse(data)
	switch {
	case p == nil || p.SRGB:
	case p.Channels() == h.c && !h.inks:
		h.profile = p
	default:
		h.notes = append(h.notes, keptOut(profileName(p)))
	}
}

func profileName(p *icc.Profile) string {
	if p.Name == "" {
		return "without a name"
	}
	return p.Name
}

// withoutProfile is the header for samples that are wanted as they are stored.
func (h header) withoutProfile() header {
	if h.profile != nil {
		h.notes = append(h.notes[:len(h.notes):len(h.notes)], keptOut(profileName(h.profile)))
		h.profile = nil
	}
	return h
}

// inSRGB are the rows of a picture, taken to sRGB if its profile wants it. Rows are converted one by one as they are copied
// out of the decoder's picture, so that no second copy of the picture is made.
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

// primariesName names primaries by the CIE x and y of red, green and blue.
func primariesName(xy [8]float64) string {
	return fmt.Sprintf("primaries %.3g %.3g, %.3g %.3g, %.3g %.3g", xy[0], xy[1], xy[2], xy[3], xy[4], xy[5])
}
