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
	app := &cli.App{
		Name: p.Name, Usage: p.Usage, Description: p.Examples, Flags: flagsOf(p.Flags),
		Writer: p.Out, ErrWriter: io.Discard,
		HideHelpCommand: true, HideVersion: true, DisableSliceFlagSeparator: true,
		CustomAppHelpTemplate: programHelp,
		ExitErrHandler:        func(*cli.Context, error) {}, // the caller of Run prints errors
		OnUsageError:          refuse,
		Before:                func(ctx *cli.Context) error { return p.Before(&Line{values: ctx}) },
	}
	for _, c := range p.Commands {
		app.Commands = append(app.Commands, commandOf(c))
	}
	cli.HelpFlag = flagsOf([]Flag{help})[0]
	return app.Run(append([]string{p.Name}, ordered...))
}

func commandOf(c *Command) *cli.Command {
	return &cli.Command{
		Name: c.Name, ArgsUsage: c.Args, Usage: c.Usage, Description: c.Description, UsageText: c.Details, Hidden: c.Hidden, Flags: flagsOf(c.Flags),
		OnUsageError: refuse, CustomHelpTemplate: commandHelp,
		Action: func(ctx *cli.Context) error {
			return c.Run(&Line{Command: c, Args: ctx.Args().Slice(), values: ctx})
		},
	}
}

func flagsOf(flags []Flag) []cli.Flag {
	var all []cli.Flag
	for _, f := range flags {
		var aliases []string
		if f.Short != "" {
			aliases = []string{f.Short}
		}
		text := &cli.StringFlag{Name: f.Name, Aliases: aliases, Usage: f.Usage, Value: f.Default, DefaultText: f.Default}
		switch f.Kind {
		case Bool:
			all = append(all, &cli.BoolFlag{Name: f.Name, Aliases: aliases, Usage: f.Usage, DisableDefaultText: true})
		case List:
			all = append(all, &cli.StringSliceFlag{Name: f.Name, Aliases: aliases, Usage: f.Usage})
		case Switch:
			all = append(all, switchFlag{text})
		default:
			all = append(all, text)
		}
	}
	return all
}

// switchFlag is a text flag that may stand without a value. The library has only flags that are true or false, and
// flags that take the next word.
type switchFlag struct{ *cli.StringFlag }

func (f switchFlag) String() string   { return cli.FlagStringer(f) }
func (f switchFlag) TakesValue() bool { return false }

func refuse(_ *cli.Context, err error, _ bool) error {
	return fault.New(fault.BadInput, "igs --help lists commands and flags", "%w", err)
}

const programHelp = `igs: {{.Usage}}

usage: igs COMMAND [flags] [files]
{{if .Description}}
examples:
{{.Description}}
{{end}}
commands:
{{range .VisibleCommands}}   {{.Name}} {{.ArgsUsage}}{{"\t"}}{{.Usage}}
{{end}}
flags of every command:
{{range .VisibleFlags}}   {{.}}
{{end}}
igs COMMAND --help explains a command and its flags.
`

const commandHelp = `igs {{.Name}}: {{.Usage}}

usage: igs {{.Name}} [flags]{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}

flags:
{{range .VisibleFlags}}   {{.}}
{{end}}{{if .Description}}
{{.Description}}
{{end}}{{if .UsageText}}
{{.UsageText}}
{{end}}`
