package main

import (
	"fmt"

	"igs/cmd/igs/command"
	"igs/internal/fault"
)

// The scripts ask igs what can come next. When igs prints nothing, the shell offers file names.
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

func (p *program) completionCommand() *command.Command {
	return &command.Command{
		Name: "completion", Args: "bash | zsh | fish", Usage: "print the script that completes igs commands in a shell", Words: []string{"bash", "zsh", "fish"},
		Run: func(line *command.Line) error {
			args, err := line.Files("shell")
			if err != nil {
				return err
			}
			script, known := completions[args[0]]
			if !known {
				return fault.New(fault.BadInput, "name one of bash, zsh and fish", "igs has no completion script for %s", args[0])
			}
			_, err = fmt.Fprint(p.console.Out(), script)
			return err
		},
		Description: "To use it in the open shell only: source <(igs completion bash), or igs completion fish | source.",
	}
}

// completeCommand is what the completion scripts call.
func (p *program) completeCommand(described *command.Program) *command.Command {
	return &command.Command{
		Name: "complete", Hidden: true, Usage: "print the completions of the last word",
		Run: func(line *command.Line) error {
			for _, word := range described.Complete(line.Args) {
				fmt.Fprintln(p.console.Out(), word)
			}
			return nil
		},
	}
}
