package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/runlog"
	"igs/vk"
)

func (p *program) devicesCommand() *cli.Command {
	return &cli.Command{
		Name: "devices", Usage: "list the Vulkan devices, and which one is chosen and why",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", DisableDefaultText: true, Usage: "compute a miniature of the real problem on the chosen device and compare it with the CPU"},
		},
		Action: p.devices,
	}
}

func (p *program) devices(ctx *cli.Context) error {
	if _, err := files(ctx); err != nil {
		return err
	}
	asked, err := askedDevice(ctx)
	if err != nil {
		return err
	}
	infos, err := vk.List()
	if err != nil {
		return err
	}
	chosen, reason, err := vk.Choose(infos, asked.Select)
	if err != nil {
		if fault.Code(err) != fault.NoVulkan || len(infos) == 0 {
			return err
		}
		chosen.Index = -1 // the table says what each of them lacks
	}
	for _, info := range infos {
		d := device{Index: info.Index, Title: info.Name, Type: info.Kind.String(), Driver: info.Driver, API: info.API,
			Memory: info.LocalBytes, Free: info.FreeBytes, Missing: info.Missing, StorageRange: info.MaxStorageRange, TexelElements: info.MaxTexelElements,
			Allocation: info.MaxAllocation, Invocations: info.MaxInvocations, Shared: info.SharedBytes, Subgroup: info.SubgroupSize,
			Timestamp: info.TimestampPeriod, Half: info.Float16 && info.Storage16}
		if info.Index == chosen.Index {
			d.Chosen, d.Reason = true, reason
		}
		p.console.tell(d)
	}
	p.deviceTable(infos, chosen)
	if err != nil {
		return err
	}
	p.console.say("chosen: %d, %s", chosen.Index, reason)
	if ctx.Bool("check") {
		return p.check(ctx)
	}
	return nil
}

// device is a row of --json.
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

// deviceTable is two tables, because one would be too wide: what it is, and its limits.
func (p *program) deviceTable(infos []vk.Info, chosen vk.Info) {
	if p.console.quiet || p.console.json {
		return
	}
	t := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "  #\tname\ttype\tVulkan\tdriver")
	for _, i := range infos {
		mark := " "
		if i.Index == chosen.Index {
			mark = "*"
		}
		fmt.Fprintf(t, "%s %d\t%s\t%s\t%s\t%s\n", mark, i.Index, runlog.Plain(i.Name), i.Kind, i.API, runlog.Plain(i.Driver))
	}
	t.Flush()
	fmt.Fprintln(p.console.out)
	fmt.Fprintln(t, "  #\tmemory\tfree\tone buffer\tone binding\tgroup\tshared\tsubgroup\ttimestamps\tfloat16\tusable")
	for _, i := range infos {
		free, timestamps, half, usable := "?", "none", "no", "yes"
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
			usable = "lacks " + i.Missing
		}
		fmt.Fprintf(t, "  %d\t%s\t%s\t%s\t%s\t%d\t%s\t%d\t%s\t%s\t%s\n", i.Index, runlog.Bytes(i.LocalBytes), free, runlog.Bytes(i.MaxAllocation),
			runlog.Bytes(i.MaxStorageRange), i.MaxInvocations, runlog.Bytes(int64(i.SharedBytes)), i.SubgroupSize, timestamps, half, usable)
	}
	t.Flush()
}

// checked is a row of the self-check in --json.
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

func (p *program) check(ctx *cli.Context) error {
	dev, err := p.openDevice(ctx, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	for _, precision := range []string{"float32", "float16"} {
		for _, recipe := range []string{"igs", "paper"} {
			tunings, err := p.everyTuning(dev.Info(), recipe == "paper")
			if err != nil {
				return err
			}
			for _, tuning := range tunings {
				report, err := selfcheck.Check(dev, tuning, precision == "float16", recipe == "igs")
				p.printCheck(precision, recipe, tuning.String(), report)
				if err != nil {
					return err
				}
			}
		}
	}
	report, err := selfcheck.CheckRounding(dev)
	p.printCheck("12/10/9/8 bits", "", "", report)
	return err
}

// printCheck prints a check in a precision; recipe is whose step was checked and tuning with which kernels, "" for none.
func (p *program) printCheck(precision, recipe, tuning string, report selfcheck.CheckReport) {
	for _, row := range report.Rows {
		p.console.tell(checked{precision, recipe, tuning, row.What, row.Error, row.Limit, row.OK})
	}
	if p.console.quiet || p.console.json || len(report.Rows) == 0 {
		return
	}
	t := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', 0)
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
	p.console.say("took %s", runlog.Duration(report.Milliseconds/1000))
	if tuning != "" {
		p.console.debug("tuning: %s", tuning)
	}
}
