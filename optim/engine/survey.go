package engine

import (
	"encoding/binary"
	"math"

	"igs/internal/parallel"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// survey measures the picture between two steps, for the rules that add and move splats: the growth of the error
// without each splat (its removal cost), and the error of each pixel, sharp or blurred. The results are in the memory
// of a step: errors in the place of the thresholds, blurred errors in that of the pixels, costs in that of the records
// and of the sums.
type survey struct {
	in      *rasterization
	target  *targetRows
	records *records
	gather  *gathering
	sums    *lossSums

	weigh, blur, cost, add *vk.Kernel
	left                   Errors // the errors of the present splats that are on the device
}

// Errors is a kind of errors of pixels.
type Errors int

const (
	NoErrors Errors = iota
	Sharp           // sum over channels of the squared difference
	Blurred         // the same, convolved with a Gaussian
)

func (s *survey) declare(memory.Plan) []owned { return nil }

func (s *survey) build(m *maker) error {
	if !m.plan.Shape.Rounds {
		return nil
	}
	deep := flag(m.plan.Shape.Depth == 16)
	if err := m.kernel(&s.weigh, "weigh_error", deep, 0); err != nil {
		return err
	}
	if err := m.kernel(&s.blur, "blur_error"); err != nil {
		return err
	}
	if err := m.kernel(&s.cost, "removal_cost", deep, m.setup.Tuning.Lanes); err != nil {
		return err
	}
	return m.kernel(&s.add, "gather_cost", flag(m.setup.Tuning.shares()))
}

// recordCosts adds up the removal costs over the tile rows of a band.
func (s *survey) recordCosts(r *vk.Recorder, w work, b memory.Band) {
	p, shape := w.plan, w.plan.Shape
	pixels, base := s.in.words(p, b)
	target, begin := s.target.rows(p, b, b.DrawBegin*memory.TileSize, b.DrawEnd*memory.TileSize)
	target.Format = vk.RG32U
	lists := s.in.in
	costs := s.records.written(p)
	costs.Bytes = 4 * int64(p.Pairs)
	r.Dispatch(s.cost, [3]int{shape.TilesX(), b.ListEnd - b.ListBegin, 1}, shaders.RemovalCostPush{
		Width: uint32(shape.W), Height: uint32(shape.H), ListBegin: uint32(b.ListBegin), WorkBegin: uint32(b.DrawBegin), WorkEnd: uint32(b.DrawEnd),
		Ring: uint32(p.Ring), Base: base, TargetBegin: begin, Capacity: uint32(p.Pairs), CellRows: uint32(shape.PictureRows()),
	}, quads(lists.in.geometry), target, arg(lists.tileStart), lists.listed(), arg(s.in.used), pixels, s.in.limitQuads(p, b), costs)
	r.Dispatch(s.add, over(s.add, w.span()), shaders.GatherCostPush{Splats: uint32(w.span()), Capacity: uint32(p.Pairs), Add: flag(b.Index > 0)},
		costs, arg(lists.pairStart), arg(lists.pairCount), arg(s.gather.sums))
}

// recordErrors writes the errors of the tile rows that a band rendered.
func (s *survey) recordErrors(r *vk.Recorder, p memory.Plan, b memory.Band) {
	shape := p.Shape
	pixels, base := s.in.colours(p, b)
	target, begin := s.target.rows(p, b, b.DrawBegin*memory.TileSize, b.DrawEnd*memory.TileSize)
	groups := [3]int{shape.TilesX(), b.DrawEnd - b.DrawBegin, 1}
	r.Dispatch(s.weigh, groups, shaders.WeighErrorPush{
		Width: uint32(shape.W), Height: uint32(shape.H), RowBegin: uint32(b.DrawBegin), Ring: uint32(p.Ring), Base: base,
		TargetBegin: begin, PartialBegin: uint32(s.sums.errorCount), CellRows: uint32(shape.PictureRows()),
	}, pixels, target, s.in.limits(p, b), arg(s.sums.errors))
	s.sums.errorCount += groups[0] * groups[1]
}

// recordBlur blurs the errors of the tile rows whose neighbours a band completed.
func (s *survey) recordBlur(r *vk.Recorder, p memory.Plan, b memory.Band, taps [4]float32) {
	shape := p.Shape
	if b.GradBegin == b.GradEnd {
		return
	}
	pixels, base := s.in.colours(p, b)
	r.Dispatch(s.blur, [3]int{shape.TilesX(), b.GradEnd - b.GradBegin, 1}, shaders.BlurErrorPush{
		Width: uint32(shape.W), Height: uint32(shape.H), RowBegin: uint32(b.GradBegin), Ring: uint32(p.Ring), Base: base,
		Taps0: taps[0], Taps1: taps[1], Taps2: taps[2], Taps3: taps[3], CellRows: uint32(shape.PictureRows()),
	}, s.in.limits(p, b), pixels)
}

// blurTaps returns the taps of a Gaussian of sigma px at the distances 0 to 3. With 0 px there is no blur.
func blurTaps(sigma float64) [4]float32 {
	taps := [4]float64{1}
	sum := 1.0
	for i := 1; sigma > 0 && i <= 3; i++ {
		taps[i] = math.Exp(-float64(i*i) / (2 * sigma * sigma))
		sum += 2 * taps[i]
	}
	var rounded [4]float32
	for i, v := range taps {
		rounded[i] = float32(v / sum)
	}
	return rounded
}

// SurveyOptions says what a survey measures.
type SurveyOptions struct {
	Costs  bool    // the removal cost of each splat
	Errors Errors  // the errors of the pixels
	Sigma  float64 // rendered pixels, of the Gaussian of Blurred
	At     Offset  // if the steps are strided: the pixels to look at
}

// Survey renders the present splats and measures them. sse is the sum of the squared errors of all samples, clamped to
// [0,1]. costs is the growth of sse without each splat, if o asks for it, with all other splats unchanged. No step
// may be in flight.
func (e *Engine) Survey(o SurveyOptions) (costs []float32, sse float64, err error) {
	all, err := e.surveyAll(o)
	if err != nil {
		return nil, 0, err
	}
	return all[0].Costs, all[0].Squared, nil
}

// Surveyed is what a survey measures of one picture.
type Surveyed struct {
	Costs   []float32 // the removal cost of each splat; nil if the options do not ask for it
	Squared float64   // sum of the squared errors of all samples, clamped to [0,1]
}

// surveyAll measures all pictures.
func (e *Engine) surveyAll(o SurveyOptions) ([]Surveyed, error) {
	if err := e.surveyBands(o, func(int, []byte) error { return nil }); err != nil {
		return nil, err
	}
	found := make([]Surveyed, e.plan.Shape.Pictures())
	for i, report := range e.measure.reports(len(found)) {
		found[i].Squared = float64(report.Squared)
	}
	if !o.Costs {
		return found, nil
	}
	bytes := make([]byte, 4*e.span())
	if err := e.dev.Read(e.gather.sums, 0, bytes); err != nil {
		return nil, err
	}
	costs := Decode(bytes)
	for i := range found {
		found[i].Costs = costs[i*e.plan.Shape.PictureSplats():][:e.splats]
	}
	return found, nil
}

// Errors calls take with the errors of the pixels of the present splats, in whole rows from the top. The rows are valid
// during the call, and take may change them. If the device keeps all pixels, the errors of the last Survey are used.
// Otherwise the splats are rendered again. take runs in a goroutine of its own while the next rows are read, and has
// ended when Errors returns.
func (e *Engine) Errors(o SurveyOptions, take func(rows []float32)) error {
	s := e.plan.Shape
	free, full, ended := make(chan []float32, 2), make(chan []float32, 2), make(chan struct{})
	for range cap(free) {
		free <- make([]float32, memory.TileSize*s.W)
	}
	go func() {
		defer close(ended)
		for rows := range full {
			take(rows)
			free <- rows[:cap(rows)]
		}
	}()
	defer func() { close(full); <-ended }()
	words := 1 // per pixel
	if o.Errors == Blurred {
		words = s.PixelQuads() * s.PixelQuadBytes() / 4
	}
	hand := func(tileRow int, bytes []byte) error {
		n := min(memory.TileSize, s.H-tileRow%s.PictureRows()*memory.TileSize)
		rows := (<-free)[:n*s.W]
		parallel.Each(n, func(_, y int) { unpackErrors(rows[y*s.W:(y+1)*s.W], bytes, y, words) })
		full <- rows
		return nil
	}
	if e.plan.Mode == memory.Stored && e.survey.left == o.Errors {
		return e.readErrors(o.Errors, 0, s.TilesY(), hand)
	}
	o.Costs = false
	return e.surveyBands(o, hand)
}

// unpackErrors reads row y of a tile row. Each run of 16 columns has 16 errors, then unused words up to `words` per
// pixel.
func unpackErrors(to []float32, bytes []byte, y, words int) {
	const tile = memory.TileSize
	for x := 0; x < len(to); x += tile {
		line := (*[4 * tile]byte)(bytes[4*(x+y)*tile*words:]) // an array, so that its bounds are known
		if len(to)-x >= tile {
			out := (*[tile]float32)(to[x:])
			for i := range out {
				out[i] = math.Float32frombits(binary.LittleEndian.Uint32(line[4*i : 4*i+4]))
			}
			continue
		}
		for i := range to[x:] {
			to[x+i] = math.Float32frombits(binary.LittleEndian.Uint32(line[4*i : 4*i+4]))
		}
	}
}

// surveyBands renders the present splats band by band, and calls take with the words of each tile row of errors when it is
// complete.
func (e *Engine) surveyBands(o SurveyOptions, take func(tileRow int, words []byte) error) error {
	e.survey.left, e.at = NoErrors, o.At
	handed := 0 // tile rows given to take
	for again := true; again; {
		again = false
		for i, b := range e.bands {
			if err := e.renderBand(i, b, o); err != nil {
				return err
			}
			needed, err := e.pairsNeeded()
			if err != nil {
				return err
			}
			if needed > e.plan.Pairs {
				if err := e.Lengthen(needed); err != nil {
					return err
				}
				again = true
				break
			}
			if begin := max(b.GradBegin, handed); begin < b.GradEnd {
				if err := e.readErrors(o.Errors, begin, b.GradEnd, take); err != nil {
					return err
				}
				handed = b.GradEnd
			}
		}
	}
	e.survey.left = o.Errors
	return nil
}

// renderBand records and runs the commands of one band.
func (e *Engine) renderBand(i int, b memory.Band, o SurveyOptions) error {
	r := e.dev.NewRecorder()
	if i == 0 {
		e.clear(r)
		if e.plan.Shape.Spacing() > 1 {
			e.control.setOffset(r, e.at)
		}
		e.projectRounded(r, RoundAll)
	}
	e.bin.record(r, e.work, b)
	e.raster.record(r, e.work, b)
	if o.Costs {
		e.survey.recordCosts(r, e.work, b)
	}
	e.survey.recordErrors(r, e.plan, b)
	if o.Errors == Blurred {
		e.survey.recordBlur(r, e.plan, b, blurTaps(o.Sigma))
	}
	if i == len(e.bands)-1 {
		e.sums.record(r, e.plan, e.measure)
	}
	seq, err := r.Finish()
	if err != nil {
		return err
	}
	defer seq.Free()
	if e.plan.Streamed {
		if err := e.target.feed(e.work, part{seq: seq, band: b, turn: e.target.turn(e.plan, b)}); err != nil {
			return err
		}
		defer func() { e.target.readers = [2]*vk.Sequence{} }()
	}
	return seq.Run()
}

// readErrors reads tile rows of errors from the device, and calls take for each.
func (e *Engine) readErrors(which Errors, begin, end int, take func(tileRow int, words []byte) error) error {
	size, from := thresholdRow(e.plan.Shape), e.raster.threshold
	if which == Blurred {
		size, from = e.plan.Shape.TileRowBytes(), e.raster.pixels
	}
	rows := min(max(1, int(vk.StagingBytes/size)), end-begin) // as many as fit into staging, because each read waits for the device
	bytes := make([]byte, int64(rows)*size)
	for at := begin; at < end; {
		n := min(rows, end-at, e.plan.Ring-at%e.plan.Ring)
		if err := e.dev.Read(from, int64(at%e.plan.Ring)*size, bytes[:int64(n)*size]); err != nil {
			return err
		}
		for i := range n {
			if err := take(at+i, bytes[int64(i)*size:int64(i+1)*size]); err != nil {
				return err
			}
		}
		at += n
	}
	return nil
}

// Replace replaces splats, and sets the moments of the new splats to zero. places[j] is the index that splat j of p
// gets.
func (e *Engine) Replace(places []int, p *splat.Splats) error {
	l, err := e.Save()
	if err != nil {
		return err
	}
	stride, planes := e.plan.Shape.Splats, e.plan.Shape.Planes()
	values := Planes(p, p.N)
	for k := range planes {
		for j, i := range places {
			binary.LittleEndian.PutUint32(l.Params[4*(k*stride+i):], math.Float32bits(values[k*p.N+j]))
		}
	}
	for k := range len(l.Moments) / (4 * stride) {
		for _, i := range places {
			binary.LittleEndian.PutUint32(l.Moments[4*(k*stride+i):], 0)
		}
	}
	if err := e.dev.Write(e.params.values, 0, l.Params); err != nil {
		return err
	}
	return e.dev.Write(e.update.moments, 0, l.Moments)
}
