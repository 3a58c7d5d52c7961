package command

import (
	"io"

	"github.com/urfave/cli/v2"

	"igs/internal/fault"
)

// Run takes the arguments of the process without its name.
func (p *Program) Run(args []string) error {
	ordered, err := p.arrange(args)
	if err != nil {
		return err
	}
	cli.HelpFlag = nil // the library would print a help of its own
	app := &cli.App{
		Name: p.Name, Flags: flagsOf(p.Flags, helpFlags),
		Writer: io.Discard, ErrWriter: io.Discard,
		HideHelp: true, HideHelpCommand: true, HideVersion: true, DisableSliceFlagSeparator: true,
		ExitErrHandler: func(*cli.Context, error) {}, // the caller of Run prints errors
		OnUsageError:   refuse,
		Before:         func(ctx *cli.Context) error { return p.Before(&Line{values: ctx}) },
		Action:         func(*cli.Context) error { return p.writeHelp() },
	}
	for _, c := range p.Commands {
		app.Commands = append(app.Commands, p.parsed(c))
	}
	return app.Run(append([]string{p.Name}, ordered...))
}

// parsed is a command as the library knows it.
func (p *Program) parsed(c *Command) *cli.Command {
	return &cli.Command{
		Name: c.Name, Flags: flagsOf(c.Flags, helpFlags), HideHelp: true, OnUsageError: refuse,
		Action: func(ctx *cli.Context) error {
			if all := ctx.Bool("help-all"); all || ctx.Bool("help") {
				return p.writeCommandHelp(c, all)
			}
			return c.Run(&Line{Command: c, Args: ctx.Args().Slice(), values: ctx})
		},
	}
}

func flagsOf(groups ...[]Flag) []cli.Flag {
	var all []cli.Flag
	for _, flags := range groups {
		for _, f := range flags {
			all = append(all, flagOf(f))
		}
	}
	return all
}

func flagOf(f Flag) cli.Flag {
	var aliases []string
	if f.Short != "" {
		aliases = []string{f.Short}
	}
	text := &cli.StringFlag{Name: f.Name, Aliases: aliases, Value: f.Default}
	switch f.Kind {
	case Bool:
		return &cli.BoolFlag{Name: f.Name, Aliases: aliases}
	case List:
		return &cli.StringSliceFlag{Name: f.Name, Aliases: aliases}
	default:
		return text
	}
}

func refuse(_ *cli.Context, err error, _ bool) error {
	return fault.New(fault.BadInput, "igs --help lists commands and flags", "%w", err)
}
