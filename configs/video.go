package configs

import "math"

// Video is the training video of a run.
type Video struct {
	Enabled    bool
	SaveToDisk bool // frames are kept in the folder of the run, not in memory
	Every      int  // steps from one frame to the next
	Format     VideoFormat
	FPS        int // frames a second
	Layout     VideoLayout
	Quality    int  // of the JPEG frames, 1..100
	MaxWidth   int  // of the whole picture, px
	KeepFrames bool // after the video is made
}

// Panel is the size in px of one panel of the video of a picture of w × h px. Both sides are even, because encoders
// need that. The panel is not larger than the picture, and not higher than MaxWidth.
func (v Video) Panel(w, h int) (panelW, panelH int) {
	most := v.MaxWidth
	if v.Layout == LayoutSide {
		most /= 2
	}
	scale := min(1, float64(most)/float64(w), float64(v.MaxWidth)/float64(h))
	even := func(n, most int) int {
		return 2 * max(min(int(math.Round(scale*float64(n)/2)), n/2, most/2), 1)
	}
	return even(w, most), even(h, v.MaxWidth)
}
