package event

type Checkpointed struct {
	Step    int     `json:"step"`
	Path    string  `json:"path"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

func (Checkpointed) Name() string { return "checkpointed" }
