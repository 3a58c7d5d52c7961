package imageio

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"igs/internal/fault"
)

// foreign has the first bytes of other formats, for a better message than "not a picture".
var foreign = []struct{ at, magic, name string }{
	{"", "GIF8", "GIF"}, {"", "BM", "BMP"}, {"", "II+\x00", "BigTIFF"}, {"", "MM\x00+", "BigTIFF"},
	{"????", "JXL ", "JPEG XL"}, {"", "\xff\x0a", "JPEG XL"}, {"????", "jP  ", "JPEG 2000"}, {"", "\xff\x4f\xff\x51", "JPEG 2000"},
	{"", "8BPS", "PSD"}, {"", "#?RADIANCE", "Radiance HDR"}, {"", "DDS ", "DDS"}, {"", "\x00\x00\x01\x00", "ICO"},
	{"", "P5\n", "PGM"}, {"", "P6\n", "PPM"}, {"", "Pf\n", "PFM"}, {"", "PF\n", "PFM"}, {"", "<svg", "SVG"},
	{"", "IGSM", "igs model"}, {"", "%PDF", "PDF"},
}

// brands are the brands of files of ISO boxes (ISO/IEC 14496-12 and 23008-12; AV1 Image File Format 1.1). Those that
// only say "a picture", such as mif1, do not count; the list of compatible brands then says more.
var brands = []struct{ brand, name, hint string }{
	{"avif", "AVIF", avifHint}, {"avis", "AVIF", avifHint},
	{"heic", "HEIC", heicHint}, {"heix", "HEIC", heicHint}, {"heim", "HEIC", heicHint}, {"heis", "HEIC", heicHint},
	{"hevc", "HEIC", heicHint}, {"hevx", "HEIC", heicHint}, {"hevm", "HEIC", heicHint}, {"hevs", "HEIC", heicHint},
	{"crx ", "Canon CR3", convertHint},
	{"mif1", "HEIF", heicHint}, {"mif2", "HEIF", heicHint}, {"msf1", "HEIF", heicHint}, {"miaf", "HEIF", heicHint},
}

const (
	heicHint  = "convert it first: heif-convert IN.heic OUT.png of libheif, or magick IN.heic OUT.png"
	avifHint  = "convert it first: avifdec IN.avif OUT.png of libavif, or ffmpeg -i IN.avif OUT.png"
	firstRead = 256 // bytes of a file that tell its format; a list of brands may be long
)

// notPicture is the error for a file of another format. first are its first bytes.
func notPicture(first []byte) error {
	if len(first) >= 16 && string(first[4:8]) == "ftyp" {
		return ofBrands(first)
	}
	for _, f := range foreign {
		if at := len(f.at); len(first) >= at && bytes.HasPrefix(first[at:], []byte(f.magic)) {
			return otherKind(f.name, convertHint)
		}
	}
	return fault.New(fault.BadInput, kindsHint, "is not a picture that igs can read")
}

func otherKind(name, hint string) error {
	return fault.New(fault.BadInput, hint, "is of a kind that igs does not read: %s", name)
}

// ofBrands reads a file type box: its size, "ftyp", the main brand, a version, other brands that it is compatible with.
func ofBrands(first []byte) error {
	end := min(int64(binary.BigEndian.Uint32(first)), int64(len(first)))
	found := []string{string(first[8:12])}
	for at := int64(16); at+4 <= end; at += 4 {
		found = append(found, string(first[at:at+4]))
	}
	for _, b := range brands {
		if slices.Contains(found, b.brand) {
			return otherKind(b.name, b.hint)
		}
	}
	if strings.HasPrefix(found[0], "jp") {
		return otherKind("JPEG 2000", convertHint)
	}
	return otherKind("a video", "save one of its pictures first: ffmpeg -i IN -frames:v 1 OUT.png")
}
