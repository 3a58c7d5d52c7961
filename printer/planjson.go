package printer

import "igs/session"

// planned is a run of igs plan.
type planned struct {
	Run     string           `json:"run"`
	Image   string           `json:"image"`
	W       int              `json:"width"`
	H       int              `json:"height"`
	C       int              `json:"channels"`
	Bits    int              `json:"bits"`
	Splats  int              `json:"num_gaussians"`
	Steps   int              `json:"steps"`
	Device  string           `json:"device"`
	Free    int64            `json:"free_bytes"`   // 0 = unknown
	Budget  int64            `json:"budget_bytes"` // 0 = what is free
	Fits    bool             `json:"fits"`
	Plan    string           `json:"plan"`
	Reason  string           `json:"reason,omitempty"`
	Bytes   int64            `json:"device_bytes"`
	Groups  map[string]int64 `json:"device_bytes_by_group"`
	Host    int64            `json:"host_bytes"`
	Scratch int64            `json:"scratch_bytes,omitempty"`
	Disk    int64            `json:"disk_bytes"`
	Video   int64            `json:"video_bytes"`
	Seconds float64          `json:"seconds,omitempty"`
	Ways    []candidate      `json:"ways"`
	Stages  []stage          `json:"stages,omitempty"`
	Devices int              `json:"devices"`
	Jobs    int              `json:"jobs"`
	AtOnce  int64            `json:"device_bytes_at_once"`
	Beside  int64            `json:"host_bytes_beside,omitempty"`
	Ahead   int64            `json:"host_bytes_ahead,omitempty"`
}

// stage is a part of a run with its own stride; from and to are 0 when only evaluations look at its pixels.
type stage struct {
	Stride int    `json:"stride"`
	From   int    `json:"from_step"`
	To     int    `json:"to_step"`
	Plan   string `json:"plan"`
	Bytes  int64  `json:"device_bytes"`
}

// candidate is one way to train a run.
type candidate struct {
	Plan   string           `json:"plan"`
	Fits   bool             `json:"fits"`
	Bytes  int64            `json:"device_bytes"`
	Groups map[string]int64 `json:"device_bytes_by_group"`
}

func (planned) Name() string { return "planned" }

func plannedOf(p *session.Plan, r session.PlannedRun) planned {
	o := planned{
		Run: r.Run.Name, Image: r.Run.Image, W: r.Picture.W, H: r.Picture.H, C: r.Picture.C, Bits: r.Picture.Depth, Splats: r.Run.Gaussians, Steps: r.Run.Steps,
		Device: p.Device.Info.Name, Free: p.Device.Info.FreeBytes, Budget: p.Budget, Fits: r.Err == nil, Plan: r.Chosen.Name, Reason: r.Why,
		Bytes: r.Chosen.Bytes, Groups: byGroup(r.Chosen), Host: r.Host, Scratch: r.Scratch, Disk: r.Disk, Video: r.Video, Seconds: r.Seconds, Devices: p.Devices, Jobs: p.Jobs, AtOnce: p.AtOnce, Beside: p.Beside, Ahead: p.Ahead, Ways: []candidate{},
	}
	for _, c := range r.Candidates {
		o.Ways = append(o.Ways, candidate{c.Name, c.Fits, c.Bytes, byGroup(c)})
	}
	for _, s := range r.Stages {
		o.Stages = append(o.Stages, stage{s.Stride, s.From, s.To, s.Name, s.Bytes})
	}
	return o
}

// plannedBatch is the pictures of one size of igs plan in flat layout.
type plannedBatch struct {
	W        int     `json:"width"`
	H        int     `json:"height"`
	C        int     `json:"channels"`
	Bits     int     `json:"bits"`
	Splats   int     `json:"num_gaussians"`
	Steps    int     `json:"steps"`
	Pictures int     `json:"pictures"`
	Together int     `json:"together"`
	Fits     bool    `json:"fits"`
	Bytes    int64   `json:"device_bytes"`
	Disk     int64   `json:"disk_bytes"`
	Seconds  float64 `json:"seconds,omitempty"`
}

func (plannedBatch) Name() string { return "planned_batch" }

func batchOf(b session.PlannedBatch) plannedBatch {
	return plannedBatch{b.Picture.W, b.Picture.H, b.Picture.C, b.Picture.Depth, b.Run.Gaussians, b.Run.Steps, b.Pictures, b.Together, b.Err == nil, b.Bytes, b.Disk, b.Seconds}
}

func byGroup(c session.PlanCandidate) map[string]int64 {
	groups := map[string]int64{}
	for _, g := range c.Groups {
		groups[g.Name] += g.Bytes
	}
	return groups
}
