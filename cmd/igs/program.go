package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/printer"
	"igs/session"
	"igs/vk"
)

// program is one invocation of igs.
type program struct {
	console *printer.Console
	args    []string // of the process, its name first
	tunings *session.Tunings
	proofs  *selfcheck.Proofs

	progress session.Progress

	openVulkan  func(vk.Options) (*vk.Device, error)
	closeVulkan func(*vk.Device)
}

// tuneVariable is the environment variable with a tuning set by the user.
const tuneVariable = "IGS_TUNE"

// checkVariable is the environment variable that makes devices prove themselves in every process.
const checkVariable = "IGS_SELFCHECK"

func newProgram(console *printer.Console, args []string) *program {
	p := &program{console: console, args: args, openVulkan: vk.Open, closeVulkan: (*vk.Device).Close}
	console.Hints = flagsInHint
	p.tunings = &session.Tunings{Dir: cacheFolder(), Build: thisBuild(), ByHand: os.Getenv(tuneVariable), Name: tuneVariable, Sink: console.Take}
	p.proofs = &selfcheck.Proofs{Dir: cacheFolder(), Always: os.Getenv(checkVariable) == "always"}
	return p
}

// cacheFolder is the folder of pipelines, tunings and proofs, "" when the user has no cache folder.
func cacheFolder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "igs")
}

// describe describes the program with all its commands.
func (p *program) describe() *command.Program {
	described := &command.Program{
		Name: "igs", Usage: "train and render pictures made of 2D Gaussians, with Vulkan compute",
		Examples: examples,
		Flags:    globalFlags, Before: p.setUp, Out: p.console.Out(),
	}
	described.Commands = []*command.Command{p.trainCommand(), p.resumeCommand(), p.slurmCommand(), p.planCommand(), p.renderCommand(), p.viewCommand(), p.evalCommand(), p.convertCommand(), p.compareCommand(),
		p.videoCommand(), p.reportCommand(), p.devicesCommand(), p.benchCommand(), p.initCommand(), p.configCommand(), p.completionCommand(), p.completeCommand(described),
		p.manCommand(described), p.versionCommand()}
	return described
}

// examples are for the help of the program.
var examples = []command.Example{
	{Line: "igs run photo.jpg", Meaning: "train a model, into output/session_1"},
	{Line: "igs run photo.jpg -n 20k -s 2000", Meaning: "20000 splats (2D Gaussians), 2000 steps"},
	{Line: "igs render model.igsm --height 2160", Meaning: "render a model"},
}

// globalFlags are the flags of every command.
var globalFlags = []command.Flag{
	{Name: "quiet", Short: "q", Kind: command.Bool, Usage: "print errors only", Meant: []string{"silent"}},
	{Name: "verbose", Short: "v", Kind: command.Bool, Usage: "print all details to stderr instead of the progress", Meant: []string{"debug"}},
	{Name: "json", Kind: command.Bool, Usage: "print results as JSON lines"},
	{Name: "json-progress", Kind: command.Bool, Usage: "as --json, with an object of the progress at least every 5 seconds"},
	{Name: "progress", Default: "auto", Usage: "show progress as `HOW`: auto, bar, lines or none", Words: []string{"auto", "bar", "lines", "none"}},
	{Name: "no-color", Kind: command.Bool, Usage: "print without colours, as with NO_COLOR", Meant: []string{"no-colour"}},
	{Name: "log-format", Default: "text", Usage: "write log.txt, and the details of -v, as `FORMAT`: text or json", Words: []string{"text", "json"}},
	{Name: "device", Short: "d", Usage: "use `DEVICE`: auto, or an index or a part of a name that igs devices lists; run takes 0,1 and all too", Meant: []string{"gpu", "cuda", "adapter"}},
}

// setUp applies the flags of every command.
func (p *program) setUp(line *command.Line) error {
	if v := os.Getenv(checkVariable); v != "" && v != "always" {
		return fault.New(fault.BadInput, "set it to always, or unset it", "%s=%s: unknown value", checkVariable, v)
	}
	return p.console.Set(printer.Modes{
		Quiet: line.Bool("quiet"), Verbose: line.Bool("verbose"), JSON: line.Bool("json") || line.Bool("json-progress"), Objects: line.Bool("json-progress"), NoColour: line.Bool("no-color"),
		Progress: line.String("progress"), LogFormat: line.String("log-format"),
	})
}

// openDevice opens the device of --device or of the environment. Commands that train take it from their job instead.
func (p *program) openDevice(line *command.Line, o vk.Options) (*vk.Device, error) {
	asked, err := askedDevice(line)
	if err != nil {
		return nil, err
	}
	o.Select, o.Validation = asked.Select, asked.Validation
	return p.open(o)
}

// askedDevice is the section device of a job, from the environment and --device.
func askedDevice(line *command.Line) (configs.Device, error) {
	job := configs.Default()
	only := slices.DeleteFunc(os.Environ(), func(s string) bool { return !strings.HasPrefix(s, "IGS_DEVICE_") })
	err := job.SetEnvironment(only)
	if line.IsSet("device") {
		err = configs.Gather(err, job.Set("device.select", line.String("device"), "--device"))
	}
	return job.Device, err
}

// open opens a device. Its pipelines are cached in the user's cache folder.
func (p *program) open(o vk.Options) (*vk.Device, error) {
	o.CacheDir = cacheFolder()
	dev, err := p.openVulkan(o)
	if err != nil {
		return nil, err
	}
	p.console.Debug("device %d: %s (%s)", dev.Info().Index, dev.Info().Name, dev.Reason())
	return dev, nil
}

// openFor opens the device that a job asks for.
func (p *program) openFor(asked configs.Device) (*vk.Device, error) {
	return p.open(vk.Options{Select: asked.Select, Validation: asked.Validation})
}

// close closes a device and prints the messages of the validation layer.
func (p *program) close(dev *vk.Device) {
	p.closeVulkan(dev)
	for _, m := range dev.Messages() {
		p.console.Warn("validation: %s", m)
	}
}

// notes prints what reading a picture changed.
func (p *program) notes(path string, notes []string) {
	for _, note := range notes {
		p.console.Warn("%s: %s", path, note)
	}
}
