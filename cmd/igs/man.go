package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// manCommand prints the man page; make man puts it into build.
func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name: "man", Hidden: true, Usage: "print the man page",
		Action: func(ctx *cli.Context) error {
			if _, err := files(ctx); err != nil {
				return err
			}
			return manPage(p.console.out, ctx.App)
		},
	}
}

// manPage writes igs(1) from the commands and flags that there are.
func manPage(to io.Writer, app *cli.App) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH IGS 1 \"\" \"igs %s\" \"User Commands\"\n", roff(version))
	fmt.Fprintf(&b, ".SH NAME\nigs \\- %s\n", roff(app.Usage))
	b.WriteString(".SH SYNOPSIS\n.B igs\n.I COMMAND\n[\\fIflags\\fR] [\\fIfiles\\fR]\n")
	b.WriteString(".SH DESCRIPTION\nigs trains 2D\\-Gaussian image representations (Image\\-GS) with Vulkan compute, on a graphics card of any vendor or on the CPU.\n")
	b.WriteString(".SH COMMANDS\n")
	for _, c := range app.VisibleCommands() {
		fmt.Fprintf(&b, ".SS \"igs %s %s\"\n%s.\n", roff(c.Name), roff(c.ArgsUsage), roff(c.Usage))
		if text, _, _ := strings.Cut(c.Description, "\n\nkeys of a job file"); text != "" {
			fmt.Fprintf(&b, ".PP\n%s\n", roff(text))
		}
		manFlags(&b, c.VisibleFlags())
	}
	b.WriteString(".SH OPTIONS\nThese stand anywhere on the line, with every command.\n")
	manFlags(&b, app.VisibleFlags())
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", e.code, roff(e.meaning))
	}
	b.WriteString(".SH ENVIRONMENT\n.TP\n.B IGS_SECTION_KEY\nsets a key of the job: IGS_TRAIN_SEED=7 is train.seed. Flags win over it, and it over the job file.\n")
	b.WriteString(".TP\n.B IGS_VULKAN_LIB\nthe Vulkan loader to open.\n.TP\n.B IGS_QUEUE\n\"graphics\" computes on the queue that draws the desktop, even where the device has another that computes.\n.TP\n.B IGS_FFMPEG\nthe ffmpeg that makes training videos.\n.TP\n.B NO_COLOR\nno colours.\n")
	b.WriteString(".SH FILES\n.TP\n.I job.toml\na job: pictures, numbers of splats and steps, settings. igs init writes one.\n")
	b.WriteString(".TP\n.I output/session_N\nwhat a job leaves: a folder for each run, summary.csv, report.html.\n")
	_, err := io.WriteString(to, b.String())
	return err
}

func manFlags(b *strings.Builder, flags []cli.Flag) {
	for _, f := range flags {
		var names []string
		for _, name := range f.Names() {
			names = append(names, map[bool]string{true: "-", false: "--"}[len(name) == 1]+name)
		}
		usage := ""
		if d, ok := f.(cli.DocGenerationFlag); ok {
			usage = d.GetUsage()
		}
		value := ""
		if before, rest, quoted := strings.Cut(usage, "`"); quoted { // the library's way to name the value
			name, after, _ := strings.Cut(rest, "`")
			value, usage = name, before+name+after
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR", roff(strings.Join(names, ", ")))
		if value != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", roff(value))
		}
		fmt.Fprintf(b, "\n%s\n", roff(usage))
	}
}

// roff shields what the formatter would take for its own.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "×", "x").Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// exitCodes are what igs ends with.
var exitCodes = []struct{ code, meaning string }{
	{"0", "all done"}, {"1", "failed"}, {"2", "crash: please report it"}, {"3", "part of the sweep failed"},
	{"4", "bad command line, job file or input"}, {"5", "below the asked quality"}, {"6", "output exists, or another igs is at work in it"},
	{"10", "no Vulkan loader or device"}, {"11", "out of device memory, or the plan does not fit"}, {"12", "device lost"}, {"13", "training diverged"},
	{"130, 143", "interrupted; igs resume goes on from the checkpoint"},
}
