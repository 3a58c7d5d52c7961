package igs

import (
	"bytes"
	"testing"

	"igs/vk/vktest"
)

func TestPlanHolds(t *testing.T) {
	vktest.Long(t)
	size := Size{72, 120, 3, 8}
	o := Options{Splats: 200, Steps: 6}
	plan, err := PlanFor(size, Options{Splats: 200, Device: testDevice(t)})
	if err != nil || plan.Why != "" || plan.Precision != PrecisionMixed || plan.Recompute || plan.Streamed || len(plan.Groups) < 3 {
		t.Fatalf("%+v, %v", plan, err)
	}
	var want []byte
	for _, budget := range []int64{0, plan.Bytes, plan.Bytes - 1, plan.Candidates[len(plan.Candidates)-1].Bytes} {
		o.Device, o.MemoryBudget = testDevice(t), budget
		warned := 0
		o.Warn = func(string) { warned++ }
		planned, err := PlanFor(size, o)
		if err != nil {
			t.Fatal(err)
		}
		if as := budget == 0 || budget >= plan.Bytes; as != (planned.Why == "") || as != (planned.Bytes == plan.Bytes) || budget > 0 && planned.Bytes > budget {
			t.Errorf("budget %d: %d bytes, %q", budget, planned.Bytes, planned.Why)
		}
		tr, err := NewTrainer(disc(72, 120), o)
		if err != nil {
			t.Fatal(err)
		}
		o.Device.vk.ResetPeak() // without the memory of the self-check
		model := finished(t, tr)
		now, err := tr.Plan()
		if err != nil || now.Bytes != planned.Bytes || now.Layout == "" || (warned > 0) != (planned.Why != "") {
			t.Errorf("budget %d: planned %d bytes, lies in %d, %d warnings, %v", budget, planned.Bytes, now.Bytes, warned, err)
		}
		if peak := o.Device.vk.Usage().Peak; peak > planned.Bytes || peak < planned.Bytes/2 {
			t.Errorf("budget %d: planned %d bytes, took %d", budget, planned.Bytes, peak)
		}
		tr.Close()
		if want == nil {
			want = model
		}
		if !bytes.Equal(model, want) {
			t.Errorf("budget %d: another model", budget)
		}
	}
}
