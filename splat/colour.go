package splat

import "igs/imageio"

// Colour returns the colour of splat i in the first picture of the model, with 8 bits per channel and with gamma
// undone. It is grey for a picture of one channel.
func (m *Model) Colour(i int) (rgb [3]uint8) {
	f := m.Splats.Feat[i*m.Splats.C:]
	for k := range rgb {
		v := f[0]
		if m.Layers[0].C == 3 {
			v = f[k]
		}
		rgb[k] = uint8(255*imageio.ShownSample(v, m.Gamma) + 0.5)
	}
	return rgb
}
