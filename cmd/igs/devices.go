package main

import (
	"igs/internal/command"
	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/vk"
)

func (p *program) devicesCommand() *command.Command {
	return &command.Command{
		Name: "devices", Usage: "list the Vulkan devices, and the one that igs uses",
		Flags: []command.Flag{
			{Name: "check", Kind: command.Bool, Usage: "run a small training step on the chosen device and compare it with the CPU"},
		},
		Run: p.devices, Meant: []string{"gpu", "gpus", "info", "list-devices", "vulkaninfo", "check", "doctor"},
		Description: "A device that has passed the check is not checked again before each training, until igs, the driver or the\n" +
			"tuning changes. --check always checks. " + checkVariable + "=always checks before every training.",
	}
}

func (p *program) devices(line *command.Line) error {
	if _, err := line.Files(); err != nil {
		return err
	}
	asked, err := askedDevice(line)
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
		chosen.Index = -1 // no device is usable, and the table says what each lacks
	}
	p.console.Devices(infos, chosen.Index, reason)
	if err != nil {
		return err
	}
	p.console.Say("chosen: %d, %s", chosen.Index, reason)
	if line.Bool("check") {
		return p.check(line)
	}
	return nil
}

// check runs the self-check in each precision, with the step of each recipe and every tuning that runs may have.
func (p *program) check(line *command.Line) error {
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev)
	for _, precision := range []string{"float32", "float16"} {
		for _, recipe := range []string{"igs", "paper"} {
			tunings, err := p.tunings.Every(dev.Info(), recipe == "paper")
			if err != nil {
				return err
			}
			for _, tuning := range tunings {
				report, err := p.proofs.Prove(dev, selfcheck.StepOf(tuning, precision == "float16", recipe == "igs"))
				p.console.Check(precision, recipe, tuning.String(), report)
				if err != nil {
					return err
				}
			}
		}
	}
	report, err := p.proofs.Prove(dev, selfcheck.Rounding)
	p.console.Check("12/10/9/8 bits", "", "", report)
	return err
}
