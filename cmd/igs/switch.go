package main

import "github.com/urfave/cli/v2"

// switchFlag may stand alone, which means true, or have any value after "=". The library
// has only flags that are true or false, and flags that take the next word.
type switchFlag struct{ *cli.StringFlag }

func (f switchFlag) String() string   { return cli.FlagStringer(f) }
func (f switchFlag) TakesValue() bool { return false }

// standsAlone reports whether a flag needs no value.
func standsAlone(f cli.Flag) bool {
	switch f.(type) {
	case *cli.BoolFlag, switchFlag:
		return true
	}
	return false
}
