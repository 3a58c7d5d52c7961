package printer

import (
	"fmt"
	"text/tabwriter"

	"igs/internal/oneline"

	"igs/optim/selfcheck"
	"igs/runlog"
	"igs/vk"
)

// device is a device of igs devices.
type device struct {
	Index         int     `json:"index"`
	Title         string  `json:"name"`
	Type          string  `json:"type"`
	Driver        string  `json:"driver"`
	API           string  `json:"api"`
	Chosen        bool    `json:"chosen"`
	Reason        string  `json:"reason,omitempty"`
	Missing       string  `json:"missing,omitempty"`
	Memory        int64   `json:"memory_bytes"`
	Free          int64   `json:"free_bytes"` // 0 = unknown
	StorageRange  int64   `json:"max_storage_range_bytes"`
	TexelElements int64   `json:"max_texel_elements"`
	Allocation    int64   `json:"max_allocation_bytes"`
	Invocations   int     `json:"max_invocations"`
	Shared        int     `json:"shared_bytes"`
	Subgroup      int     `json:"subgroup_size"`
	Timestamp     float64 `json:"timestamp_period"` // ns
	Half          bool    `json:"float16"`
}

func (device) Name() string { return "device" }

// Devices prints all devices. chosen is the index of the device that igs uses, with the reason, or -1 when none is
// usable.
func (c *Console) Devices(infos []vk.Info, chosen int, reason string) {
	for _, i := range infos {
		d := device{Index: i.Index, Title: i.Name, Type: i.Kind.String(), Driver: i.Driver, API: i.API,
			Memory: i.LocalBytes, Free: i.FreeBytes, Missing: i.Missing, StorageRange: i.MaxStorageRange, TexelElements: i.MaxTexelElements,
			Allocation: i.MaxAllocation, Invocations: i.MaxInvocations, Shared: i.SharedBytes, Subgroup: i.SubgroupSize,
			Timestamp: i.TimestampPeriod, Half: i.Float16 && i.Storage16}
		if i.Index == chosen {
			d.Chosen, d.Reason = true, reason
		}
		c.Tell(d)
	}
	if c.tables() {
		c.deviceTable(infos, chosen)
	}
}

// deviceTable prints two tables, because one would be too wide: names, and limits.
func (c *Console) deviceTable(infos []vk.Info, chosen int) {
	names := table{header: []string{"  #", "name", "type", "Vulkan", "driver"}, left: []int{0, 1, 2, 3, 4}}
	limits := table{header: []string{"  #", "usable", "memory", "free", "largest buffer", "largest binding", "workgroup", "shared", "subgroup", "timestamps", "float16"}, left: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	for _, i := range infos {
		mark := " "
		if i.Index == chosen {
			mark = "*"
		}
		names.add(fmt.Sprintf("%s %d", mark, i.Index), oneline.Text(i.Name), i.Kind.String(), i.API, oneline.Text(i.Driver))
		free, timestamps, half, usable := "unknown", "none", "no", "yes"
		if i.FreeBytes > 0 {
			free = runlog.Bytes(i.FreeBytes)
		}
		if i.TimestampPeriod > 0 {
			timestamps = fmt.Sprintf("%g ns", i.TimestampPeriod)
		}
		if i.Float16 && i.Storage16 {
			half = "yes"
		}
		if i.Missing != "" {
			usable = "no: it lacks " + i.Missing
		}
		limits.add(fmt.Sprintf("  %d", i.Index), usable, runlog.Bytes(i.LocalBytes), free, runlog.Bytes(i.MaxAllocation), runlog.Bytes(i.MaxStorageRange),
			fmt.Sprint(i.MaxInvocations), runlog.Bytes(int64(i.SharedBytes)), fmt.Sprint(i.SubgroupSize), timestamps, half)
	}
	names.write(c.out, c.outWidth())
	fmt.Fprintln(c.out)
	limits.write(c.out, c.outWidth())
}

// checked is a row of the self-check.
type checked struct {
	Precision string  `json:"precision"`
	Recipe    string  `json:"recipe,omitempty"`
	Tuning    string  `json:"tuning,omitempty"`
	What      string  `json:"what"`
	Error     float64 `json:"error"`
	Limit     float64 `json:"limit"`
	OK        bool    `json:"ok"`
}

func (checked) Name() string { return "check" }

// Check prints a self-check in one precision. recipe is the recipe of the step, and tuning that of its kernels; ""
// means none.
func (c *Console) Check(precision, recipe, tuning string, report selfcheck.CheckReport) {
	for _, row := range report.Rows {
		c.Tell(checked{precision, recipe, tuning, row.What, row.Error, row.Limit, row.OK})
	}
	if !c.tables() || len(report.Rows) == 0 {
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	title := precision
	if recipe != "" {
		title += ", recipe " + recipe
	}
	fmt.Fprintf(t, "\nself-check in %s\terror\tlimit\t\n", title)
	for _, row := range report.Rows {
		verdict := "ok"
		if !row.OK {
			verdict = "WRONG"
		}
		fmt.Fprintf(t, "%s\t%.1e\t%.0e\t%s\n", row.What, row.Error, row.Limit, verdict)
	}
	t.Flush()
	c.Say("took %s", runlog.Duration(report.Milliseconds/1000))
	if tuning != "" {
		c.Debug("tuning: %s", tuning)
	}
}
