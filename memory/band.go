package memory

// Band is one run of tile rows and the work that becomes possible once its pixels are drawn. The gradient of a tile row needs
// the SSIM windows of the rows below it, so it comes one tile row late.
type Band struct {
	ListBegin, ListEnd int // tile rows whose lists are made
	DrawBegin, DrawEnd int // tile rows drawn
	GradBegin, GradEnd int // tile rows whose gradient is complete
	Loss               []Chunk
	Index              int // from the top
}

// Chunk is a run of pixel rows that the loss takes at once, block of columns by block: the first two passes make the maps of
// BlurBegin..BlurEnd, the last one completes the gradient of GradBegin..GradEnd.
type Chunk struct {
	BlurBegin, BlurEnd int
	GradBegin, GradEnd int
	Carry              int // 0 and 1 take turns: which stretch of carried maps this chunk writes
}

// Block is a run of columns of a chunk. The moments reach two windows further than the maps made of them.
type Block struct {
	Begin, End             int
	MomentBegin, MomentEnd int
	Turn                   int // 0 and 1 take turns: whose place the maps of the block take
}

const radius = SSIMReach / 2

// Bands cuts the picture of a plan from top to bottom. Every row is drawn, blurred and differentiated exactly once.
func (p Plan) Bands() []Band {
	if p.Shape.DrawOnly {
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

// StepBands cuts the picture for a training step. A loss that looks at each pixel alone leaves no gradient waiting for the rows below.
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

// drawBands cuts what is only drawn: no gradient waits for the rows of the band above.
func (p Plan) drawBands() []Band {
	var bands []Band
	top, bottom := p.Shape.drawn()
	for begin := top; begin < bottom; begin += p.BandRows {
		end := min(begin+p.BandRows, bottom)
		bands = append(bands, Band{ListBegin: begin, ListEnd: end, DrawBegin: begin, DrawEnd: end, GradBegin: begin, GradEnd: begin, Index: len(bands)})
	}
	return bands
}

// Blocks cuts the columns of a chunk.
func (p Plan) Blocks() []Block {
	var blocks []Block
	for begin := 0; begin < p.Shape.W; begin += p.BlockColumns {
		end := min(begin+p.BlockColumns, p.Shape.W)
		blocks = append(blocks, Block{begin, end, max(begin-SSIMReach, 0), min(end+SSIMReach, p.Shape.W), len(blocks) % 2})
	}
	return blocks
}

// MapsBegin is where the maps of a block begin in their buffer, in quads: behind the carried ones.
func (p Plan) MapsBegin(b Block) int64 {
	return (p.CarriedBytes() + int64(b.Turn)*p.Shape.WindowBytes(p.ChunkRows, p.BlockColumns)) / 16
}

// CarriedBytes is the room for the maps that chunks hand on, twice.
func (p Plan) CarriedBytes() int64 { return 2 * p.Shape.WindowBytes(SSIMReach, p.Shape.W) }

// TargetRows are the tile rows of the target that the loss of a band looks at, and the rounds of growth.
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
