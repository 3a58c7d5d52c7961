package memory

// TileSize is the side of a tile in pixels. The kernels are written for it.
const TileSize = 16

// Shape is what the bytes of a run depend on.
type Shape struct {
	W, H, C int  // picture: pixels, channels
	Splats  int  // splats at the end of the run
	Depth   int  // bits per sample of the target on the device: 8 or 16
	Half    bool // colours, denominators and gradients of pixels are float16

	DrawOnly    bool // nothing is trained, and
	Top, Bottom int  // of the tile rows only these are drawn: Top to Bottom-1; all when Bottom is 0

	Fused int // columns of a workgroup of the kernel that takes the whole loss with SSIM at once; 0: three passes take it. A layout sets it

	Pointwise bool // the loss looks at each pixel alone: it has no SSIM
	Frame     bool // Adam works in the frame of each splat, and counts its age
	Rounds    bool // splats are added and moved by the blurred error of pixels

	Quantized bool // what is drawn are the parameters in the precision of the model file

	Film int64 // bytes of a frame of the training video; 0 = there is none
}

// TilesX and TilesY count the tiles of the picture.
func (s Shape) TilesX() int { return (s.W + TileSize - 1) / TileSize }

// TilesY counts the rows of tiles.
func (s Shape) TilesY() int { return (s.H + TileSize - 1) / TileSize }

// Before is how many tile rows above a band must still be there when the band is drawn: the gradient of SSIM waits for the rows below it,
// and so does the blurred error, which also looks at the rows above; so does a loss whose windows keep nothing of the band above.
func (s Shape) Before() int {
	if s.Rounds || s.Fused > 0 {
		return 2
	}
	return 1
}

// drawn are the tile rows that a drawing is wanted of.
func (s Shape) drawn() (begin, end int) {
	if s.Bottom == 0 {
		return 0, s.TilesY()
	}
	return s.Top, s.Bottom
}

// PixelQuads is the number of quads (four values) of a pixel: its channels, the denominator, and one more value of the gradient,
// which takes the place of the denominator where a quad ends there (quad.glsl).
func (s Shape) PixelQuads() int {
	if s.C == 3 {
		return 1
	}
	return (s.C + 5) / 4
}

// SplatQuads is the number of quads of a projected splat: centre and conic (5 values), and its features.
func (s Shape) SplatQuads() int { return 1 + (s.C+4)/4 }

// RecordQuads is the number of quads of the sums of one splat-tile pair.
func (s Shape) RecordQuads() int { return (s.C + 8) / 4 }

// Planes is the number of parameters of a splat: x, y, t1, t2, rotation and its features.
func (s Shape) Planes() int { return 5 + s.C }

// PixelQuadBytes is the size of one quad of a pixel.
func (s Shape) PixelQuadBytes() int {
	if s.Half {
		return 8
	}
	return 16
}

// TileRowBytes is the size of one tile row of pixels.
func (s Shape) TileRowBytes() int64 {
	return int64(s.PixelQuads()*s.PixelQuadBytes()) * int64(s.TilesX()) * TileSize * TileSize
}

// TargetTileRowBytes is the size of one tile row of the target on the device, in the bits of its file.
func (s Shape) TargetTileRowBytes() int64 {
	return int64(s.C) * int64(s.Depth/8) * int64(s.TilesX()) * TileSize * TileSize
}

// WindowBytes is the size of a block between two passes of the loss: a quad a channel, columns by eights.
func (s Shape) WindowBytes(rows, columns int) int64 {
	return int64(16*s.C) * int64(rows) * int64((columns+7)/8*8)
}

// RecordBytes is the size of the sums of one splat-tile pair; while the lists are made its place holds the pair itself.
func (s Shape) RecordBytes() int64 { return 16 * int64(s.RecordQuads()) }

// pairBytes is what one splat-tile pair takes in all: its record and its place in a list.
func (s Shape) pairBytes() int64 { return s.RecordBytes() + 8 }
