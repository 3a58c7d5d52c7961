package printer

import "igs/record"

// Setting is a setting of igs config.
type Setting struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

// PresetChosen is the preset that auto became.
type PresetChosen struct {
	Preset string `json:"preset"`
	Reason string `json:"reason"`
}

// Version names the sources and the tools of the program.
type Version record.Build

// Exit is the last object of a command.
type Exit struct {
	Code  int    `json:"code"`
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`
}

func (Setting) Name() string      { return "setting" }
func (PresetChosen) Name() string { return "preset_chosen" }
func (Version) Name() string      { return "version" }
func (Exit) Name() string         { return "exit" }
