package command

import (
	"fmt"
	"strings"
)

// CompletionScripts are the scripts for shells, by the name of the shell. They ask igs what can come next, and read what
// Lines writes.
var CompletionScripts = map[string]string{
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

// Lines is what the scripts read: a word with its meaning on each line. The last line may be :files or :folders, and then
// the shell adds paths.
func (found Completion) Lines() string {
	var out strings.Builder
	for _, c := range found.Choices {
		if c.Meaning == "" {
			fmt.Fprintln(&out, c.Word)
		} else {
			fmt.Fprintf(&out, "%s\t%s\n", c.Word, c.Meaning)
		}
	}
	switch found.Paths {
	case Files:
		fmt.Fprintln(&out, ":files")
	case Folders:
		fmt.Fprintln(&out, ":folders")
	}
	return out.String()
}
