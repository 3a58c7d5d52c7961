package codecs

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	_ "image/png" // decodes the pictures of the codecs
	"io"
	"math"
	"os"
	"strings"

	"igs/internal/fault"
)

// Quality compares two pictures of 8-bit RGB.
type Quality struct {
	PSNR float64 // over red, green and blue, dB
	Luma float64 // PSNR of Y' = 0.299 R' + 0.587 G' + 0.114 B', dB (ITU-R BT.601)
}

// picture is a picture of 8-bit RGB, three bytes a pixel.
type picture struct {
	w, h int
	rgb  []byte
}

func (p *picture) compare(o *picture) (Quality, error) {
	if p.w != o.w || p.h != o.h {
		return Quality{}, fmt.Errorf("a picture of %d × %d px instead of %d × %d", o.w, o.h, p.w, p.h)
	}
	squares, luma := 0, 0.0
	for i := 0; i < len(p.rgb); i += 3 {
		r, g, b := int(p.rgb[i])-int(o.rgb[i]), int(p.rgb[i+1])-int(o.rgb[i+1]), int(p.rgb[i+2])-int(o.rgb[i+2])
		squares += r*r + g*g + b*b
		y := 0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b)
		luma += y * y
	}
	pixels := float64(p.w) * float64(p.h)
	return Quality{decibels(float64(squares) / (3 * pixels)), decibels(luma / pixels)}, nil
}

func decibels(meanSquare float64) float64 { return -10 * math.Log10(meanSquare/(255*255)) }

// readPicture reads a PNG, or a PPM if the path says so. Other pictures than 8-bit RGB are refused.
func readPicture(path string) (*picture, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if strings.HasSuffix(path, ".ppm") {
		return readPPM(bufio.NewReader(file))
	}
	img, _, err := image.Decode(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	switch img.ColorModel() {
	case color.RGBAModel, color.NRGBAModel:
	default:
		return nil, fault.New(fault.BadInput, "codecs are compared for pictures of 8-bit RGB", "%s is not 8-bit RGB", path)
	}
	bounds := img.Bounds()
	p := &picture{w: bounds.Dx(), h: bounds.Dy()}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			p.rgb = append(p.rgb, c.R, c.G, c.B)
		}
	}
	return p, nil
}

// readPPM reads what djpeg writes: P6, without comments, 8 bits.
func readPPM(from io.Reader) (*picture, error) {
	p, most, mark := &picture{}, 0, ""
	if _, err := fmt.Fscanf(from, "%s\n%d %d\n%d\n", &mark, &p.w, &p.h, &most); err != nil || mark != "P6" || most != 255 || p.w < 1 || p.h < 1 || p.w > 1<<20 || p.h > 1<<20 {
		return nil, fmt.Errorf("a PPM %q of %d × %d px: %v", mark, p.w, p.h, err)
	}
	p.rgb = make([]byte, 3*p.w*p.h)
	_, err := io.ReadFull(from, p.rgb)
	return p, err
}

func (p *picture) writePPM(path string) error {
	return os.WriteFile(path, append(fmt.Appendf(nil, "P6\n%d %d\n255\n", p.w, p.h), p.rgb...), 0o666)
}
