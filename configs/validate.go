package configs

import "fmt"

// Validate checks the settings of a run against the ranges of their keys. A run that a program filled is refused for
// the same reasons as a job file. The error is Mistakes; a zero Run has many.
func (r Run) Validate() error {
	j := &Job{Settings: r.Settings, Sweep: Sweep{Gaussians: []int{r.Gaussians}, Steps: []int{r.Steps}}}
	var found Mistakes
	add := func(text string) {
		found = append(found, Mistake{Text: text, Hint: "start from the settings of configs.Default, and change some of them"})
	}
	for _, k := range schema {
		if !readByTrainer(k.name) {
			continue
		}
		value := k.get(j)
		switch list := value.(type) {
		case []int:
			value = list[0]
		case []float64, []string: // goals of a sweep; the run has its own
			continue
		}
		if err := k.check(value); err != nil {
			add(k.name + " " + err.Error())
		}
	}
	if r.Gaussians < 1 {
		add(fmt.Sprintf("sweep.gaussians is %d; it must be at least 1", r.Gaussians))
	}
	if c := r.Train.CheckpointEvery; c.Steps < 0 || c.Time < 0 {
		add("train.checkpoint_every is less than 0")
	}
	if err := r.Train.Strides.check(); err != nil {
		add("train.stride " + err.Error())
	}
	if r.Memory.Budget < 0 {
		add("memory.budget is less than 0")
	}
	if r.Memory.Host < 0 {
		add("memory.host_budget is less than 0")
	}
	if v := r.Video; v.Enabled && (v.Every < 1 || v.MaxWidth < 1) {
		add("video.every or video.max_width is less than 1")
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// readByTrainer says whether a trainer reads a key. The other keys concern the job as a whole, or the file of the
// video.
func readByTrainer(name string) bool {
	switch section, _ := split(name); section {
	case "":
		return name == "recipe"
	case "video", "device", "output", "gate":
		return false
	}
	return name != "input.images"
}
