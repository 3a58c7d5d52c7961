package memory

// TileSize is the side of a tile, px. The kernels depend on this value.
const TileSize = 16

// Shape holds the properties of a run that determine its memory.
type Shape struct {
	W, H, C int  // size of the rendered picture, px, and its channels
	Splats  int  // number of splats at the end of the run, of all pictures
	Depth   int  // bits per sample of the target on the device: 8 or 16
	Half    bool // colours, denominators and gradients of pixels are float16

	// Batch is the number of pictures of W × H px that are trained together; 0 and 1 mean one picture. Their tile rows follow
	// each other, and each has the same share of the splats.
	Batch int

	// Lattice is set for strided steps, which look at every Spacing-th column and row of the target. W and H then count
	// these columns and rows.
	Lattice Lattice

	RenderOnly  bool // the splats are rendered and not trained
	Top, Bottom int  // with RenderOnly: only the tile rows Top to Bottom-1 are rendered; Bottom 0 means all tile rows
	Bytes       bool // with RenderOnly: samples are rounded to 8 bits; only for up to four channels and a gamma of 1

	// Fused is the number of columns of a workgroup of the kernel that computes a loss with SSIM in one pass. 0 means
	// that three passes compute the loss. The plan sets it from the limits.
	Fused int

	Pointwise bool // the loss of a pixel depends on this pixel alone: the loss has no SSIM
	Frame     bool // Adam works in the frame of each splat and counts its age
	Rounds    bool // splats are added and moved by the blurred error of pixels

	Quantized bool // the parameters are rendered with the precision of the model file

	FrameBytes int64 // size of a frame of the training video, bytes; 0 means no video
}

// Lattice describes the pixels of a strided step, (Spacing j + ox, Spacing i + oy) with an offset (ox, oy) below Spacing.
type Lattice struct {
	Spacing int // px; 0 and 1 mean every pixel
	W, H    int // size of the target, px; not set if every pixel is rendered
}

// Strided returns the shape of steps that look at every spacing-th column and row of the picture of s. Where the size of
// the picture is no multiple of spacing, its edge pixels are repeated, so that all offsets have as many pixels.
func (s Shape) Strided(spacing int) Shape {
	if spacing > 1 {
		s.Lattice = Lattice{Spacing: spacing, W: s.W, H: s.H}
		s.W, s.H = div(s.W, spacing), div(s.H, spacing)
	}
	return s
}

// Spacing returns the distance in px of neighbouring pixels of a step.
func (s Shape) Spacing() int { return max(s.Lattice.Spacing, 1) }

// Target returns the size of the target, px.
func (s Shape) Target() (w, h int) {
	if s.Lattice.Spacing > 1 {
		return s.Lattice.W, s.Lattice.H
	}
	return s.W, s.H
}

// TilesX returns the number of tiles in a row of tiles.
func (s Shape) TilesX() int { return (s.W + TileSize - 1) / TileSize }

// TilesY returns the number of rows of tiles, of all pictures.
func (s Shape) TilesY() int { return s.Pictures() * s.PictureRows() }

// Pictures returns the number of pictures that are trained together.
func (s Shape) Pictures() int { return max(s.Batch, 1) }

// PictureRows returns the number of rows of tiles of one picture.
func (s Shape) PictureRows() int { return div(s.H, TileSize) }

// PictureSplats returns the number of splats that one picture has room for.
func (s Shape) PictureSplats() int { return s.Splats / s.Pictures() }

// Before returns the number of tile rows above a band that must be kept until the band is rendered. The gradient of
// SSIM needs the rows below, which takes one tile row. The blurred error needs rows above too, and the fused loss keeps
// no maps of the band above: each of these takes two tile rows.
func (s Shape) Before() int {
	if s.Rounds || s.Fused > 0 {
		return 2
	}
	return 1
}

// drawn returns the tile rows to render.
func (s Shape) drawn() (begin, end int) {
	if s.Bottom == 0 {
		return 0, s.TilesY()
	}
	return s.Top, s.Bottom
}

// PixelQuads is the number of quads (four values) of a pixel: its channels, the denominator, and one more value of the
// gradient. For RGB the latter takes the place of the denominator (quad.glsl).
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
	pixel := s.PixelQuads() * s.PixelQuadBytes()
	if s.Bytes {
		pixel = 4
	}
	return int64(pixel) * int64(s.TilesX()) * TileSize * TileSize
}

// TargetTileRowBytes is the size of one tile row of the target on the device, in the bits of its file.
func (s Shape) TargetTileRowBytes() int64 {
	return int64(s.C) * int64(s.Depth/8) * int64(s.TilesX()) * TileSize * TileSize
}

// WindowBytes is the size of a block between two passes of the loss: one quad per channel, with columns rounded up to
// multiples of eight.
func (s Shape) WindowBytes(rows, columns int) int64 {
	return int64(16*s.C) * int64(rows) * int64((columns+7)/8*8)
}

// RecordBytes is the size of the sums of one splat-tile pair. While the lists are made, the same memory holds the
// unsorted pair.
func (s Shape) RecordBytes() int64 { return 16 * int64(s.RecordQuads()) }

// pairBytes is the size of one splat-tile pair: its record and its list entry.
func (s Shape) pairBytes() int64 { return s.RecordBytes() + 8 }
