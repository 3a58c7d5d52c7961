package configs

// Loss weighs the terms of the loss.
type Loss struct {
	L1, L2, SSIM float64
}

// lossKeys are the settings of section loss.
var lossKeys = []key{
	{name: "loss.l1", initial: "0", high: 1e6,
		doc: "weight of mean |render - target|", field: func(j *Job) any { return &j.Loss.L1 }},
	{name: "loss.l2", initial: "1", high: 1e6,
		doc: "weight of mean (render - target)²", field: func(j *Job) any { return &j.Loss.L2 }},
	{name: "loss.ssim", initial: "0", high: 1e6,
		doc: "weight of 1 - SSIM", more: "The recipe balanced has 0.03, with l2 at 1", field: func(j *Job) any { return &j.Loss.SSIM }},
}
