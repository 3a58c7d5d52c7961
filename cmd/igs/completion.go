package main

import (
	"fmt"

	"igs/internal/command"
	"igs/internal/fault"
)

func (p *program) completionCommand() *command.Command {
	return &command.Command{
		Name: "completion", Args: "bash | zsh | fish", Usage: "print the script that completes igs commands in a shell", Words: []string{"bash", "zsh", "fish"},
		Run: func(line *command.Line) error {
			args, err := line.Files("shell")
			if err != nil {
				return err
			}
			script, known := command.CompletionScripts[args[0]]
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
			_, err := fmt.Fprint(p.console.Out(), described.Complete(line.Args).Lines())
			return err
		},
	}
}
