package main

import (
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"igs/record"
)

// version is set in the Makefile for releases: -ldflags "-X main.version=1.0.0".
var version = "0.1.0-dev"

// build says which sources and tools made the program.
type build record.Build

func (build) Name() string { return "version" }

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
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

func (b build) String() string {
	text := "igs " + b.Version
	if b.Commit != "" {
		text += " (commit " + b.Commit
		if b.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return text + ", " + b.Go + ", " + b.System
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version",
		Action: func(ctx *cli.Context) error {
			if _, err := files(ctx); err != nil {
				return err
			}
			p.console.tell(thisBuild())
			p.console.say("%s", thisBuild())
			return nil
		},
	}
}
