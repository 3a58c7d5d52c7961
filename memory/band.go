package memory

// Band is one run of tile rows and the work that becomes possible once its pixels are drawn. The gradient of a tile row needs
// the SSIM windows of the rows below it, so it comes one tile row late.
type Band struct {
	ListBegin, ListEnd int // tile rows whose lists are made
	DrawBegin, DrawEnd int // tile rows drawn
	GradBegin, GradEnd int // tile rows whose gradient is complete
	Loss               []LossRows
	First              bool
}

// LossRows is one dispatch of each pass of the loss, in pixel rows: the first two passes make the maps of BlurBegin..BlurEnd, the
// last one completes the gradient of GradBegin..GradEnd.
type LossRows struct {
	BlurBegin, BlurEnd int
	GradBegin, GradEnd int
}

// Bands cuts the picture of a plan from top to bottom. Every row is drawn, blurred and differentiated exactly once.
func (p Plan) Bands() []Band {
	const radius = ssimReach / 2
	var bands []Band
	tiles, h := p.Shape.TilesY(), p.Shape.H
	blurred, graded := 0, 0
	for begin := 0; begin < tiles; begin += p.BandRows {
		end := min(begin+p.BandRows, tiles)
		b := Band{
			ListBegin: max(begin-1, 0), ListEnd: end,
			DrawBegin: begin, DrawEnd: end,
			GradBegin: max(begin-1, 0), GradEnd: end - 1,
			First: begin == 0,
		}
		blurEnd := end*TileSize - radius
		if end == tiles {
			b.GradEnd, blurEnd = tiles, h
		}
		for blurred < blurEnd {
			to := min(blurred+p.LossRows, blurEnd)
			gradEnd := max(to-radius, graded)
			if to == h {
				gradEnd = h
			}
			b.Loss = append(b.Loss, LossRows{blurred, to, graded, gradEnd})
			blurred, graded = to, gradEnd
		}
		bands = append(bands, b)
	}
	return bands
}
