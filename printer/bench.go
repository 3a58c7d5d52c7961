package printer

import (
	"fmt"
	"text/tabwriter"

	"igs/internal/oneline"

	"igs/optim/selfcheck"
	"igs/runlog"
	"igs/vk"
)

// Timing is the result of igs bench. Kernels and buffer groups have objects of their own.
type Timing struct {
	Device      string  `json:"device"`
	Driver      string  `json:"driver"`
	Commit      string  `json:"commit"`
	W           int     `json:"width"`
	H           int     `json:"height"`
	C           int     `json:"channels"`
	Splats      int     `json:"num_gaussians"`
	Steps       int     `json:"steps"`
	StepsPerSec float64 `json:"steps_per_second"`
	Wall        float64 `json:"wall_ms_per_step"`
	CPU         float64 `json:"cpu_ms_per_step"`
	Pairs       int     `json:"pairs"`
	PSNR        float64 `json:"psnr"`
	Peak        int64   `json:"device_peak_bytes"`
	Tuning      string  `json:"tuning"`
}

type kernelTiming struct {
	Kernel       string  `json:"kernel"`
	Dispatches   int     `json:"dispatches"`
	Milliseconds float64 `json:"ms_per_step"`
	Share        float64 `json:"share"`
}

type groupMemory struct {
	Group string `json:"group"`
	Peak  int64  `json:"peak_bytes"`
}

func (Timing) Name() string       { return "bench" }
func (kernelTiming) Name() string { return "kernel" }
func (groupMemory) Name() string  { return "memory" }

// Bench prints the time of a step, of its kernels, and its memory. There are no kernels when the device has no
// timestamps.
func (c *Console) Bench(t Timing, memory vk.Usage, kernels []selfcheck.KernelTime) {
	var sum float64
	for _, k := range kernels {
		sum += k.Milliseconds
	}
	for _, k := range kernels {
		c.Tell(kernelTiming{k.Name, k.Dispatches, k.Milliseconds, k.Milliseconds / sum})
	}
	for _, g := range memory.Groups {
		c.Tell(groupMemory{g.Group, g.Peak})
	}
	c.Tell(t)
	if !c.tables() {
		return
	}
	fmt.Fprintf(c.out, "%s, %s\n%d × %d px, %d channels, %d splats, %d splat-tile pairs\n\n", oneline.Text(t.Device), oneline.Text(t.Driver), t.W, t.H, t.C, t.Splats, t.Pairs)
	w := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	if len(kernels) > 0 {
		fmt.Fprintln(w, "kernel\tdispatches\tms a step\tshare\t")
		for _, k := range kernels {
			fmt.Fprintf(w, "%s\t%d\t%.3f\t%.1f %%\t\n", k.Name, k.Dispatches, k.Milliseconds, 100*k.Milliseconds/sum)
		}
		fmt.Fprintf(w, "all\t\t%.3f\t\t\n", sum)
		w.Flush()
		fmt.Fprintln(c.out)
	}
	fmt.Fprintln(w, "buffers\tdevice bytes\t\t")
	for _, g := range memory.Groups {
		fmt.Fprintf(w, "%s\t%d\t%s\t\n", g.Group, g.Peak, runlog.Bytes(g.Peak))
	}
	fmt.Fprintf(w, "peak\t%d\t%s\t\n", t.Peak, runlog.Bytes(t.Peak))
	w.Flush()
	fmt.Fprintf(c.out, "\n%.3g steps/s over %d steps: %.1f ms wall and %.1f ms process CPU a step; %s afterwards\n", t.StepsPerSec, t.Steps, t.Wall, t.CPU, runlog.Decibels(t.PSNR))
	fmt.Fprintf(c.out, "tuning: %s\n", t.Tuning)
}
