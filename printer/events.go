package printer

import (
	"cmp"

	"igs/event"
)

// The JSON lines of the events of training. docs/scripting.md lists the fields.
type (
	runStarted struct {
		Run          string `json:"run"`
		Image        string `json:"image"`
		W            int    `json:"width"`
		H            int    `json:"height"`
		C            int    `json:"channels"`
		Splats       int    `json:"num_gaussians"`
		Free         bool   `json:"finds_splats,omitempty"` // num_gaussians is the most
		Goal         string `json:"goal,omitempty"`
		Steps        int    `json:"steps"`
		Device       string `json:"device"`
		DeviceBytes  int64  `json:"device_bytes"`
		Memory       string `json:"memory"`
		PlannedBytes int64  `json:"planned_bytes"`
		From         int    `json:"from_step"`
	}
	evaluated struct {
		Step        int     `json:"step"`
		TotalLoss   float64 `json:"total_loss"`
		L1          float64 `json:"l1_loss"`
		L2          float64 `json:"l2_loss"`
		SSIMLoss    float64 `json:"ssim_loss"`
		PSNR        float64 `json:"psnr"`
		SSIM        float64 `json:"ssim"`
		Splats      int     `json:"num_gaussians"`
		Bytes       int64   `json:"num_bytes"`
		RenderTime  float64 `json:"render_time_accum"`
		TotalTime   float64 `json:"total_time_accum"`
		LRScale     float64 `json:"lr_scale"`
		LossScale   float64 `json:"loss_scale"`
		DeviceBytes int64   `json:"device_bytes"`
		Run         string  `json:"run,omitempty"`
	}
	densified struct {
		Step   int    `json:"step"`
		Added  int    `json:"added"`
		Moved  int    `json:"moved"`
		Splats int    `json:"num_gaussians"`
		Run    string `json:"run,omitempty"`
	}
	rescaled struct {
		Step      int     `json:"step"`
		LossScale float64 `json:"loss_scale"`
		Skipped   bool    `json:"skipped"`
		Run       string  `json:"run,omitempty"`
	}
	rounded struct {
		Step     int     `json:"step"`
		Loss     float64 `json:"loss_db"`
		Bytes    int64   `json:"num_bytes"`
		Position float64 `json:"position_bytes"`
		Shape    float64 `json:"shape_bytes"`
		Angle    float64 `json:"angle_bytes"`
		Colour   float64 `json:"colour_bytes"`
		Run      string  `json:"run,omitempty"`
	}
	checkpointed struct {
		Step    int     `json:"step"`
		Path    string  `json:"path"`
		Bytes   int64   `json:"bytes"`
		Seconds float64 `json:"seconds"`
		Run     string  `json:"run,omitempty"`
	}
	saved struct {
		Kind string `json:"kind"`
		Path string `json:"path"`
		Run  string `json:"run,omitempty"`
	}
	assembling struct {
		Run    string `json:"run"`
		Frame  int    `json:"frame"`
		Frames int    `json:"frames"`
	}
	rendering struct {
		Model string `json:"model"`
		Row   int    `json:"row"`
		Rows  int    `json:"rows"`
	}
	estimated struct {
		Run          string  `json:"run"`
		Seconds      float64 `json:"seconds"`
		SweepSeconds float64 `json:"sweep_seconds"`
		Runs         int     `json:"runs"`
	}
	warned struct {
		Text string `json:"text"`
		Run  string `json:"run,omitempty"`
		Hint string `json:"hint,omitempty"`
	}
	corpusAdvanced struct {
		Done        int     `json:"done"`
		Failed      int     `json:"failed"`
		Pictures    int     `json:"pictures"`
		Batch       int     `json:"batch"`
		PerHour     float64 `json:"pictures_per_hour"`
		ETA         float64 `json:"eta_seconds"`
		DeviceBytes int64   `json:"device_bytes"`
	}
	corpusWritten struct {
		Run    string  `json:"run"`
		Path   string  `json:"path"`
		PSNR   float64 `json:"psnr"`
		SSIM   float64 `json:"ssim"`
		Splats int     `json:"num_gaussians"`
		Bytes  int64   `json:"num_bytes"`
	}
	runEnded struct {
		Run          string  `json:"run"`
		Status       string  `json:"status"`
		Step         int     `json:"step"`
		PSNR         float64 `json:"psnr"`
		SSIM         float64 `json:"ssim"`
		Seconds      float64 `json:"seconds"`
		Bytes        int64   `json:"num_bytes"`
		StoppedEarly bool    `json:"stopped_early"`
		Device       string  `json:"device,omitempty"`
		Error        string  `json:"error,omitempty"`
	}
)

func (runStarted) Name() string     { return "run_started" }
func (evaluated) Name() string      { return "evaluated" }
func (densified) Name() string      { return "densified" }
func (rescaled) Name() string       { return "rescaled" }
func (rounded) Name() string        { return "rounded" }
func (checkpointed) Name() string   { return "checkpointed" }
func (saved) Name() string          { return "saved" }
func (assembling) Name() string     { return "assembling" }
func (rendering) Name() string      { return "drawing" }
func (estimated) Name() string      { return "estimated" }
func (warned) Name() string         { return "warned" }
func (runEnded) Name() string       { return "run_ended" }
func (corpusAdvanced) Name() string { return "corpus" }
func (corpusWritten) Name() string  { return "model_written" }

func corpusOf(e event.CorpusAdvanced) corpusAdvanced {
	return corpusAdvanced{e.Done, e.Failed, e.Pictures, e.Batch, e.PerHour, e.ETA, e.DeviceBytes}
}

// objectOf is the object of an event; nil means that the event has no JSON line.
func objectOf(of event.OfRun) Object {
	run := of.Run
	switch e := of.Event.(type) {
	case event.RunStarted:
		e.Device = cmp.Or(of.Device, e.Device)
		return runStarted(e)
	case event.Evaluated:
		return evaluated{
			Run: run, Step: e.Step, TotalLoss: e.TotalLoss, L1: e.L1, L2: e.L2, SSIMLoss: e.SSIMLoss, PSNR: e.PSNR, SSIM: e.SSIM, Splats: e.Splats, Bytes: e.Bytes,
			RenderTime: e.RenderTime, TotalTime: e.TotalTime, LRScale: e.LRScale, LossScale: e.LossScale, DeviceBytes: e.DeviceBytes,
		}
	case event.Densified:
		return densified{e.Step, e.Added, e.Moved, e.Splats, run}
	case event.Rescaled:
		return rescaled{e.Step, e.LossScale, e.Skipped, run}
	case event.Rounded:
		return rounded{e.Step, e.Loss, e.Bytes, e.Position, e.Shape, e.Angle, e.Colour, run}
	case event.Checkpointed:
		return checkpointed{e.Step, e.Path, e.Bytes, e.Seconds, run}
	case event.Saved:
		return saved{e.Kind, e.Path, run}
	case event.Assembling:
		return assembling{e.Run, e.Frame, e.Frames}
	case event.Estimated:
		return estimated(e)
	case event.Drawing:
		return rendering(e)
	case event.CorpusAdvanced:
		if e.Written {
			return corpusOf(e)
		}
	case event.CorpusWritten:
		return corpusWritten{e.Run, e.Path, e.PSNR, e.SSIM, e.Splats, e.Bytes}
	case event.RunEnded:
		return runEnded{
			Run: e.Run, Status: e.Status, Step: e.Step, PSNR: e.PSNR, SSIM: e.SSIM, Seconds: e.Seconds, Bytes: e.Bytes, StoppedEarly: e.StoppedEarly, Device: of.Device, Error: e.Error,
		}
	}
	return nil
}
