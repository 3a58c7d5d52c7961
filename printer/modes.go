package printer

import (
	"fmt"
	"text/tabwriter"

	"igs/internal/oneline"

	"igs/optim/selfcheck"
)

// modeTiming is one way to train of igs bench --modes.
type modeTiming struct {
	Mode      string  `json:"mode"`
	W         int     `json:"width"`
	H         int     `json:"height"`
	Splats    int     `json:"num_gaussians"`
	Steps     int     `json:"steps"`
	Planned   int64   `json:"device_planned_bytes"`
	Peak      int64   `json:"device_peak_bytes"`
	Wall      float64 `json:"wall_ms_per_step"` // median
	Ratio     float64 `json:"time_ratio"`       // to float16 stored, median over the steps
	FirstLoss float64 `json:"first_loss"`
	LastLoss  float64 `json:"last_loss"`
	Apart     float64 `json:"greatest_difference"` // of a sample, to float32 stored
}

func (modeTiming) Name() string { return "mode" }

// Modes prints the ways to train as a table. about is device and driver.
func (c *Console) Modes(about [2]string, work selfcheck.Work, reports []selfcheck.ModeReport) {
	target, run := work.Target, work.Run
	w := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	if c.tables() {
		fmt.Fprintf(c.out, "%s, %s\n%d × %d px, %d channels, %d splats, %d steps in each mode, a step of each in turn\n\n",
			oneline.Text(about[0]), oneline.Text(about[1]), target.W, target.H, target.C, run.Gaussians, run.Steps)
		fmt.Fprintln(w, "device bytes\tplanned\tof plan\tms a step\tof float16 stored\tfirst loss\tlast loss\tpicture apart\t  mode")
	}
	for _, r := range reports {
		m := modeTiming{Mode: r.Plan.String(), W: target.W, H: target.H, Splats: run.Gaussians, Steps: run.Steps, Planned: r.Plan.Bytes(), Peak: r.Peak,
			Wall: selfcheck.Median(r.Milliseconds), Ratio: r.Ratio, FirstLoss: r.Loss[0], LastLoss: r.Loss[len(r.Loss)-1], Apart: r.Apart}
		c.Tell(m)
		if c.tables() {
			fmt.Fprintf(w, "%d\t%d\t%.3f\t%.1f\t%.3f\t%.5f\t%.5f\t%.2g\t  %s\n", m.Peak, m.Planned, float64(m.Peak)/float64(m.Planned), m.Wall, m.Ratio, m.FirstLoss, m.LastLoss, m.Apart, m.Mode)
		}
	}
	w.Flush()
}
