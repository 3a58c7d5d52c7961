package main

import (
	"fmt"
	"strings"

	"igs/internal/command"
	"igs/internal/fault"
)

// The scripts ask igs what can come next: a word with its meaning on each line. The last line may be :files or :folders,
// and then the shell adds paths.
var completions = map[string]string{
	"bash": `# igs completion bash > /etc/bash_completion.d/igs
_igs() {
    local IFS=$'\n' line
    local -a lines words
    COMPREPLY=()
    compopt +o default 2>/dev/null
    lines=($(igs complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    for line in "${lines[@]}"; do
        case $line in
        :files) compopt -o default 2>/dev/null ;;
        :folders) compopt -o dirnames 2>/dev/null ;;
        *) words+=("$line") ;;
        esac
    done
    # The list that bash shows (type 63) has the meanings. Elsewhere they would come into the line.
    if [[ ${#words[@]} -gt 1 && ${COMP_TYPE:-} == 63 ]]; then
        for line in "${words[@]}"; do
            COMPREPLY+=("$(printf '%-20s %s' "${line%%$'\t'*}" "${line#*$'\t'}")")
        done
    else
        COMPREPLY=("${words[@]%%$'\t'*}")
    fi
}
complete -o default -F _igs igs
`,
	"zsh": `#compdef igs
# igs completion zsh > "${fpath[1]}/_igs"
_igs() {
    local line paths
    local -a choices
    for line in "${(@f)$(igs complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
        :files|:folders) paths=$line ;;
        ?*) choices+=("${${line//:/\\:}/$'\t'/:}") ;;
        esac
    done
    (( ${#choices} )) && _describe -t words igs choices
    [[ $paths == :files ]] && _files
    [[ $paths == :folders ]] && _files -/
    return 0
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
    for line in (igs complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':folders'
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
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
			_, err := fmt.Fprint(p.console.Out(), completionLines(described.Complete(line.Args)))
			return err
		},
	}
}

// completionLines is what the scripts read.
func completionLines(found command.Completion) string {
	var out strings.Builder
	for _, c := range found.Choices {
		if c.Meaning == "" {
			fmt.Fprintln(&out, c.Word)
		} else {
			fmt.Fprintf(&out, "%s\t%s\n", c.Word, c.Meaning)
		}
	}
	switch found.Paths {
	case command.Files:
		fmt.Fprintln(&out, ":files")
	case command.Folders:
		fmt.Fprintln(&out, ":folders")
	}
	return out.String()
}
