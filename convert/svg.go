package convert

import (
	"errors"
	"igs/splat"
)

func encodeSVG(m *splat.Model) ([]byte, error) { return nil, errors.New("svg") }
