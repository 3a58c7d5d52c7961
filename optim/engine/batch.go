package engine

import (
	"encoding/binary"
	"math"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Batch is an Engine that trains several pictures of one size together. All pictures have the same number of splats at
// every time. No picture changes the numbers of another one: each gets the bits that an Engine of its own would give it.
// The loss must have no SSIM, and the plan keeps all pixels and the whole targets.
type Batch struct{ engine Engine }

// NewBatch is New for the pictures of a plan with Shape.Batch pictures. The caller must call Load before the first step.
func NewBatch(dev *vk.Device, targets []*imageio.Samples, plan memory.Plan, set Setup) (*Batch, error) {
	b := &Batch{}
	b.engine.target.pictures = targets
	if err := b.engine.open(dev, plan, 1, set, b.engine.trainingPasses(plan.Shape)); err != nil {
		return nil, err
	}
	if err := b.engine.start(nil); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close frees the memory.
func (b *Batch) Close() { b.engine.Close() }

// Plan returns the present plan.
func (b *Batch) Plan() memory.Plan { return b.engine.plan }

// Splats returns the present number of splats of each picture.
func (b *Batch) Splats() int { return b.engine.splats }

// Lengthen makes room for `needed` pairs; see Engine.Lengthen.
func (b *Batch) Lengthen(needed int) error { return b.engine.Lengthen(needed) }

// Submit starts step n with the numbers of each picture; see Engine.Submit.
func (b *Batch) Submit(n int, steps []shaders.Step) error {
	return b.engine.submit(b.engine.inFlight[n%2], steps...)
}

// Collect waits for step n and returns the report of each picture.
func (b *Batch) Collect(n int) ([]shaders.Report, error) {
	return b.engine.collect(b.engine.inFlight[n%2])
}

// Load replaces the splats of all pictures. Moments stay as they are.
func (b *Batch) Load(all []*splat.Splats) error {
	if err := b.Show(all); err != nil {
		return err
	}
	return b.engine.Record()
}

// Show is Load for splats that are only drawn.
func (b *Batch) Show(all []*splat.Splats) error {
	s, n := b.engine.plan.Shape, all[0].N
	if n > s.PictureSplats() {
		return tooMany(n, s.PictureSplats())
	}
	flat := make([]byte, 4*s.Planes()*s.Splats)
	for i, p := range all {
		b.put(flat, Planes(p, p.N), p.N, func(j int) int { return i*s.PictureSplats() + j })
	}
	b.engine.splats = n
	return b.engine.dev.Write(b.engine.params.values, 0, flat)
}

// put writes the planes of n splats to planes of the whole batch. at returns the index of splat j.
func (b *Batch) put(to []byte, planes []float32, n int, at func(j int) int) {
	stride := b.engine.plan.Shape.Splats
	for k := range len(planes) / max(n, 1) {
		for j, v := range planes[k*n : (k+1)*n] {
			binary.LittleEndian.PutUint32(to[4*(k*stride+at(j)):], math.Float32bits(v))
		}
	}
}

// Append adds the same number of splats to each picture.
func (b *Batch) Append(added []*splat.Splats) error {
	before := b.engine.splats
	places := make([]int, added[0].N)
	for j := range places {
		places[j] = before + j
	}
	same := make([][]int, len(added))
	for i := range same {
		same[i] = places
	}
	if n := before + len(places); n > b.engine.plan.Shape.PictureSplats() {
		return tooMany(n, b.engine.plan.Shape.PictureSplats())
	}
	if err := b.Replace(same, added); err != nil {
		return err
	}
	b.engine.splats = before + len(places)
	return b.engine.Record()
}

// Replace replaces splats and sets the moments of the new ones to zero. places[i][j] is the index among the splats of
// picture i that splat j of p[i] gets. A picture without places may have no splats.
func (b *Batch) Replace(places [][]int, p []*splat.Splats) error {
	kept, err := b.engine.Save()
	if err != nil {
		return err
	}
	s := b.engine.plan.Shape
	for i, own := range places {
		if len(own) == 0 {
			continue
		}
		at := func(j int) int { return i*s.PictureSplats() + own[j] }
		b.put(kept.Params, Planes(p[i], p[i].N), p[i].N, at)
		b.put(kept.Moments, make([]float32, len(kept.Moments)/(4*s.Splats)*len(own)), len(own), at)
	}
	if err := b.engine.dev.Write(b.engine.params.values, 0, kept.Params); err != nil {
		return err
	}
	return b.engine.dev.Write(b.engine.update.moments, 0, kept.Moments)
}

// Save returns the splats and the moments of each picture, as an Engine for this picture alone would.
func (b *Batch) Save() ([]Snapshot, error) {
	kept, err := b.engine.Save()
	if err != nil {
		return nil, err
	}
	s := b.engine.plan.Shape
	all := make([]Snapshot, s.Pictures())
	for i := range all {
		all[i] = Snapshot{kept.Splats, b.share(kept.Params, i), b.share(kept.Moments, i)}
	}
	return all, nil
}

// share returns the planes of picture i of the planes of the batch.
func (b *Batch) share(planes []byte, i int) []byte {
	s := b.engine.plan.Shape
	stride, own := 4*s.Splats, 4*s.PictureSplats()
	var of []byte
	for at := i * own; at < len(planes); at += stride {
		of = append(of, planes[at:at+own]...)
	}
	return of
}

// Survey is Engine.Survey for each picture.
func (b *Batch) Survey(o SurveyOptions) ([]Surveyed, error) { return b.engine.surveyAll(o) }

// Errors returns the errors of the pixels of each picture after a survey, row by row.
func (b *Batch) Errors(o SurveyOptions) ([][]float32, error) {
	s := b.engine.plan.Shape
	all := make([][]float32, s.Pictures())
	for i := range all {
		all[i] = make([]float32, 0, s.W*s.H)
	}
	at := 0
	err := b.engine.Errors(o, func(rows []float32) { // of one picture
		if len(all[at]) == s.W*s.H {
			at++
		}
		all[at] = append(all[at], rows...)
	})
	return all, err
}

// Rows calls take with the rows of each picture, one picture after the other; see Renderer.Rows. Row y of picture i has
// the number i*H + y.
func (b *Batch) Rows() imageio.Rows {
	h := b.engine.plan.Shape.H
	rows := b.engine.Rows()
	return imageio.Rows{Gamma: rows.Gamma, Each: func(take func(y int, row [][]float32) error) error {
		first := -h
		return rows.Each(func(y int, row [][]float32) error {
			if y == 0 {
				first += h
			}
			return take(first+y, row)
		})
	}}
}

// batchPixels is the number of pixels of a batch that keep a device busy. More pictures would only take more memory, and
// lose more work when a run is interrupted.
const (
	batchPixelsCPU = 1 << 18
	batchPixelsGPU = 1 << 22
)

// BatchTiles reports whether pictures of w × h px can be in a batch: one workgroup adds up the tiles of a picture.
func BatchTiles(w, h int) bool {
	s := memory.Shape{W: w, H: h}
	return s.TilesX()*s.TilesY() <= partBlock
}

// MostTogether returns how many pictures of w × h px with so many splats a batch should have at most.
func MostTogether(on Platform, w, h, splats int) int {
	pixels := batchPixelsGPU
	if on.Info.Kind == vk.CPU {
		pixels = batchPixelsCPU
	}
	const tileRows = 1 << 16 // splat_project stores their numbers in 16 bits
	rows := memory.Shape{W: w, H: h}.TilesY()
	return max(1, min(pixels/(w*h), (tileRows-1)/rows, (memory.MaxSplats-1)/splats))
}
