package main

import (
	"testing"
)

// Libraries name settings in hints, and users read flags.
func TestFlagsInHint(t *testing.T) {
	for hint, want := range map[string]string{
		"choose another output.session; or output.exists=skip trains only what is missing, and output.exists=overwrite all again": "choose another --name; or --skip-existing trains only what is missing, and --force all again",
		"ask for fewer: sweep.gaussians=12 is plenty for a picture of this size":                                                  "ask for fewer: --gaussians 12 is plenty for a picture of this size",
		"give it at least 9 MiB (memory.budget), or use fewer splats":                                                             "give it at least 9 MiB (--memory-budget), or use fewer splats",
		"train in float32 (memory.use_amp=false), or lower the learning rates (train.lr)":                                         "train in float32 (--amp=false), or lower the learning rates (train.lr)",
		"start with all splats: progressive.enabled=false":                                                                        "start with all splats: --set progressive.enabled=false",
		"train with video.enabled=true to take frames":                                                                            "train with --video to take frames",
		"leave given.size, given.image and given.sigma out":                                                                       "leave --size, --image and --sigma out",
		"run.json of each says why, in model.igsm":                                                                                "run.json of each says why, in model.igsm",
		"choose another output.dir, then go on with: igs resume output.dir/s":                                                     "choose another --out, then go on with: igs resume output.dir/s",
		"": "",
	} {
		if got := flagsInHint(hint); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", hint, got, want)
		}
	}
}
