package imageio

import (
	"bytes"
)

const exifMagic = "Exif\x00\x00"

// exifOrientation reads the orientation from the first directory of a TIFF structure.
func exifOrientation(tiff []byte) orientation {
	d, ok := readDirectory(bytes.NewReader(tiff), int64(len(tiff)))
	if !ok {
		return upright
	}
	return d.orientation()
}
