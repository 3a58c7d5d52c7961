package main

// plannedRun is a run in --json.
type plannedRun struct {
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
	Disk    int64            `json:"disk_bytes"`
	Video   int64            `json:"video_bytes"`
	Seconds float64          `json:"seconds,omitempty"`
	Ways    []plannedWay     `json:"ways"`
}

type plannedWay struct {
	Plan   string           `json:"plan"`
	Fits   bool             `json:"fits"`
	Bytes  int64            `json:"device_bytes"`
	Groups map[string]int64 `json:"device_bytes_by_group"`
}

func (plannedRun) Name() string { return "planned" }

func (s *jobPlan) object(r planned) plannedRun {
	o := plannedRun{
		Run: r.run.Name, Image: r.run.Image, W: r.picture.W, H: r.picture.H, C: r.picture.C, Bits: r.picture.Depth, Splats: r.run.Gaussians, Steps: r.run.Steps,
		Device: s.device.info.Name, Free: s.device.info.FreeBytes, Budget: s.budget, Fits: r.err == nil, Plan: r.chosen.name, Reason: r.why,
		Bytes: r.chosen.bytes, Groups: r.chosen.byGroup(), Host: r.host, Disk: r.disk, Video: r.video, Seconds: r.seconds, Ways: []plannedWay{},
	}
	for _, w := range r.ways {
		o.Ways = append(o.Ways, plannedWay{w.name, w.fits, w.bytes, w.byGroup()})
	}
	return o
}

func (w way) byGroup() map[string]int64 {
	groups := map[string]int64{}
	for _, g := range w.groups {
		groups[g.name] += g.bytes
	}
	return groups
}
