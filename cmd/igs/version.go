package main

import (
	"regexp"
	"runtime/debug"
	"strings"

	"igs"
	"igs/internal/command"
	"igs/printer"
	"igs/record"
)

// linked is the version that the linker sets: go build -ldflags "-X main.linked=1.0.0". scripts/version.sh finds it.
var linked string

// version is that of the linker, that of the git tag of the sources, or that of package igs.
var version = versionOf(linked, debug.ReadBuildInfo)

// release matches the tag of a release. Between tags Go makes up a version, which ends in a time and a commit.
var release = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+[.0-9]*)?$`)

func versionOf(linked string, read func() (*debug.BuildInfo, bool)) string {
	if linked != "" {
		return linked
	}
	if info, ok := read(); ok && release.MatchString(info.Main.Version) {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return igs.Version
}

// thisBuild says which sources and tools made the program.
func thisBuild() record.Build { return record.ThisBuild(version) }

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
