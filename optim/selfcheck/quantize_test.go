package selfcheck

import (
	"math"
	"testing"

	"igs/imageio"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

func TestQuantizedLikeTheFile(t *testing.T) {
	p, target := reference.RandomScene(3, 60, 40, 777, 3)
	for i := range p.N {
		p.Rot[i] *= 9
		p.Scale[2*i] *= float32(1 - 2*(i%2))
	}
	p.Scale[4], p.Feat[5], p.Rot[6], p.Rot[7] = 0, -1e-7, 1e17, -3e38
	for _, bits := range []splat.Bits{{XY: 12, Scale: 10, Rot: 8, Feat: 8}, {XY: 16, Scale: 16, Rot: 16, Feat: 16}, {XY: 4, Scale: 4, Rot: 4, Feat: 4}, {XY: 22, Scale: 22, Rot: 22, Feat: 22}, {XY: 23, Scale: 7, Rot: 32, Feat: 5}, {XY: 8, Scale: 8, Rot: 23, Feat: 8}} {
		sameOnDevice(t, target, p, bits)
	}
}

func TestQuantizedLikeTheFileInNarrowRanges(t *testing.T) {
	p, target := reference.RandomScene(3, 60, 40, 300, 3)
	for i := range p.N {
		p.XY[2*i] = -max(p.XY[2*i], 0)
		p.XY[2*i+1] = 1.973105 + float32(i)/299*(1.9731141-1.973105)
		for c := range 3 {
			p.Feat[3*i+c] = math.Nextafter32(0.5, float32((i+c)%2))
		}
	}
	p.XY[0], p.XY[1], p.XY[3] = float32(math.Copysign(0, -1)), 1.973105, 1.9731141 // the maximum of x is -0
	for _, xy := range []int{4, 6, 12, 22} {
		sameOnDevice(t, target, p, splat.Bits{XY: xy, Scale: 8, Rot: 8, Feat: 8})
	}
}

func sameOnDevice(t *testing.T, target *imageio.Image, p *splat.Splats, bits splat.Bits) {
	t.Helper()
	got, err := roundedBy(vktest.Open(t), target, p, bits)
	if err != nil {
		t.Fatal(err)
	}
	want := p.Clone()
	want.Quantize(bits)
	for i := range want.Scale {
		if bits.Scale < splat.Exact {
			want.Scale[i] = float32(math.Abs(float64(want.Scale[i])))
		}
	}
	for name, pair := range map[string][2][]float32{"xy": {got.XY, want.XY}, "scale": {got.Scale, want.Scale}, "rot": {got.Rot, want.Rot}, "feat": {got.Feat, want.Feat}} {
		for i, v := range pair[1] {
			if math.Float32bits(pair[0][i]) != math.Float32bits(v) {
				t.Errorf("%+v, %s %d: %v on the device, %v in the file", bits, name, i, pair[0][i], v)
				break
			}
		}
	}
}
