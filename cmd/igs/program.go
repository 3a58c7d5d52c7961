package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
	"igs/vk"
)

// program is one invocation of igs.
type program struct {
	console *console
	tunings *tunings // of the device, once they were read
}

func (p *program) commands() []*cli.Command {
	return []*cli.Command{p.trainCommand(), p.resumeCommand(), p.planCommand(), p.renderCommand(), p.evalCommand(), p.convertCommand(), p.compareCommand(), p.videoCommand(), p.reportCommand(), p.devicesCommand(), p.benchCommand(),
		p.initCommand(), p.configCommand(), p.completionCommand(), p.completeCommand(), p.manCommand(), p.versionCommand()}
}

// run takes the arguments of the process, its name first.
func (p *program) run(args []string) error {
	app := &cli.App{
		Name: "igs", Usage: "pictures made of 2D Gaussians, trained with Vulkan compute",
		Commands: p.commands(), Flags: globalFlags(),
		Writer: p.console.out, ErrWriter: io.Discard,
		HideHelpCommand: true, HideVersion: true, DisableSliceFlagSeparator: true,
		CustomAppHelpTemplate: appHelp,
		// Errors are rendered in one place, and no help is poured over them.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   refuse,
		Before:         p.console.setUp,
	}
	cli.HelpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, DisableDefaultText: true, Usage: "say how the command is used"}
	for _, c := range app.Commands {
		c.OnUsageError, c.CustomHelpTemplate = refuse, commandHelp
	}
	ordered, err := arrange(args[1:], app)
	if err != nil {
		return err
	}
	return app.Run(append([]string{"igs"}, ordered...))
}

func refuse(_ *cli.Context, err error, _ bool) error {
	return fault.New(fault.BadInput, "igs --help lists commands and flags", "%w", err)
}

const appHelp = `igs: {{.Usage}}

usage: igs COMMAND [flags] [files]

commands:
{{range .VisibleCommands}}   {{.Name}} {{.ArgsUsage}}{{"\t"}}{{.Usage}}
{{end}}
flags of every command, anywhere on the line:
{{range .VisibleFlags}}   {{.}}
{{end}}
igs COMMAND --help says more.
`

const commandHelp = `igs {{.Name}}: {{.Usage}}

usage: igs {{.Name}} [flags] {{.ArgsUsage}}

flags:
{{range .VisibleFlags}}   {{.}}
{{end}}{{if .Description}}
{{.Description}}
{{end}}`

// files holds the number of arguments against what a command wants.
func files(ctx *cli.Context, want ...string) ([]string, error) {
	args := ctx.Args().Slice()
	if len(args) == len(want) {
		return args, nil
	}
	usage := "igs " + ctx.Command.Name + " " + ctx.Command.ArgsUsage
	if len(args) > len(want) {
		return nil, fault.New(fault.BadInput, "usage: "+usage, "%s is one argument too many", args[len(want)])
	}
	return nil, fault.New(fault.BadInput, "usage: "+usage, "no %s given", want[len(args)])
}

// openDevice opens what --device, then the environment, ask for. Commands that train
// have settings of their own and do not come here.
func (p *program) openDevice(ctx *cli.Context, o vk.Options) (*vk.Device, error) {
	asked, err := askedDevice(ctx)
	if err != nil {
		return nil, err
	}
	o.Select, o.Validation = asked.Select, asked.Validation
	return p.open(o)
}

// askedDevice takes the section device of a job from environment and flag.
func askedDevice(ctx *cli.Context) (configs.Device, error) {
	job := configs.Default()
	only := slices.DeleteFunc(os.Environ(), func(s string) bool { return !strings.HasPrefix(s, "IGS_DEVICE_") })
	err := job.SetEnvironment(only)
	if ctx.IsSet("device") {
		err = configs.Gather(err, job.Set("device.select", ctx.String("device"), "--device"))
	}
	return job.Device, err
}

// open opens a device with its pipelines cached in the user's cache folder.
func (p *program) open(o vk.Options) (*vk.Device, error) {
	if dir, err := os.UserCacheDir(); err == nil {
		o.CacheDir = filepath.Join(dir, "igs")
	}
	dev, err := vk.Open(o)
	if err != nil {
		return nil, err
	}
	p.console.debug("device %d: %s (%s)", dev.Info().Index, dev.Info().Name, dev.Reason())
	return dev, nil
}

// close closes a device and passes on what the validation layer had to say that no run
// has told.
func (p *program) close(dev *vk.Device, told int) {
	dev.Close()
	for _, m := range dev.Messages()[told:] {
		p.console.warn("validation: %s", m)
	}
}
