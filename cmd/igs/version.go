package main

import (
	"runtime"
	"runtime/debug"

	"igs"
	"igs/cmd/igs/command"
	"igs/printer"
	"igs/record"
)

// version is that of package igs, unless the linker sets another: go build -ldflags "-X main.version=1.0.0".
var version = igs.Version

// thisBuild says which sources and tools made the program.
func thisBuild() record.Build {
	b := record.Build{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (p *program) versionCommand() *command.Command {
	return &command.Command{
		Name: "version", Usage: "print the version", Meant: []string{"about"},
		Run: func(line *command.Line) error {
			if _, err := line.Files(); err != nil {
				return err
			}
			p.console.Tell(printer.Version(thisBuild()))
			p.console.Say("%s", thisBuild())
			return nil
		},
	}
}
