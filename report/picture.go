package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"

	"igs/imageio"
	"igs/record"
)

// Limits of the pictures in a page. Browsers open a local file of 40 MB in one or two seconds.
const (
	narrowest  = 240                 // px, for any number of pictures
	room       = 30 << 20            // bytes of all pictures, as text; the rest of a page may take 10 MB
	losslessPx = record.SmallPicture // below this width and height a PNG is small
	largePx    = 1 << 24             // pixels of a picture whose memory is freed before the next one is read
)

// A pixel of a photograph takes about half a byte at this quality, and base64 adds a third.
const bytesPerPixel = 0.7

// picture is a copy of a picture inside the page, or a file beside the page.
type picture struct {
	W, H   int // px, of the file
	Shown  int // px, width of the copy
	URL    template.URL
	Beside bool // a file, which a browser loads when it is about to be seen
}

// copier makes the copies of pictures and counts their bytes.
type copier struct {
	budget   int64 // bytes of text for one picture
	spent    int64
	scaled   int // pictures smaller than their files
	lossy    int
	left     int // pictures left out because the page would be too large
	smallest int // px, width of the narrowest scaled copy
}

func newCopier(pictures int) *copier { return &copier{budget: room / int64(max(1, pictures))} }

// copyOf makes a copy of a picture of a run, of a size that fits the page. made is the file as run.json has it. copyOf
// returns nil without an error when the page has no room left.
func (a *copier) copyOf(dir, name string, made record.File) (*picture, error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	size, err := imageio.ReadSize(path)
	if err != nil {
		return nil, err
	}
	if size.C > 4 {
		return nil, fmt.Errorf("%s has %d channels; a page shows pictures of 1 or 3, and alpha", path, size.C)
	}
	p := &picture{W: size.W, H: size.H, Shown: a.width(size.W, size.H)}
	kind, file := "png", a.asMade(path, p, made)
	thumbnail := thumbnailOf(dir, name, size.C)
	if file == nil && thumbnail != "" {
		kind, file = a.asLeft(thumbnail, p)
	}
	if file == nil {
		img, err := p.read(path, thumbnail)
		if err != nil {
			return nil, err
		}
		if kind, file, err = a.encode(img); err != nil {
			return nil, err
		}
	}
	text := textSize(len(file))
	if a.spent+text > room {
		a.left++
		return nil, nil
	}
	a.count(p, kind, text)
	p.URL = template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(file))
	return p, nil
}

// asLeft returns the thumbnail that the run left, if the page has room for it.
func (a *copier) asLeft(thumbnail string, p *picture) (kind string, file []byte) {
	file, err := os.ReadFile(thumbnail)
	if err != nil || textSize(len(file)) > a.budget {
		return "", nil
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width > p.W || config.Width < min(p.Shown, record.WidthOfThumbnail(p.W, p.H)) {
		return "", nil
	}
	p.Shown = config.Width
	return kind, file
}

// asMade returns the bytes of a file that fits the page as it is: a small PNG of 8 bits a sample, unchanged since the run
// wrote it. A browser shows it as the copy. For other files asMade returns nil.
func (a *copier) asMade(path string, p *picture, made record.File) []byte {
	const depth = 24 // place of the bits of a sample in a PNG
	if made.Sha256 == "" || p.Shown < p.W || p.W >= losslessPx || p.H >= losslessPx || textSize(int(made.Bytes)) > a.budget {
		return nil
	}
	file, err := os.ReadFile(path)
	if err != nil || len(file) <= depth || file[depth] != 8 || http.DetectContentType(file) != "image/png" {
		return nil
	}
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != made.Sha256 {
		return nil
	}
	return file
}

// thumbnailOf is the path of the thumbnail that the run made of a picture with so many channels, or "". A thumbnail that is older than the
// picture shows something else.
func thumbnailOf(dir, name string, channels int) string {
	path := filepath.Join(dir, filepath.FromSlash(record.ThumbnailOf(name, channels)))
	small, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if whole, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || whole.ModTime().After(small.ModTime()) {
		return ""
	}
	return path
}

// read makes the copy from the thumbnail if it is large enough, else from the picture.
func (p *picture) read(path, thumbnail string) (image.Image, error) {
	if thumbnail != "" {
		if m, err := imageio.ReadSamples(thumbnail); err == nil && m.W >= p.Shown {
			return m.Thumbnail(p.Shown), nil
		}
	}
	m, err := imageio.ReadSamples(path)
	if err != nil {
		return nil, err
	}
	img := m.Thumbnail(p.Shown)
	m = nil
	if p.W*p.H >= largePx {
		runtime.GC() // else the next picture would be read while this one still takes memory
	}
	return img, nil
}

// encode makes a PNG of a small picture if the budget allows it, else a JPEG.
func (a *copier) encode(img image.Image) (kind string, file []byte, err error) {
	var out bytes.Buffer
	if b := img.Bounds(); b.Dx() < losslessPx && b.Dy() < losslessPx {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
		if err != nil || textSize(out.Len()) <= a.budget {
			return "png", out.Bytes(), err
		}
		out.Reset()
	}
	err = jpeg.Encode(&out, overWhite(img), &jpeg.Options{Quality: record.ThumbnailQuality})
	return "jpeg", out.Bytes(), err
}

// overWhite is a picture without alpha, for a JPEG.
func overWhite(img image.Image) image.Image {
	if _, clear := img.(*image.NRGBA); !clear {
		return img
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Over)
	return out
}

// textSize is the length of n bytes as base64.
func textSize(n int) int64 { return int64(base64.StdEncoding.EncodedLen(n)) }

func (a *copier) count(p *picture, kind string, size int64) {
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

// width is the width of the copy of a w × h picture, as large as the budget of a picture
// allows. A tall picture gets as many pixels as a square one.
func (a *copier) width(w, h int) int {
	ratio := float64(w) / float64(h)
	fits := math.Sqrt(float64(a.budget) / bytesPerPixel * ratio)
	most := w
	if width := record.WidthOfThumbnail(w, h); width > 0 {
		most = width
	}
	return min(w, max(narrowest, min(most, int(fits))))
}

// words says how pictures were changed, for the foot of the page.
func (a *copier) words() []string {
	var words []string
	if a.scaled > 0 {
		words = append(words, fmt.Sprintf("%s scaled down, the smallest to a width of %d px; the files have all pixels", count(a.scaled, "picture is", "pictures are"), a.smallest))
	}
	if a.lossy > 0 {
		words = append(words, fmt.Sprintf("%s shown as JPEG of quality %d; look at the PNG files for the finest detail", count(a.lossy, "picture is", "pictures are"), record.ThumbnailQuality))
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
