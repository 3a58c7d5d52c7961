package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"runtime"

	"igs/imageio"
)

// What pictures may take in a page. Browsers open 40 MB of a local file in a second or two.
const (
	widest     = 1200     // px, of a picture
	narrowest  = 240      // px, however many there are
	room       = 30 << 20 // bytes of all pictures, as text; what else a page has may take 10 MB
	quality    = 88       // of JPEG
	losslessPx = 400      // below this width and height PNG costs little
	largePx    = 1 << 24  // pictures from here on leave garbage that must not pile up
)

// A colourful pixel takes about half a byte at this quality, and a third more as text.
const bytesPerPixel = 0.7

// picture is a copy of a picture inside the page.
type picture struct {
	W, H   int               // px, of the file
	Shown  int               // px, width of the copy
	Source template.HTMLAttr // src="data:…"
	Href   template.HTMLAttr // href="data:…", for SVG
	Notes  []string          // what reading changed
}

// album makes the copies and keeps an account of them.
type album struct {
	budget   int64 // bytes of text for one picture
	spent    int64
	scaled   int // pictures smaller than their files
	lossy    int
	left     int // pictures left out for lack of room
	smallest int // px, width of the narrowest scaled copy
}

func newAlbum(pictures int) *album { return &album{budget: room / int64(max(1, pictures))} }

// copyOf reads a picture, one at a time, and copies it at a size that suits the page. nil
// without an error says that there was no room left.
func (a *album) copyOf(path string) (*picture, error) {
	m, err := imageio.ReadSamples(path)
	if err != nil {
		return nil, err
	}
	if m.C != 1 && m.C != 3 {
		return nil, fmt.Errorf("%s has %d channels; pages show 1 or 3", path, m.C)
	}
	w := a.width(m.W, m.H)
	img := shrink(m, w)
	p := &picture{W: m.W, H: m.H, Shown: w, Notes: m.Notes}
	m = nil
	if p.W*p.H >= largePx {
		runtime.GC() // the next one would otherwise be read before this one is gone
	}
	kind, file, err := a.encode(img)
	if err != nil {
		return nil, err
	}
	size := textSize(len(file))
	if a.spent+size > room {
		a.left++
		return nil, nil
	}
	a.count(p, kind, size)
	uri := "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(file)
	p.Source, p.Href = template.HTMLAttr(`src="`+uri+`"`), template.HTMLAttr(`href="`+uri+`"`)
	return p, nil
}

// encode keeps every bit of a small picture, where the budget allows it.
func (a *album) encode(img image.Image) (kind string, file []byte, err error) {
	var out bytes.Buffer
	if b := img.Bounds(); b.Dx() < losslessPx && b.Dy() < losslessPx {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
		if err != nil || textSize(out.Len()) <= a.budget {
			return "png", out.Bytes(), err
		}
		out.Reset()
	}
	err = jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	return "jpeg", out.Bytes(), err
}

// textSize is the length of so many bytes as base64.
func textSize(n int) int64 { return int64(base64.StdEncoding.EncodedLen(n)) }

func (a *album) count(p *picture, kind string, size int64) {
	a.spent += size
	if kind == "jpeg" {
		a.lossy++
	}
	if p.Shown < p.W {
		a.scaled++
		if a.smallest == 0 || p.Shown < a.smallest {
			a.smallest = p.Shown
		}
	}
}

// width is that of the copy: as wide as the budget of a picture allows. Tall pictures are
// held to the same number of pixels as square ones.
func (a *album) width(w, h int) int {
	ratio := float64(w) / float64(h)
	fits := math.Sqrt(float64(a.budget) / bytesPerPixel * ratio)
	fits = min(fits, widest, widest*math.Sqrt(ratio))
	return min(w, max(narrowest, int(fits)))
}

// words says what was done to pictures, for the foot of the page.
func (a *album) words() []string {
	var words []string
	if a.scaled > 0 {
		words = append(words, fmt.Sprintf("%s scaled down, to %d px of width at the least; the files have all pixels", count(a.scaled, "picture is", "pictures are"), a.smallest))
	}
	if a.lossy > 0 {
		words = append(words, fmt.Sprintf("%s shown as JPEG of quality %d; judge the finest detail by the PNG files", count(a.lossy, "picture is", "pictures are"), quality))
	}
	if a.left > 0 {
		words = append(words, fmt.Sprintf("%s left out, to keep this page below 40 MB", count(a.left, "picture is", "pictures are")))
	}
	return words
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
