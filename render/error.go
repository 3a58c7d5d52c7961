package render

import (
	"math"

	"igs/imageio"
	"igs/video"
)

// greatest are the greatest errors that errorLine keeps, by channel. A layer with alpha needs them as they are.
func greatest(target *imageio.Samples) []float32 {
	most := make([]float32, target.C)
	for c := range most {
		most[c] = 1
	}
	at := 0
	for _, l := range target.Layers {
		for c := range l.C {
			if l.Alpha {
				most[at+c] = math.MaxFloat32
			}
		}
		at += l.C
	}
	return most
}

// errorLine writes the difference of two lines, times video.ErrorGain, to dst, but at most `most`. dst may be one of the two. NaN
// stays.
func errorLine(dst, rendered, target []float32, most float32) {
	dst, rendered = dst[:len(target)], rendered[:len(target)]
	done := 0
	if vectors {
		if done = len(target) / 8 * 8; done > 0 {
			errorVectors(&dst[0], &rendered[0], &target[0], done, video.ErrorGain, most)
		}
	}
	for x := done; x < len(target); x++ {
		dst[x] = video.ErrorGain * float32(math.Abs(float64(rendered[x]-target[x])))
		if dst[x] > most {
			dst[x] = most
		}
	}
}

// meanErrors gives the colours of layers with alpha their mean error over black and over white, at most 1. Over both a colour
// differs by |Δq + Δα/2| and |Δq − Δα/2| (imageio.Mix), whose mean is the larger of |Δq| and |Δα|/2.
func meanErrors(row [][]float32, layers []imageio.Layer) {
	at := 0
	for _, l := range layers {
		if l.Alpha {
			alpha, share := row[at+l.C-1], float32(math.Sqrt(float64(l.Colours())))
			for _, line := range row[at : at+l.C-1] {
				for x, v := range alpha {
					line[x] = min(max(line[x], v/share), 1)
				}
			}
			for x, v := range alpha {
				alpha[x] = min(v, 1)
			}
		}
		at += l.C
	}
}
