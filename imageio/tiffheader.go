package imageio

import (
	"fmt"
	"io"
	"slices"

	"igs/imageio/icc"
	"igs/internal/fault"
)

const (
	tiffLittle = "II*\x00"
	tiffBig    = "MM\x00*"
)

// Values of tags of a TIFF.
const (
	tiffWhiteIsZero = 0
	tiffBlackIsZero = 1
	tiffRGB         = 2
	tiffPalette     = 3

	tiffFloat      = 3 // of the formats of a sample
	tiffAssociated = 1 // of the meanings of an extra sample: alpha that colours are multiplied by
	tiffStraight   = 2
	tiffDifference = 2 // of the predictors
	tiffDeflate    = 8 // of the compressions (second supplement to TIFF 6.0, 2002)
)

// tiffPackings is the largest factor of each compression. PackBits packs 128 bytes into two. A code of LZW has 12 bits
// and stands for at most 3838 bytes. Deflate packs 258 bytes into two bits.
var tiffPackings = map[int]int64{0: 1, 1: 1, 5: 2600, tiffDeflate: 1032, 32946: 1032, 32773: 64}

var tiffCompressions = map[int]string{
	2: "fax", 3: "fax", 4: "fax", 6: "JPEG", 7: "JPEG", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
}

// readTIFFHeader reads the first directory. It refuses files that golang.org/x/image/tiff cannot read, and files that
// it would read wrongly: planar channels, reversed bits, indices of 16 bits.
func readTIFFHeader(r io.ReaderAt, size int64) (header, error) {
	d, ok := readDirectory(r, size)
	if !ok {
		return header{}, damaged(formatTIFF, io.ErrUnexpectedEOF)
	}
	h := header{format: formatTIFF, w: d.number(tagWidth, 0), h: d.number(tagHeight, 0), c: 3, depth: 8, turn: d.orientation()}
	bits := d.numbers(tagBits)
	if len(bits) == 0 {
		bits = []int{1}
	}
	samples := d.number(tagSamples, len(bits))
	if len(bits) == 1 && samples > 1 && samples <= 16 { // some programs write the bits of one sample for all
		bits = slices.Repeat(bits, samples)
	}
	photometric := d.number(tagPhotometric, -1)
	if kind := tiffRefusal(d, photometric, samples, bits); kind != "" {
		return header{}, fault.New(fault.BadInput, tiffHint, "TIFF of a kind igs cannot read: %s", kind)
	}
	if d.number(tagSampleFormat, 1) == tiffFloat {
		return header{}, fault.New(fault.BadInput, "convert it to OpenEXR first", "TIFF of a kind igs cannot read: float samples")
	}
	h.samples = len(bits)
	h.bits, h.packing = samples*bits[0], tiffPackings[d.number(tagCompression, 1)]
	if bits[0] == 16 {
		h.depth = 16
	}
	if photometric == tiffBlackIsZero || photometric == tiffWhiteIsZero {
		h.c = 1
	}
	h.transparent = samples == 4
	h.associated = samples == 4 && d.number(tagExtraSamples, 0) == tiffAssociated
	if d.more {
		h.notes = append(h.notes, onlyFirst)
	}
	if profile, _ := d.find(tagICC, icc.MaxBytes); profile != nil {
		h.takeProfile(profile)
	}
	return h, nil
}

const tiffHint = "convert it first, for example to a TIFF of 8 or 16 bits with LZW"

// tiffRefusal says why a TIFF cannot be read. It is "" for one that can.
func tiffRefusal(d directory, photometric, samples int, bits []int) string {
	pack := d.number(tagCompression, 1)
	_, known := tiffPackings[pack]
	name := tiffCompressions[pack]
	if name == "" {
		name = fmt.Sprintf("unknown (%d)", pack)
	}
	colours := 1
	if photometric == tiffRGB {
		colours = 3
	}
	extra := d.number(tagExtraSamples, 0)
	switch {
	case !known:
		return name + " compression"
	case photometric < tiffWhiteIsZero || photometric > tiffPalette:
		names := map[int]string{4: "a mask", 5: "CMYK", 6: "YCbCr", 8: "CIELab", 9: "CIELab", 10: "CIELab", 32803: "a raw mosaic", 34892: "raw colours"}
		if names[photometric] != "" {
			return names[photometric] + " instead of grey or RGB"
		}
		return fmt.Sprintf("colours of an unknown kind (%d)", photometric)
	case d.number(tagSampleFormat, 1) == tiffFloat:
		return "" // the caller refuses it with another hint
	case d.number(tagSampleFormat, 1) != 1:
		return "signed or complex samples"
	case bits[0] != 8 && bits[0] != 16 && (bits[0] != 1 || colours != 1):
		return fmt.Sprintf("%d bits a sample", bits[0])
	case bits[0] == 16 && photometric == tiffPalette:
		return "a palette with indices of 16 bits"
	case samples != len(bits):
		return fmt.Sprintf("%d samples a pixel, bits of %d", samples, len(bits))
	case samples == 4 && colours == 3 && extra != tiffAssociated && extra != tiffStraight:
		return "a fourth channel that is not alpha"
	case samples != colours && (samples != 4 || colours != 3):
		return fmt.Sprintf("%d channels", samples)
	case samples > 1 && d.number(tagPlanar, 1) != 1:
		return "channels apart from each other (planar)"
	case d.number(tagFillOrder, 1) != 1:
		return "bits in reverse order"
	case d.number(tagPredictor, 1) > tiffDifference:
		return "a predictor for floats"
	}
	return ""
}
