package configs

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Alpha says what is done with the alpha of a picture: keep, drop, or "over:#rrggbb".
type Alpha string

const (
	AlphaKeep Alpha = "keep"
	AlphaDrop Alpha = "drop"

	alphaOver = "over:#"
)

// Over is the colour behind the picture: red, green and blue. ok is false when there is none.
func (a Alpha) Over() (rgb [3]uint8, ok bool) {
	digits, over := strings.CutPrefix(string(a), alphaOver)
	bytes, err := hex.DecodeString(digits)
	if !over || err != nil || len(bytes) != len(rgb) {
		return rgb, false
	}
	return [3]uint8(bytes), true
}

type alphaField struct{ at *Alpha }

func (f alphaField) parse(text string) (any, error) { return text, nil }
func (f alphaField) get() any                       { return string(*f.at) }
func (f alphaField) take(from field)                { *f.at = *from.(alphaField).at }

// set stores keep, drop, or a colour behind the picture.
func (f alphaField) set(_ key, value any) error {
	text, isText := value.(string)
	a := Alpha(strings.ToLower(strings.TrimSpace(text)))
	_, over := a.Over()
	switch {
	case !isText:
		return fmt.Errorf("wants \"keep\", \"drop\" or a colour such as \"over:#ffffff\", not %s", describe(value))
	case a != AlphaKeep && a != AlphaDrop && !over:
		return fmt.Errorf("is %q; write keep, drop or over:#rrggbb, for example over:#ffffff for white", text)
	}
	*f.at = a
	return nil
}
