package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
	"igs/report"
)

// The scripts ask igs itself what can come next. Where it says nothing the shell offers
// file names.
var completions = map[string]string{
	"bash": `# igs completion bash > /etc/bash_completion.d/igs
_igs() {
    local IFS=$'\n'
    COMPREPLY=($(igs complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _igs igs
`,
	"zsh": `#compdef igs
# igs completion zsh > "${fpath[1]}/_igs"
_igs() {
    local -a words_next
    words_next=("${(@f)$(igs complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${words_next[1]}" ]]; then
        compadd -- "${words_next[@]}"
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == _igs ]]; then
    _igs "$@"
else
    compdef _igs igs
fi
`,
	"fish": `# igs completion fish > ~/.config/fish/completions/igs.fish
function __igs_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (igs complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c igs -f -a '(__igs_complete)'
`,
}

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", ArgsUsage: "bash | zsh | fish", Usage: "print a script that completes commands in a shell",
		Action: func(ctx *cli.Context) error {
			args, err := files(ctx, "shell")
			if err != nil {
				return err
			}
			script, known := completions[args[0]]
			if !known {
				return fault.New(fault.BadInput, "igs completion bash, zsh or fish", "no completion for %s", args[0])
			}
			_, err = fmt.Fprint(p.console.out, script)
			return err
		},
		Description: "For one shell at once: source <(igs completion bash), or igs completion fish | source.",
	}
}

// completeCommand is what the scripts ask.
func (p *program) completeCommand() *cli.Command {
	return &cli.Command{
		Name: "complete", Hidden: true, Usage: "print what the last of the words can become",
		Action: func(ctx *cli.Context) error {
			for _, word := range candidates(ctx.App, ctx.Args().Slice()) {
				fmt.Fprintln(p.console.out, word)
			}
			return nil
		},
	}
}

// flagValues are the words that a flag can have.
var flagValues = map[string][]string{
	"progress": {"auto", "bar", "lines", "none"}, "log-format": {"text", "json"}, "preset": configs.Choices("preset"), "recipe": configs.Choices("recipe"), "effort": configs.Choices("effort"), "sort": report.SortKeys, "show": shows, "depth": {"8", "16"}, "set": configs.Keys(),
}

// candidates are what the last word can become after those before it.
func candidates(app *cli.App, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	last, before := words[len(words)-1], words[:len(words)-1]
	known := options(app.Flags, true)
	var command *cli.Command
	for _, word := range before {
		if c := app.Command(word); c != nil && command == nil {
			command = c
			for name, o := range options(c.Flags, false) {
				known[name] = o
			}
		}
	}
	var all []string
	previous := ""
	if len(before) > 0 && strings.HasPrefix(before[len(before)-1], "-") {
		previous = strings.TrimLeft(before[len(before)-1], "-")
	}
	switch o := known[previous]; {
	case previous != "" && o.value:
		all = flagValues[o.name]
	case strings.HasPrefix(last, "-"):
		for name := range known {
			if len(name) > 1 {
				all = append(all, "--"+name)
			}
		}
	case command == nil:
		for _, c := range app.VisibleCommands() {
			all = append(all, c.Name)
		}
	case command.Name == "completion":
		all = []string{"bash", "zsh", "fish"}
	case command.Name == "help":
		for _, c := range app.VisibleCommands() {
			all = append(all, c.Name)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(word string) bool { return !strings.HasPrefix(word, last) })
	slices.Sort(all)
	return all
}
