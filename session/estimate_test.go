package session

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"igs/imageio"
	"igs/record"
)

// Plans count thumbnails: a JPEG of noise, the largest there is, takes no more than its share.
func TestThumbnailBytes(t *testing.T) {
	noise, random := image.NewRGBA(image.Rect(0, 0, 400, 300)), rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.IntN(256))
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, noise, &jpeg.Options{Quality: record.ThumbnailQuality}); err != nil {
		t.Fatal(err)
	}
	if share := thumbnailBytes(imageio.Size{W: 400, H: 300, C: 3}) / 3; int64(file.Len()) > share || share > 3*int64(file.Len()) {
		t.Errorf("a thumbnail of %d bytes counts as %d", file.Len(), share)
	}
	if n := thumbnailBytes(imageio.Size{W: 399, H: 300, C: 3}); n != 0 {
		t.Errorf("%d bytes of a picture that has none", n)
	}
}
