package imageio

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// broken is a chunk with a wrong checksum.
func broken(kind string, data []byte) []byte {
	out := chunk(kind, data)
	out[len(out)-1] ^= 1
	return out
}

// Damage that does not change the pixels is ignored, with a note, as libpng does. Other damage is an error.
func TestDamagedChunks(t *testing.T) {
	rows := [][]byte{{9, 8, 7, 1, 2, 3}}
	rgb := func(before ...[]byte) []byte { return rawPNG(2, 1, 8, pngRGB, rows, before...) }
	whole := rgb()
	end := len(whole) - 12
	idat := bytes.Index(whole, []byte("IDAT")) + 4
	flipped := func(at int) []byte {
		out := slices.Clone(whole)
		out[at] ^= 1
		return out
	}
	exif := tiffWith(binary.BigEndian, typeShort, 6)
	ignored := func(kinds string) string { return "damaged chunks are ignored: " + kinds }
	const unended = "its end is missing; all pixels are there"
	for name, k := range map[string]struct {
		file []byte
		note string // "" for none; "!" and words of an error
	}{
		"text":                 {rgb(broken("tEXt", []byte("Comment\x00hello"))), ignored("tEXt")},
		"text and time":        {rgb(broken("tEXt", nil), broken("tEXt", nil), broken("tIME", make([]byte, 7))), ignored("tEXt, tIME")},
		"orientation":          {rgb(broken("eXIf", exif)), ignored("eXIf")},
		"gamma":                {rgb(broken("gAMA", []byte{0, 1, 0, 0})), ignored("gAMA")},
		"transparency":         {rgb(broken("tRNS", []byte{0, 9, 0, 8, 0, 7})), ignored("tRNS")},
		"short transparency":   {rgb(chunk("tRNS", []byte{0, 9})), ignored("tRNS")},
		"grey suggestions":     {rgb(chunk("PLTE", []byte{1, 2})), ""},
		"behind the pixels":    {slices.Concat(whole[:end], broken("tEXt", nil), whole[end:]), ignored("tEXt")},
		"end":                  {flipped(len(whole) - 1), ignored("IEND")},
		"no end":               {whole[:end], unended},
		"half an end":          {whole[:end+5], unended},
		"zeros instead of end": {slices.Concat(whole[:end], make([]byte, 100)), unended},
		"bytes after the end":  {slices.Concat(whole, []byte("hello")), ""},
		"checksum of pixels":   {flipped(end - 1), "!checksum"},
		"pixels":               {flipped(idat + 8), "!damaged"},
		"header":               {flipped(20), "!"},
		"zeros in the front":   {slices.Concat(whole[:33], make([]byte, 100), whole[33:]), "!bad chunk"},
	} {
		m, err := decodeBytes(k.file)
		if says, refused := strings.CutPrefix(k.note, "!"); refused {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Join(m.Notes, "; ") != k.note {
			t.Errorf("%s: notes %q, want %q", name, m.Notes, k.note)
		}
		if s := m.Samples(8); m.W != 2 || !slices.Equal(s.bytes, []uint8{9, 1, 8, 2, 7, 3}) {
			t.Errorf("%s: %d px wide, %v", name, m.W, s.bytes)
		}
	}
}

// A profile with a wrong checksum is not applied.
func TestDamagedProfile(t *testing.T) {
	profile := profileChunk(adobeRGB)
	damaged := slices.Clone(profile)
	damaged[len(damaged)-1] ^= 1
	for want, c := range map[string][]byte{"converted to sRGB": profile, "damaged chunks are ignored: iCCP": damaged} {
		m, err := decodeBytes(rawPNG(1, 1, 8, pngRGB, [][]byte{{200, 100, 50}}, c))
		if err != nil || len(m.Notes) != 1 || !strings.HasPrefix(m.Notes[0], want) {
			t.Errorf("want %q: %v, %v", want, m, err)
		}
	}
}

// Of an animation, the first picture is read.
func TestAnimatedPNG(t *testing.T) {
	for pictures, want := range map[byte][]string{1: nil, 5: {onlyFirst}} {
		m, err := decodeBytes(rawPNG(1, 1, 8, pngGrey, [][]byte{{7}}, chunk("acTL", []byte{0, 0, 0, pictures, 0, 0, 0, 0})))
		if err != nil || !slices.Equal(m.Notes, want) {
			t.Errorf("%d pictures: %v, %v", pictures, m, err)
		}
	}
}
