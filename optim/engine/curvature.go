package engine

import (
	"math"

	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// curvature is the diagonal of the Gauss-Newton matrix of the squared error of the picture. The records and the sums of
// the gradient hold it.
type curvature struct {
	params  *parameters
	in      *rasterization
	records *records
	gather  *gathering

	kernel *vk.Kernel
}

func (c *curvature) declare(memory.Plan) []owned { return nil }

func (c *curvature) build(m *maker) error {
	return m.kernel(&c.kernel, "rasterize_curvature", m.setup.Tuning.Lanes)
}

// record adds up the sums over the tile rows of a band.
func (c *curvature) record(r *vk.Recorder, w work, b memory.Band) {
	p, shape := w.plan, w.plan.Shape
	pixels, base := c.in.words(p, b)
	lists := c.in.in
	r.Dispatch(c.kernel, [3]int{shape.TilesX(), b.ListEnd - b.ListBegin, 1}, shaders.RasterizeCurvaturePush{
		Width: uint32(shape.W), Height: uint32(shape.H), ListBegin: uint32(b.ListBegin), WorkBegin: uint32(b.DrawBegin), WorkEnd: uint32(b.DrawEnd),
		Ring: uint32(p.Ring), Base: base, Stride: uint32(shape.Splats), Capacity: uint32(p.Pairs), CellRows: uint32(shape.PictureRows()),
	}, quads(lists.in.geometry), arg(c.params.values), arg(lists.tileStart), lists.listed(), arg(c.in.used), pixels, c.in.limitQuads(p, b), c.records.written(p))
	c.gather.record(r, w, b)
}

// Curvature returns the curvature of the splats on the device. No step may be in flight, and the plan must look at every
// pixel.
func (e *Engine) Curvature() ([]splat.Curvature, error) {
	all, err := e.curvatures()
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Curvature is Engine.Curvature for each picture.
func (b *Batch) Curvature() ([][]splat.Curvature, error) { return b.engine.curvatures() }

func (e *Engine) curvatures() ([][]splat.Curvature, error) {
	for i := 0; i < len(e.bands); i++ {
		if err := e.run(func(r *vk.Recorder) {
			if i == 0 {
				e.clear(r)
				e.projectRounded(r, RoundNone)
			}
			e.bin.record(r, e.work, e.bands[i])
			e.raster.record(r, e.work, e.bands[i])
			e.curvature.record(r, e.work, e.bands[i])
		}); err != nil {
			return nil, err
		}
		needed, err := e.pairsNeeded()
		if err != nil {
			return nil, err
		}
		if needed > e.plan.Pairs {
			if err := e.Lengthen(needed); err != nil {
				return nil, err
			}
			i = -1 // the bands may have changed
		}
	}
	sums, err := e.readSums()
	if err != nil {
		return nil, err
	}
	shape := e.plan.Shape
	all := make([][]splat.Curvature, shape.Pictures())
	for picture := range all {
		for i := range e.splats {
			at := func(k int) float64 { return float64(sums[k*shape.Splats+picture*shape.PictureSplats()+i]) }
			all[picture] = append(all[picture], splat.Curvature{Weight: at(0), UU: at(1), VV: at(2), UUUU: at(3), VVVV: at(4), UUVV: at(5)})
		}
	}
	return all, nil
}

// readSums reads the sums of each splat: planes of plan.Shape.Splats.
func (e *Engine) readSums() ([]float32, error) {
	s := e.plan.Shape
	flat := make([]byte, 4*s.Planes()*s.Splats)
	err := e.dev.Read(e.gather.sums, 0, flat)
	return Decode(flat), err
}

// Gradient returns the derivatives of the squared error of the picture, not clamped, with respect to the parameters of
// the splats: the centre in px, the logarithms of the scales, the angle and the features. It is nil if a derivative is
// not finite. The splats on the device may change: load them again before the next use. No step may be in flight, and
// the plan must look at every pixel.
func (e *Engine) Gradient(p *splat.Splats) (*splat.Splats, error) {
	all, err := e.gradients([]*splat.Splats{p}, func() error { return e.Load(p) })
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Gradient is Engine.Gradient for each picture.
func (b *Batch) Gradient(all []*splat.Splats) ([]*splat.Splats, error) {
	return b.engine.gradients(all, func() error { return b.Show(all) })
}

func (e *Engine) gradients(all []*splat.Splats, load func() error) ([]*splat.Splats, error) {
	steps := make([]shaders.Step, len(all))
	for i := range steps {
		steps[i] = shaders.Step{Weights: shaders.Terms{L2: 1}.Scaled(1, 1), Epsilon: 1, Correction1: 1, Correction2: 1}
	}
	var reports []shaders.Report
	for {
		if err := load(); err != nil {
			return nil, err
		}
		if err := e.submit(e.inFlight[0], steps...); err != nil {
			return nil, err
		}
		var err error
		if reports, err = e.collect(e.inFlight[0]); err != nil {
			return nil, err
		}
		needed := int(reports[0].Pairs)
		if needed <= e.plan.Pairs {
			break
		}
		if err := e.Lengthen(needed); err != nil {
			return nil, err
		}
	}
	sums, err := e.readSums()
	if err != nil {
		return nil, err
	}
	shape := e.plan.Shape
	found := make([]*splat.Splats, len(all))
	for i, p := range all {
		if reports[i].Overflow == 0 {
			found[i] = FromPlanes(sums[i*shape.PictureSplats():], shape.Splats, p.N, p.C)
			for k := range p.N {
				chain(found[i], p, k)
			}
		}
	}
	return found, nil
}

// chain turns the sums of splat i into derivatives. The sums are −Σ g {dx, dy, dx², dx dy, dy²} with g = ∂E/∂s
// (rasterize_grad). s = (U² + V²)/2 with U = t1 (cosθ dx + sinθ dy), V = t2 (cosθ dy − sinθ dx).
func chain(g, p *splat.Splats, i int) {
	t1, t2 := float64(p.Scale[2*i]), float64(p.Scale[2*i+1])
	sin, cos := math.Sincos(float64(p.Rot[i]))
	x, y := float64(g.XY[2*i]), float64(g.XY[2*i+1])
	xx, xy, yy := -float64(g.Scale[2*i]), -float64(g.Scale[2*i+1]), -float64(g.Rot[i])
	u, v := t1*t1*(cos*x+sin*y), t2*t2*(cos*y-sin*x)
	g.XY[2*i], g.XY[2*i+1] = float32(cos*u-sin*v), float32(sin*u+cos*v)
	uu, vv := cos*cos*xx+2*cos*sin*xy+sin*sin*yy, sin*sin*xx-2*cos*sin*xy+cos*cos*yy
	uv := cos*sin*(yy-xx) + (cos*cos-sin*sin)*xy
	g.Scale[2*i], g.Scale[2*i+1] = float32(t1*t1*uu), float32(t2*t2*vv)
	g.Rot[i] = float32((t1*t1 - t2*t2) * uv)
}
