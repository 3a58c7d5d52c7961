package memory

// Band is a number of consecutive tile rows and the work that can be done when its pixels are rendered. The gradient of
// a tile row needs the SSIM windows of the rows below, so it follows one tile row later.
type Band struct {
	ListBegin, ListEnd int // tile rows whose lists this band makes
	DrawBegin, DrawEnd int // tile rows that this band renders
	GradBegin, GradEnd int // tile rows whose gradient this band completes
	Loss               []Chunk
	Index              int // from the top
}

// Chunk is a number of consecutive pixel rows that the loss processes together, one block of columns after the other.
// The first two passes compute the maps of the rows BlurBegin..BlurEnd, the last pass completes the gradient of the
// rows GradBegin..GradEnd.
type Chunk struct {
	BlurBegin, BlurEnd int
	GradBegin, GradEnd int
	Carry              int // 0 or 1, alternating: the half of the buffer of carried maps that this chunk writes
}

// Block is a number of consecutive columns of a chunk. Its moments reach two windows further than its maps.
type Block struct {
	Begin, End             int
	MomentBegin, MomentEnd int
	Turn                   int // 0 or 1, alternating: the half of the buffer that holds the maps of the block
}

const radius = SSIMReach / 2

// Bands divides the picture into bands, from top to bottom. Every row is rendered, blurred and differentiated exactly
// once.
func (p Plan) Bands() []Band {
	if p.Shape.RenderOnly {
		return p.drawBands()
	}
	var bands []Band
	tiles, h := p.Shape.TilesY(), p.Shape.H
	blurred, carry := 0, 0
	for begin := 0; begin < tiles; begin += p.BandRows {
		end := min(begin+p.BandRows, tiles)
		b := Band{
			ListBegin: max(begin-1, 0), ListEnd: end,
			DrawBegin: begin, DrawEnd: end,
			GradBegin: max(begin-1, 0), GradEnd: end - 1,
			Index: len(bands),
		}
		blurEnd := end*TileSize - radius
		if end == tiles {
			b.GradEnd, blurEnd = tiles, h
		}
		for left := div(blurEnd-blurred, p.ChunkRows); left > 0; left-- {
			c := Chunk{BlurBegin: blurred, BlurEnd: blurred + div(blurEnd-blurred, left), GradBegin: max(blurred-radius, 0), Carry: carry}
			c.GradEnd = max(c.BlurEnd-radius, 0)
			if c.BlurEnd == h {
				c.GradEnd = h
			}
			b.Loss = append(b.Loss, c)
			blurred, carry = c.BlurEnd, 1-carry
		}
		bands = append(bands, b)
	}
	return bands
}

// StepBands divides the picture into bands for a training step. A pointwise loss needs no rows below, so its gradient
// is not delayed.
func (p Plan) StepBands() []Band {
	bands := p.Bands()
	if p.Shape.Pointwise {
		for i := range bands {
			b := &bands[i]
			b.ListBegin, b.GradBegin, b.GradEnd = b.DrawBegin, b.DrawBegin, b.DrawEnd
		}
	}
	return bands
}

// drawBands divides the picture into bands for rendering without gradients.
func (p Plan) drawBands() []Band {
	var bands []Band
	top, bottom := p.Shape.drawn()
	for begin := top; begin < bottom; begin += p.BandRows {
		end := min(begin+p.BandRows, bottom)
		bands = append(bands, Band{ListBegin: begin, ListEnd: end, DrawBegin: begin, DrawEnd: end, GradBegin: begin, GradEnd: begin, Index: len(bands)})
	}
	return bands
}

// Blocks divides the columns of a chunk into blocks.
func (p Plan) Blocks() []Block {
	var blocks []Block
	for begin := 0; begin < p.Shape.W; begin += p.BlockColumns {
		end := min(begin+p.BlockColumns, p.Shape.W)
		blocks = append(blocks, Block{begin, end, max(begin-SSIMReach, 0), min(end+SSIMReach, p.Shape.W), len(blocks) % 2})
	}
	return blocks
}

// MapsBegin is the offset of the maps of a block in their buffer, in quads. The carried maps lie before them.
func (p Plan) MapsBegin(b Block) int64 {
	return (p.CarriedBytes() + int64(b.Turn)*p.Shape.WindowBytes(p.ChunkRows, p.BlockColumns)) / 16
}

// CarriedBytes is the size of the two buffers for the maps that a chunk passes to the next one.
func (p Plan) CarriedBytes() int64 { return 2 * p.Shape.WindowBytes(SSIMReach, p.Shape.W) }

// TargetRows returns the tile rows of the target that a band reads, for its loss and for the errors by which splats are
// added.
func (b Band) TargetRows(s Shape) (begin, end int) {
	if len(b.Loss) == 0 {
		return b.DrawBegin, b.DrawBegin
	}
	first, last := b.Loss[0], b.Loss[len(b.Loss)-1]
	begin, end = max(first.BlurBegin-radius, 0)/TileSize, div(min(last.BlurEnd+radius, s.H), TileSize)
	if s.Fused > 0 {
		begin, end = max(b.GradBegin*TileSize-SSIMReach, 0)/TileSize, min(div(b.GradEnd*TileSize+SSIMReach, TileSize), b.DrawEnd)
	}
	if s.Pointwise || s.Rounds {
		begin, end = min(begin, max(b.DrawBegin-s.Before(), 0)), max(end, b.DrawEnd)
	}
	return begin, end
}

func div(n, by int) int { return (n + by - 1) / by }
